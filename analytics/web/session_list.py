"""The list of sessions: filtered, sorted, in pages; whole as CSV or XLSX."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import EmptyPage, PageNotAnInteger
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    QueryDict,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics import formatting
from analytics.access import ScopeError
from analytics.display import plain
from analytics.exports import csv_lines
from analytics.pagination import BoundedPaginator
from analytics.presentation import periods
from analytics.presentation.cells import Cell, Heading, body_html
from analytics.presentation.context import refused_filters
from analytics.presentation.following import describe_set_aside
from analytics.presentation.pages import SESSIONS
from analytics.presentation.periods import RANGES, QuickRange, yesterday
from analytics.presentation.session_query import SessionQuery, read_query
from analytics.presentation.session_table import (
    CSV_COLUMNS,
    SESSION_COLUMNS,
    ListedSession,
    csv_rows,
    list_sessions,
)
from analytics.scope import Scope
from analytics.summaries.snapshots import repeatable_read, snapshot
from analytics.viewer import viewer_of
from analytics.web.conditional import kept_page
from analytics.web.views import download, download_workbook, handle_scope_errors
from analytics.workbooks import MAX_ROWS, Sheet, write_workbook

PAGE_SIZE = 50
#: The columns of the workbook that are shown as percentages.
SHARES = dict.fromkeys(("reject_rate", "idle_share", "completion_rate"), "share")
#: The parts of the bars of decisions: swatches, words, no numbers.
LEGEND = (("accepted", "accepted", ""), ("rejected", "rejected", ""), ("none", "no decision", ""))


@require_safe
@handle_scope_errors
@kept_page
def session_list(request: HttpRequest) -> HttpResponse:
    """Show the sessions that the viewer may see."""
    viewer = viewer_of(request)
    SESSIONS.audience.require(viewer)
    query = read_query(request.GET, viewer)
    context: dict[str, Any] = {
        "title": SESSIONS.title,
        "form": query.form,
        "order": query.order,
        "summary": "Filters",
        "as_of": periods.as_of(),
        "ranges": ranges(query.values, timezone.localdate()),
        "set_aside": describe_set_aside(query.aside),
    }
    if query.sessions is None or query.scope is None:
        context["state"] = refused_filters(request.path)
        return render(request, "portal/sessions.html", context, status=400)
    try:
        rows = query.sessions.select_related("moderator")
        page = BoundedPaginator(rows, PAGE_SIZE).page(query.values.get("page", 1))
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404 from error
    sessions = list_sessions(list(page.object_list), is_linked=viewer.sees_everyone)
    params = without_page(query.values)
    context |= {
        "page": page,
        "page_params": page_params(params),
        "columns": headings(params, query.order),
        "body": body_html(map(cells_of, sessions)),
        "legend": LEGEND,
        "subtitle": subtitle(query.scope, page.paginator),
        "csv_url": f"{reverse('portal:sessions-csv')}?{urlencode(params) or 'start='}",
        "xlsx_url": f"{reverse('portal:sessions-xlsx')}?{urlencode(params) or 'start='}",
    }
    return render(request, "portal/sessions.html", context)


@require_safe
@handle_scope_errors
@plain
def sessions_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Stream the list whole, in its order, as CSV."""
    with snapshot():
        query = read_query(request.GET, viewer_of(request))
    if query.sessions is None:
        raise first_error(query)
    return download(csv_lines(tuple(CSV_COLUMNS), in_one_state(query)), "sessions.csv")


@require_safe
@handle_scope_errors
@plain
def sessions_xlsx(request: HttpRequest) -> FileResponse:
    """The list whole, in its order, as a workbook of one sheet."""
    with snapshot():
        query = read_query(request.GET, viewer_of(request))
        if query.sessions is None:
            raise first_error(query)
        rows = query.sessions.order_by().values("pk")[:MAX_ROWS]
        if rows.count() == MAX_ROWS:
            limit = formatting.count(MAX_ROWS)
            message = f"a sheet takes fewer than {limit} sessions; the CSV takes them all"
            raise ScopeError("start", message)
        names = tuple(CSV_COLUMNS)
        types = [SHARES.get(name, "number") for name in names]
        sheet = Sheet("Review sessions", names, types, csv_rows(query.sessions))
        return download_workbook(write_workbook([sheet]), "sessions.xlsx")


def in_one_state(query: SessionQuery) -> Iterator[list[object]]:
    """Yield the rows of the CSV, all from one state of the data."""
    assert query.sessions is not None
    with repeatable_read():
        yield from csv_rows(query.sessions)


def first_error(query: SessionQuery) -> ScopeError:
    """The first reason why the filters are refused, as an error."""
    field, messages = next(iter(query.form.errors.items()))
    return ScopeError(str(field), str(messages[0]))


def without_page(values: Mapping[str, str]) -> dict[str, str]:
    """The parameters of the list whatever page of it is shown."""
    return {name: value for name, value in values.items() if name != "page"}


def page_params(values: Mapping[str, str]) -> QueryDict:
    """The parameters that the links to other pages keep."""
    params = QueryDict(mutable=True)
    params.update(values or {"start": ""})
    return params


def ranges(values: Mapping[str, str], today: date) -> list[QuickRange]:
    """The links to the quick ranges, the other filters kept."""
    others = {name: value for name, value in values.items() if name not in ("start", "end", "page")}
    links = []
    for label, days in RANGES:
        dates = {}
        if days is not None:
            last = yesterday(today)
            start = last - timedelta(days=days - 1)
            dates = {"start": start.isoformat(), "end": last.isoformat()}
        current = {name: values[name] for name in ("start", "end") if name in values} == dates
        # No parameter at all would be the dates that the list opens with.
        links.append(QuickRange(label, f"?{urlencode({**others, **dates}) or 'start='}", current))
    return links


def subtitle(scope: Scope, paginator: Any) -> str:
    """``3 review sessions · Everyone · 11 Mar – 7 Apr 2026 (28 days) · times in UTC``."""
    words = formatting.plural(paginator.count, "review session")
    count = f"More than {words}" if paginator.has_more else words
    return f"{count} · {periods.describe_scope(scope)} · {periods.times_words()}"


def headings(values: Mapping[str, str], order: str) -> list[Heading]:
    """The table's headings, links to their order or to the other way round."""
    result = []
    for column in SESSION_COLUMNS:
        first, other = column.name, f"-{column.name}"
        if column.descends:
            first, other = other, first
        sorted_way = ""
        if order.removeprefix("-") == column.name:
            sorted_way = "descending" if order.startswith("-") else "ascending"
        link = urlencode({**values, "order": other if order == first else first})
        result.append(
            Heading(
                column.label,
                column.numeric,
                sortable=False,
                sorted=sorted_way,
                href=f"?{link}",
            )
        )
    return result


def cells_of(listed: ListedSession) -> list[Cell]:
    """A session's row."""
    return [column.cell(listed) for column in SESSION_COLUMNS]
