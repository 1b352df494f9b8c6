"""Notes of every answer who got what."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from audit.context import answering, circumstances
from audit.looks import Look, is_watched, note
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
            # Before the user is looked up: a probe asks the database for nothing.
            watched = is_watched(view_of(request))
            if watched and response.status_code in GOT_IT and request.user.is_authenticated:
                note_answer(request, response)
        return response


def looked_at(request: HttpRequest, view: str, query: Mapping[str, Any]) -> None:
    """Say what a chart callback shows: the page and the filters, which its address does not."""
    request.audited_as = (view, query)  # type: ignore[attr-defined]  # ours, read below


def view_of(request: HttpRequest) -> str:
    """The view that answered, or the page that a chart callback drew again."""
    named = getattr(request, "audited_as", None)
    match = request.resolver_match
    return str(named[0] if named else match.view_name if match else "")


def note_answer(request: HttpRequest, response: HttpResponseBase) -> None:
    """Note an answer that somebody known got."""
    action = action_of(request, response)
    if action is None:
        return
    match, user = request.resolver_match, request.user
    assert match is not None
    assert isinstance(user, get_user_model())
    _, query = getattr(request, "audited_as", ("", request.GET))
    how = circumstances(request)
    look = Look(
        at=timezone.now(),
        how=how,
        action=action,
        view=view_of(request),
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
