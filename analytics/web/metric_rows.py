"""The page of the records behind one number: ``/rows/{slug}/``, by the parameters of the API."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from analytics import formatting
from analytics.access import Forbidden, NotVisible
from analytics.figures.labels import format_value, get_column
from analytics.metrics.records import Ratio
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.results import Column, Value
from analytics.metrics.row_keys import COLUMN, SCOPE_PARAMETERS, UNKNOWN, key_names
from analytics.presentation import periods
from analytics.presentation.cells import body_html
from analytics.presentation.context import non_empty_params
from analytics.presentation.pages import CHART_PAGES
from analytics.presentation.record_tables import record_cells, record_headings
from analytics.presentation.row_links import passport_address
from analytics.rows.lists import RecordList
from analytics.rows.selection import Selection, select
from analytics.rows.things import ThingList, VideoThings, record_list
from analytics.scope import Scope, single_values
from analytics.scope_filters import SCOPE_FILTERS
from analytics.web.conditional import conditional_get
from analytics.web.panel import is_panel, render_page_or_panel
from analytics.web.viewer import viewer_of
from analytics.web.views import handle_scope_errors

PAGE_SIZE = 50
# In the panel beside the charts.
FIRST_ROWS = 8
CURSOR = "cursor"
#: How records make a number, in words after it; ``{records}`` are how many of which kind.
SENTENCES = {
    "count": "{kind}, the same number as on the chart",
    "distinct": "different {kind}, the same number as on the chart",
    "sum": "is the sum over {records}",
    "rate": "of {records} are counted",
    "ratio": "is {amount} over {weight}{times}, of {records}",
    "mean": "is the mean of {records}",
    "median": "is the middle of the lengths: {records}",
    "extreme": "is the value of {records}",
}


@dataclass(frozen=True)
class Chip:
    """Something that limits the list; ``href`` is the page without it, empty where it must stay."""

    name: str
    value: str
    href: str = ""


@require_safe
@handle_scope_errors
@conditional_get
def metric_rows(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a page of the records behind a number."""
    viewer = viewer_of(request)
    if slug not in METRICS:
        raise NotVisible("metric", "no such metric")
    accepts = (*SCOPE_PARAMETERS, *key_names(), COLUMN, CURSOR)
    values = single_values(non_empty_params(request.GET), accepts)
    cursor = values.pop(CURSOR, None)
    try:
        records = record_list(select(METRICS[slug], values, viewer))
    except Forbidden as error:
        # Not by way of the team's totals, which the other pages offer: they open no records.
        raise PermissionDenied(error.message) from error
    is_brief = is_panel(request)
    page = records.page(FIRST_ROWS if is_brief else PAGE_SIZE, cursor)
    selection = records.selection
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
        "columns": record_headings(records, is_brief=is_brief),
        "body": body_html(
            record_cells(records, page.entries, is_linked=viewer.sees_everyone, is_brief=is_brief)
        ),
        "order": order_words(records),
        "listed": len(page.entries),
        "page_url": own_url(slug, values),
        "passport_url": passport_address(own_url(slug, {**values, COLUMN: selection.column.name})),
        "is_empty": not page.entries,
        "first_url": own_url(slug, values) if cursor is not None else "",
        "next_url": own_url(slug, {**values, CURSOR: page.cursor}) if page.cursor else "",
        "csv_url": f"{reverse('api:metric-rows', args=[slug])}?"
        + urlencode({**values, "format": "csv"}),
        "chart_name": chart_name,
        "chart_url": chart_url,
    }
    return render_page_or_panel(
        request, "portal/metric_rows.html", "portal/metric_rows_panel.html", context
    )


def own_url(slug: str, values: dict[str, str]) -> str:
    """The address of this page with other parameters."""
    query = urlencode(values)
    address = reverse("portal:metric-rows", args=[slug])
    return f"{address}?{query}" if query else address


def key_text(column: Column, value: Value) -> str:
    """The value of a key as people read it."""
    if value is None:
        return UNKNOWN
    text = format_value(column, value)
    return formatting.with_unit(text, column.unit) if column.type == "integer" else text


def title_of(selection: Selection) -> str:
    """What is counted, and of which row: ``Videos: Rejected``."""
    of_row = [
        key_text(get_column(selection.metric, name), value)
        for name, value in selection.keys.items()
    ]
    if selection.asked.moderator is not None:
        of_row.append(selection.asked.moderator.username)
    return ": ".join(filter(None, (selection.column.label, ", ".join(of_row))))


def sentence(records: RecordList) -> str:
    """How the records make the number, in words that follow it."""
    made, kind = records.selection.records, records.kind.label
    some = formatting.plural(records.count, kind.removesuffix("s"))
    words = {"kind": kind if records.count != 1 else kind.removesuffix("s"), "records": some}
    if isinstance(made, Ratio):
        words |= {"amount": made.amount_label.lower(), "weight": made.weight_label.lower()}
        words["times"] = f", times {formatting.count(made.unit)}" if made.unit != 1 else ""
    return SENTENCES[made.how].format_map(words)


def order_words(records: RecordList) -> str:
    """The order of the list in words."""
    if isinstance(records, VideoThings):
        return "In the order they came in"
    if isinstance(records, ThingList) or not records.kind.is_descending:
        return "By name"
    return "Newest first"


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
