"""Who is doing what at this moment: the request that is answered, or the command that runs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from django.http import HttpRequest

_request: ContextVar[HttpRequest | None] = ContextVar("audited_request", default=None)

#: How an address begins, and what kind of place it is.
SOURCES = (("/api/", "api"), ("/admin/", "admin"), ("/charts/", "chart"), ("", "page"))


@dataclass(frozen=True)
class Who:
    """An account or a moderator, as the audit names them."""

    kind: str
    number: int
    name: str


@dataclass(frozen=True)
class Circumstances:
    """What every entry says of how it came about."""

    actor: Who | None
    token: int | None
    address: str | None
    source: str
    place: str
    request_id: str


@contextmanager
def answering(request: HttpRequest) -> Iterator[None]:
    """Whatever is recorded inside belongs to this request."""
    mark = _request.set(request)
    try:
        yield
    finally:
        _request.reset(mark)


def circumstances(request: HttpRequest | None = None) -> Circumstances:
    """How what happens now came about: by the request being answered, else by a command."""
    request = request or _request.get()
    if request is None:
        words = [Path(word).name for word in sys.argv[:2]]
        return Circumstances(None, None, None, "command", " ".join(words)[:100], "")
    match = request.resolver_match
    return Circumstances(
        actor=actor_of(request),
        token=getattr(getattr(request, "auth", None), "pk", None),
        address=request.META.get("REMOTE_ADDR") or None,
        source=next(kind for start, kind in SOURCES if request.path_info.startswith(start)),
        place=(match.view_name if match else "")[:100],
        request_id=getattr(request, "request_id", ""),
    )


def actor_of(request: HttpRequest) -> Who | None:
    """The account that asks, by login or by token."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return Who("account", user.pk, user.get_username())
