"""The page of results, which works without scripts, and the results alone for the search box."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from analytics.access import ScopeError
from analytics.formatting import plural
from analytics.presentation.context import non_empty_params
from analytics.scope import single_values
from analytics.summaries.snapshots import snapshot
from analytics.viewer import viewer_of
from analytics.web.search.kinds import MIN_ID_LENGTH, search
from analytics.web.views import handle_scope_errors

MAX_LENGTH = 200


@never_cache
@require_safe
@handle_scope_errors
def search_page(request: HttpRequest) -> HttpResponse:
    """Show what is found, as a page."""
    context = search_context(request)
    return render(request, "portal/search.html", {"title": "Search", **context})


@never_cache
@require_safe
@handle_scope_errors
def search_results(request: HttpRequest) -> HttpResponse:
    """What is found, as the options of the search box."""
    return render(request, "portal/search_options.html", search_context(request))


def search_context(request: HttpRequest) -> dict[str, Any]:
    """What was typed and what is found; raises ``ScopeError``."""
    typed = single_values(non_empty_params(request.GET), ("q",)).get("q", "")
    if len(typed) > MAX_LENGTH:
        raise ScopeError("q", f"is longer than {MAX_LENGTH} characters")
    with snapshot():
        groups = search(viewer_of(request), typed)
    count = sum(len(group.hits) for group in groups)
    found = plural(count, "result") if count else f"Nothing fits “{typed.strip()}”"
    is_short = 0 < len(typed.strip()) < MIN_ID_LENGTH
    hint = f"Ids of sessions and videos from {MIN_ID_LENGTH} characters on" if is_short else ""
    return {
        "typed": typed,
        "groups": groups,
        "found": found if typed.strip() else "",
        "hint": hint,
        "max_length": MAX_LENGTH,
    }
