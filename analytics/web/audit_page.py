"""The audit, for admins: searched, filtered, page by page either way, and whole as CSV."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from analytics.access import ADMINS, ScopeError
from analytics.display import plain
from analytics.exports import csv_lines
from analytics.formatting import count, date_range
from analytics.keyset import cut_page
from analytics.pagination import MAX_LISTED
from analytics.presentation.audit import CSV_COLUMNS, csv_rows, shown_entries
from analytics.presentation.audit_query import NEWEST_FIRST, AuditForm, AuditQuery
from analytics.presentation.context import non_empty_params, refused_filters
from analytics.scope import single_values
from analytics.viewer import viewer_of
from analytics.web.views import download, handle_scope_errors
from audit.models import Entry

PAGE_SIZE = 50
FILTERS = ("q", "who", "about", "did", "start", "end")
#: Where a page begins: behind an entry, towards the older or the newer ones.
OLDER, NEWER = "older", "newer"


@never_cache
@require_safe
@handle_scope_errors
def audit(request: HttpRequest) -> HttpResponse:
    """Show the entries that pass the filters, newest first."""
    ADMINS.require(viewer_of(request))
    params = single_values(non_empty_params(request.GET), (*FILTERS, OLDER, NEWER))
    if OLDER in params and NEWER in params:
        raise ScopeError(NEWER, "a page begins at one end")
    filters = {name: params[name] for name in FILTERS if name in params}
    form = AuditForm(filters)
    context: dict[str, Any] = {
        "title": "Audit",
        "form": form,
        "summary": "Filters",
        "kept_days": settings.AUDIT_DAYS,
    }
    if not form.is_valid():
        context["state"] = refused_filters(request.path)
        return render(request, "portal/audit.html", context, status=HTTPStatus.BAD_REQUEST)
    query = AuditQuery(**form.cleaned_data)
    entries = query.entries()
    n = entries.values("pk")[: MAX_LISTED + 1].count()
    context |= {
        "subtitle": date_range(query.start, query.end) if query.start or query.end else "",
        "total": f"more than {count(MAX_LISTED)}" if n > MAX_LISTED else count(n),
        "csv_url": f"{reverse('portal:audit-csv')}?{urlencode(filters)}",
        **page_of(entries, filters, params),
    }
    return render(request, "portal/audit.html", context)


def page_of(entries: Any, filters: Mapping[str, str], params: Mapping[str, str]) -> dict[str, Any]:
    """A page of entries in words, and the addresses of the older and the newer one."""
    end = NEWER if NEWER in params else OLDER
    ordering = NEWEST_FIRST.reversed if end == NEWER else NEWEST_FIRST
    try:
        rows = entries.select_related("actor", "subject")
        page = cut_page(rows, ordering, PAGE_SIZE, params.get(end))
    except ScopeError as error:
        raise ScopeError(end, "begins behind no entry; take a link of the page") from error
    shown, has_more = page.rows, page.cursor is not None
    has_newer, has_older = end in params, has_more
    if end == NEWER:
        shown, has_newer, has_older = shown[::-1], has_more, True
    return {
        "entries": shown_entries(shown),
        "older_url": beyond(OLDER, shown[-1], filters) if shown and has_older else "",
        "newer_url": beyond(NEWER, shown[0], filters) if shown and has_newer else "",
        "newest_url": f"?{urlencode(filters)}" if params.keys() & {OLDER, NEWER} else "",
    }


def beyond(end: str, entry: Entry, filters: Mapping[str, str]) -> str:
    """The address of the page behind an entry, at one end."""
    ordering = NEWEST_FIRST if end == OLDER else NEWEST_FIRST.reversed
    return f"?{urlencode({**filters, end: ordering.encode_cursor(entry)})}"


@never_cache
@require_safe
@handle_scope_errors
@plain
def audit_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Stream the entries that pass the filters, all of them."""
    ADMINS.require(viewer_of(request))
    form = AuditForm(single_values(non_empty_params(request.GET), FILTERS))
    for name, messages in form.errors.items():
        raise ScopeError(name, str(messages[0]))
    entries = AuditQuery(**form.cleaned_data).entries()
    return download(csv_lines(CSV_COLUMNS, csv_rows(entries)), "audit.csv")
