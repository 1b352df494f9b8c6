"""Notes of every answer who got what."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from audit.context import answering, circumstances
from audit.looks import Look, note
from audit.models import Action

GOT_IT = (200, 206, 304)
FILES = ("text/csv", "application/jsonl")


class AuditMiddleware:
    """Lets what is recorded know its request, and notes looks, exports and uses of tokens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        with answering(request):
            response = self.get_response(request)
            if response.status_code in GOT_IT and request.user.is_authenticated:
                note_answer(request, response)
        return response


def looked_at(request: HttpRequest, view: str, query: Mapping[str, Any]) -> None:
    """Say what a chart callback shows: the page and the filters, which its address does not."""
    request.audited_as = (view, query)  # type: ignore[attr-defined]  # ours, read below


def note_answer(request: HttpRequest, response: HttpResponseBase) -> None:
    """Note an answer that somebody known got."""
    match = request.resolver_match
    if match is None:
        return
    view, query = getattr(request, "audited_as", (match.view_name, request.GET))
    how = circumstances(request)
    action = action_of(request, response)
    if action is None:
        return
    user: Any = request.user
    look = Look(
        at=timezone.now(),
        how=how,
        action=action,
        view=view,
        kwargs=match.kwargs,
        query={name: str(query[name])[:300] for name in query},
        own=user.moderator_id,
        sees_everyone=user.sees_everyone,
    )
    note(look)
    if how.token is not None:
        note(replace(look, action=Action.TOKEN))


def action_of(request: HttpRequest, response: HttpResponseBase) -> Action | None:
    """Whether an answer is a file to keep, or something to look at; None: neither."""
    if request.method not in ("GET", "HEAD") and not hasattr(request, "audited_as"):
        return None
    headers = response.headers
    is_file = headers.get("Content-Type", "").startswith(FILES)
    if is_file or headers.get("Content-Disposition", "").startswith("attachment"):
        return Action.EXPORT
    return Action.LOOK
