"""The interactive charts: one Dash app a page, one callback an app.

The page is drawn by the server; the app holds its graphs, an empty one a chart. The script
``portal/js/charts.js`` puts each into its card and gives it the figure that came with the page.
When the filters change it puts them into the store ``query``; the callback below gives new figures
and, in the store ``answer``, everything around them as HTML.
"""

import logging
import secrets
from collections.abc import Mapping
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, State, dcc, html
from django.db import OperationalError
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from analytics.access import ScopeError
from analytics.figures import Theme
from analytics.long_texts import rendered
from analytics.placeholders import good_until
from analytics.presentation.context import PageContext, build_page
from analytics.presentation.pages import CHART_PAGES, Page
from analytics.summaries.snapshots import snapshot
from analytics.web.dash.guard import PageDash
from analytics.web.dash.kept_redraws import MAX_QUERY_LENGTH, number_sent_back
from analytics.web.dash.late_texts import late
from audit.middleware import looked_at
from moderation_portal.error_handlers import Overloaded

logger = logging.getLogger(__name__)

# What only a mouse could reach is off; tables, CSV and pictures are in the card's menu.
CONFIG: Any = {
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": False,
    "responsive": True,
}
NO_FIGURE: dict[str, Any] = {"data": [], "layout": {}}
UNREADABLE = "These filters can't be read."


def layout(page: Page) -> html.Div:
    """An app's layout: stores, and a graph for each chart. The same for everyone."""
    graphs = [
        html.Div(
            dcc.Graph(
                id=f"graph-{slug}",
                figure=NO_FIGURE,
                config=CONFIG,
                responsive=True,
                style={"height": "100%"},
            ),
            id=f"slot-{slug}",
            className="slot",
        )
        for slug in page.charts
    ]
    stores = [dcc.Store(id=name) for name in ("query", "answer", "applied")]
    return html.Div([*stores, *graphs])


def fragments(page: Page, built: PageContext, request: HttpRequest) -> dict[str, str]:
    """What stands around the charts as HTML: the filter bar, and figures and cards."""
    return {
        "filters": rendered("portal/filters.html", built.context, request),
        "body": late(rendered(page.body, built.context, request)),
    }


def redraw_page(page: Page, query: Mapping[str, Any], request: HttpRequest) -> list[Any]:
    """The figures of a page's charts in their order, and the answer around them.

    ``query`` comes from the browser: ``search`` (the filters as in an address), ``theme`` and
    ``n``, which is sent back. The scope is parsed and authorised anew, as for any page.
    """
    theme: Theme = "dark" if query.get("theme") == "dark" else "light"
    number = number_sent_back(query.get("n"))
    search = query.get("search")
    if not isinstance(search, str) or len(search) > MAX_QUERY_LENGTH:
        return unchanged(page, UNREADABLE, n=number)
    try:
        params = QueryDict(search.removeprefix("?"))
        # What is around the charts is read in their snapshot, too.
        with snapshot():
            built = build_page(
                page,
                params,
                request.user,  # type: ignore[arg-type]  # the guard lets only users in
                now=timezone.now(),
                path=reverse(f"portal:{page.name}"),
                theme=theme,
            )
            answer = page_answer(page, built, request)
    except ScopeError as error:
        looked_at(request, f"portal:{page.name}", params, status=error.status)
        good_until(timezone.now())
        return unchanged(page, f"{error.message}.", n=number, status=error.status)
    # It is the whole portal's, and answered as everywhere.
    except (OperationalError, Overloaded):
        raise
    # The browser is told; otherwise Dash would answer 500 and the page would say nothing.
    except Exception:
        good_until(timezone.now())
        reference = secrets.token_hex(4)
        logger.exception("A redraw of %s failed, reference %s", page.name, reference)
        sentence = f"The charts could not be computed. Reference {reference}, for your admin."
        return unchanged(page, sentence, n=number, status=500)
    looked_at(request, f"portal:{page.name}", params)
    by_slug = {card.slug: card.figure for card in built.cards}
    figures = [by_slug.get(slug) or NO_FIGURE for slug in page.charts]
    return [*figures, {"n": number, "theme": theme, **answer}]


def unchanged(page: Page, error: str, **answer: Any) -> list[Any]:
    """The outputs of a redraw that failed: the figures stay, and the page shows ``error``."""
    return [*[dash.no_update] * len(page.charts), {**answer, "error": error}]


def page_answer(page: Page, built: PageContext, request: HttpRequest) -> dict[str, Any]:
    """What the page's script needs besides the figures."""
    return {
        "status": built.status,
        "charts": page.charts,
        "title": built.context["title"],
        "lead": built.context.get("lead", ""),
        "subtitle": built.context["subtitle"],
        "query": built.context["query"],
        "videos_url": built.context.get("videos_url", ""),
        "workbook_url": built.context.get("workbook_url", ""),
        "fragments": fragments(page, built, request),
    }


def build_app(page: Page) -> PageDash:
    """Declare the app of a page."""
    app = PageDash(page.name)
    app.layout = layout(page)
    outputs = [Output(f"graph-{slug}", "figure") for slug in page.charts]

    @app.callback(  # type: ignore[untyped-decorator]  # Dash ships no types
        [*outputs, Output("answer", "data")], [Input("query", "data")], prevent_initial_call=True
    )
    def redraw(query: Any, *, request: HttpRequest) -> list[Any]:
        if not isinstance(query, dict):
            return unchanged(page, UNREADABLE)
        return redraw_page(page, query, request)

    app.clientside_callback(
        ClientsideFunction("portal", "apply"),
        Output("applied", "data"),
        [Input("answer", "data")],
        # So that the script has what Dash draws, for other themes and for paper.
        [State(f"graph-{slug}", "figure") for slug in page.charts],
        prevent_initial_call=True,
    )
    return app


APPS: dict[str, PageDash] = {name: build_app(page) for name, page in CHART_PAGES.items()}
