"""The page of the records behind one number: ``/rows/{slug}/``, by the parameters of the API."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from analytics import formatting
from analytics.access import Forbidden, NotVisible, ScopeError
from analytics.figures.labels import format_value, get_column
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.row_keys import COLUMN, SCOPE_PARAMETERS, key_names
from analytics.presentation import periods
from analytics.presentation.cells import body_html
from analytics.presentation.context import non_empty_params
from analytics.presentation.pages import CHART_PAGES
from analytics.presentation.record_tables import record_cells, record_headings
from analytics.presentation.record_words import key_text, order_words, sentence, title_of
from analytics.presentation.row_links import passport_address
from analytics.rows.kinds import record_list
from analytics.rows.lists import RecordList
from analytics.rows.selection import Selection, select
from analytics.scope import Scope, single_values
from analytics.scope_filters import SCOPE_FILTERS
from analytics.viewer import viewer_of
from analytics.web.conditional import kept_page
from analytics.web.panel import is_panel, render_page_or_panel
from analytics.web.views import handle_scope_errors

PAGE_SIZE = 50
# A list of no more is shown whole.
WHOLE = 200
# In the panel beside the charts.
FIRST_ROWS = 8
CURSOR = "cursor"
BEFORE = "before"
ORDER = "order"
OLDEST = "oldest"
#: The number of a page's first row.
FIRST = "first"
MAX_DIGITS = 12


@dataclass(frozen=True)
class Chip:
    """Something that limits the list; ``href`` is the page without it, empty where it must stay."""

    name: str
    value: str
    href: str = ""


@dataclass(frozen=True)
class Place:
    """Which page of the list is asked for: after a cursor or before one, and from which row on.

    ``first`` is for people: rows that come in meanwhile shift it.
    """

    cursor: str | None
    before: str | None
    is_reversed: bool
    first: int

    @classmethod
    def take(cls, values: dict[str, str]) -> Self:
        """Take it out of the parameters; raises ``ScopeError``."""
        order, first = values.pop(ORDER, ""), values.pop(FIRST, "1")
        if order not in ("", OLDEST):
            raise ScopeError(ORDER, f"is {OLDEST!r}, or left out for the newest first")
        if not (first.isascii() and first.isdecimal() and 0 < len(first) < MAX_DIGITS):
            raise ScopeError(FIRST, f"{first!r} is not the number of a row")
        return cls(
            values.pop(CURSOR, None), values.pop(BEFORE, None), order == OLDEST, max(1, int(first))
        )


@require_safe
@handle_scope_errors
@kept_page
def metric_rows(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a page of the records behind a number."""
    viewer = viewer_of(request)
    if slug not in METRICS:
        raise NotVisible("metric", "no such metric")
    accepts = (*SCOPE_PARAMETERS, *key_names(), COLUMN, CURSOR, BEFORE, ORDER, FIRST)
    values = single_values(non_empty_params(request.GET), accepts)
    place = Place.take(values)
    try:
        selection = select(METRICS[slug], values, viewer)
    except Forbidden as error:
        # Not by way of the team's totals, which the other pages offer: they open no records.
        raise PermissionDenied(error.message) from error
    records = record_list(selection, is_reversed=place.is_reversed)
    chart_name, chart_url = chart_of(selection.metric, selection.asked)
    context = {
        "title": title_of(selection),
        "subtitle": periods.describe_scope(selection.asked),
        "as_of": periods.as_of(),
        "metric": selection.metric,
        "column": selection.column,
        "how": selection.records.how,
        "chips": list(chips(selection, values)),
        "shown": format_value(selection.column, records.shown),
        "sentence": sentence(records),
        "count": records.count,
        "order": order_words(records),
        "page_url": own_url(slug, values),
        "passport_url": passport_address(own_url(slug, {**values, COLUMN: selection.column.name})),
        "csv_url": f"{reverse('api:metric-rows', args=[slug])}?"
        + urlencode({**values, "format": "csv"}),
        "chart_name": chart_name,
        "chart_url": chart_url,
        **table_context(records, values, place, is_brief=is_panel(request)),
    }
    return render_page_or_panel(
        request, "portal/metric_rows.html", "portal/metric_rows_panel.html", context
    )


def table_context(
    records: RecordList, values: dict[str, str], place: Place, *, is_brief: bool
) -> dict[str, Any]:
    """A page of the list as a table, and where the pages around it are.

    A list that fits in one page is sorted in the browser, a longer one by time only: by anything
    else all of its records would be read for each page.
    """
    slug = records.selection.metric.slug
    is_whole = not is_brief and records.count <= WHOLE
    size = FIRST_ROWS if is_brief else WHOLE if is_whole else PAGE_SIZE
    page = records.page(size, place.cursor, place.before)
    is_linked = records.selection.asked.viewer.sees_everyone
    in_order = {**values, **({ORDER: OLDEST} if place.is_reversed else {})}
    turned = {**values, **({} if place.is_reversed else {ORDER: OLDEST})}
    first = min(place.first, records.count) if page.previous else 1
    last = first + len(page.entries) - 1

    def url_at(cursor: str | None, name: str, row: int) -> str:
        if cursor is None:
            return ""
        return own_url(slug, {**in_order, name: cursor, FIRST: str(max(1, row))})

    return {
        "columns": record_headings(
            records,
            is_brief=is_brief,
            is_whole=is_whole,
            order_url="" if is_brief else own_url(slug, turned),
        ),
        "body": body_html(
            record_cells(records, page.entries, is_linked=is_linked, is_brief=is_brief)
        ),
        "is_whole": is_whole,
        "is_empty": not page.entries,
        "listed": len(page.entries),
        "first": first,
        "last": min(last, records.count),
        "previous_url": url_at(page.previous, BEFORE, first - size),
        "next_url": url_at(page.cursor, CURSOR, last + 1),
    }


def own_url(slug: str, values: dict[str, str]) -> str:
    """The address of this page with other parameters."""
    query = urlencode(values)
    address = reverse("portal:metric-rows", args=[slug])
    return f"{address}?{query}" if query else address


def chips(selection: Selection, values: dict[str, str]) -> Iterator[Chip]:
    """Yield what limits the list: the row's keys, then the scope."""
    slug = selection.metric.slug
    # A row is named by all its keys together. A share is of a row.
    without_keys = {name: text for name, text in values.items() if name not in selection.keys}
    href = "" if selection.records.needs_key else own_url(slug, without_keys)
    for name, value in selection.keys.items():
        column = get_column(selection.metric, name)
        yield Chip(column.label.lower(), key_text(column, value), href)
    for each in SCOPE_FILTERS:
        if each.name in values:
            rest = {name: text for name, text in values.items() if name != each.name}
            is_needed = each.name in selection.metric.needs
            value = getattr(selection.asked, each.name)
            text = formatting.day(value) if each.type == "date" else each.to_text(value)
            yield Chip(each.label.lower(), text, "" if is_needed else own_url(slug, rest))


def chart_of(metric: Metric, scope: Scope) -> tuple[str, str]:
    """The title and the address of the page that shows a metric."""
    # The overview repeats some of what the other pages show.
    pages = sorted(CHART_PAGES.values(), key=lambda page: page.name == "home")
    for page in pages:
        if metric.slug in page.cards:
            return page.title, f"{page_url(page.name, scope)}#card-{metric.slug}"
    for page in pages:
        if metric.slug in page.metrics:
            return page.title, page_url(page.name, scope)
    return "How it is computed", definition_url(metric)


def page_url(name: str, scope: Scope) -> str:
    """The address of a page of charts for a scope."""
    return periods.scope_url(scope, path=reverse(f"portal:{name}"))


def definition_url(metric: Metric) -> str:
    """Where a metric's definition stands."""
    return f"{reverse('portal:metrics')}#{metric.slug}"
