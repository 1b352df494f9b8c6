"""Notes of every answer who got what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from audit.context import answering, circumstances
from audit.looks import Look, is_watched, note
from audit.models import Action

GOT_IT = (200, 206, 304)
# Not theirs, not there, too often.
REFUSED = (403, 404, 429)
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
            if is_watched(view_of(request)) and request.user.is_authenticated:
                note_answer(request, response)
        return response


@dataclass(frozen=True)
class ChartLook:
    """What a chart callback's address does not say: its page, the filters, how it went."""

    view: str
    query: Mapping[str, Any]
    status: int


def looked_at(
    request: HttpRequest, view: str, query: Mapping[str, Any], *, status: int = 200
) -> None:
    """Say what a chart callback shows, or with which status it refuses to."""
    request.audited_as = ChartLook(view, query, status)  # type: ignore[attr-defined]  # ours


def chart_look(request: HttpRequest) -> ChartLook | None:
    """What ``looked_at`` said of a request; None of all others."""
    return getattr(request, "audited_as", None)


def view_of(request: HttpRequest) -> str:
    """The view that answered, or the page that a chart callback drew again."""
    chart, match = chart_look(request), request.resolver_match
    return chart.view if chart else match.view_name if match else ""


def note_answer(request: HttpRequest, response: HttpResponseBase) -> None:
    """Note an answer that somebody known got, or was refused."""
    chart = chart_look(request)
    status = chart.status if chart else response.status_code
    action = action_of(request, response, status)
    if action is None:
        return
    match, user = request.resolver_match, request.user
    assert match is not None
    assert isinstance(user, get_user_model())
    query = chart.query if chart else request.GET
    how = circumstances(request)
    look = Look(
        at=timezone.now(),
        how=how,
        action=action,
        view=view_of(request),
        kwargs={
            name: storable(value) if isinstance(value, str) else value
            for name, value in match.kwargs.items()
        },
        query={name: storable(str(query[name])[:300]) for name in query},
        own=user.moderator_id,
        sees_everyone=user.sees_everyone,
        status=status,
    )
    note(look)
    if how.token is not None:
        note(replace(look, action=Action.TOKEN))


def storable(text: str) -> str:
    """Text of an address; NUL, which the database takes in no text, is replaced."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def action_of(request: HttpRequest, response: HttpResponseBase, status: int) -> Action | None:
    """Whether an answer is a file to keep, something to look at or a refusal; None: no such."""
    is_read = request.method in ("GET", "HEAD") or chart_look(request) is not None
    if status in REFUSED or (not is_read and is_refused_body(request, status)):
        return Action.REFUSED
    if not is_read or status not in GOT_IT:
        return None
    headers = response.headers
    is_file = headers.get("Content-Type", "").startswith(FILES)
    if is_file or headers.get("Content-Disposition", "").startswith("attachment"):
        return Action.EXPORT
    return Action.LOOK


def is_refused_body(request: HttpRequest, status: int) -> bool:
    """Whether the API refused what was sent in; of bad rows (422) the import itself tells."""
    is_refused = 400 <= status < 500 and status != HTTPStatus.UNPROCESSABLE_ENTITY
    return is_refused and request.path_info.startswith("/api/")
