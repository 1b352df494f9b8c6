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
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from analytics.access import ScopeError
from analytics.figures import Theme
from analytics.presentation.context import PageContext, build_page
from analytics.presentation.pages import CHART_PAGES, Page
from analytics.summaries.snapshots import snapshot
from analytics.web.dash.guard import PageDash
from audit.middleware import looked_at

logger = logging.getLogger(__name__)

# What only a mouse could reach is off; tables, CSV and pictures are in the card's menu.
CONFIG: Any = {
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": False,
    "responsive": True,
}
NO_FIGURE: dict[str, Any] = {"data": [], "layout": {}}
# Longer ones are no filters.
MAX_QUERY_LENGTH = 4000


def layout(page: Page) -> html.Div:
    """Return an app's layout: stores, and a graph for each chart. The same for everyone."""
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


def fragments(page: Page, made: PageContext, request: HttpRequest) -> dict[str, str]:
    """Return what stands around the charts as HTML: the filter bar, and figures and cards."""
    return {
        "filters": render_to_string("portal/filters.html", made.context, request=request),
        "body": render_to_string(page.body, made.context, request=request),
    }


def redrawn(page: Page, query: Mapping[str, Any], request: HttpRequest) -> list[Any]:
    """Return the figures of a page's charts in their order, and the answer around them.

    ``query`` comes from the browser: ``search`` (the filters as in an address), ``theme`` and
    ``n``, which is given back. The scope is parsed and authorised anew, as for any page.
    """
    theme: Theme = "dark" if query.get("theme") == "dark" else "light"
    given: dict[str, Any] = {"n": query.get("n")}
    none = [dash.no_update] * len(page.charts)
    search = query.get("search")
    if not isinstance(search, str) or len(search) > MAX_QUERY_LENGTH:
        return [*none, {**given, "error": "These filters can't be read."}]
    try:
        params = QueryDict(search.removeprefix("?"))
        # What is around the charts is read in their snapshot, too.
        with snapshot():
            made = build_page(
                page,
                params,
                request.user,  # type: ignore[arg-type]  # the guard lets only users in
                now=timezone.now(),
                path=reverse(f"portal:{page.name}"),
                theme=theme,
            )
            around = fragments(page, made, request)
    except ScopeError as error:
        looked_at(request, f"portal:{page.name}", params, status=error.status)
        return [*none, {**given, "status": error.status, "error": f"{error.message}."}]
    # The browser is told; otherwise Dash would answer 500 and the page would say nothing.
    except Exception:
        reference = secrets.token_hex(4)
        logger.exception("A redraw of %s failed, reference %s", page.name, reference)
        sentence = f"The charts could not be computed. Reference {reference}, for your admin."
        return [*none, {**given, "status": 500, "error": sentence}]
    looked_at(request, f"portal:{page.name}", params)
    figures = [made.charts.get(slug, NO_FIGURE) for slug in page.charts]
    return [
        *figures,
        {
            **given,
            "status": made.status,
            "theme": theme,
            "charts": page.charts,
            "title": made.context["title"],
            "lead": made.context.get("lead", ""),
            "subtitle": made.context["subtitle"],
            "query": made.context["query"],
            "videos_url": made.context.get("videos_url", ""),
            "fragments": around,
        },
    ]


def app_of(page: Page) -> PageDash:
    """Declare the app of a page."""
    app = PageDash(page.name)
    app.layout = layout(page)
    outputs = [Output(f"graph-{slug}", "figure") for slug in page.charts]

    @app.callback(  # type: ignore[untyped-decorator]  # Dash ships no types
        [*outputs, Output("answer", "data")], [Input("query", "data")], prevent_initial_call=True
    )
    def redraw(query: Any, *, request: HttpRequest) -> list[Any]:
        if not isinstance(query, dict):
            return [*[dash.no_update] * len(outputs), {"error": "These filters can't be read."}]
        return redrawn(page, query, request)

    app.clientside_callback(
        ClientsideFunction("portal", "apply"),
        Output("applied", "data"),
        [Input("answer", "data")],
        # So that the script has what Dash draws, for other themes and for paper.
        [State(f"graph-{slug}", "figure") for slug in page.charts],
        prevent_initial_call=True,
    )
    return app


APPS: dict[str, PageDash] = {name: app_of(page) for name, page in CHART_PAGES.items()}
