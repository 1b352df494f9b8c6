"""What a page says of the person and of the moment: written anew each time a kept page is sent.

A page is kept once for all who may see the same (``analytics.kept_answers``). While it is made,
these functions leave a placeholder where the person's name, the time of day or that of the last
change to the data stands; everywhere else they write the text at once.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, cast

from django.utils.html import escape
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from accounts.models import User

U = TypeVar("U", bound="User | None")
V = TypeVar("V")


@dataclass(frozen=True)
class Moment:
    """When a page is sent, and when the data had last changed by then."""

    now: datetime
    changed_at: datetime | None


#: HTML made of who asks and when.
Fill = Callable[["User", Moment], str]


@dataclass
class Placeholders:
    """The placeholders of a page while it is made, and until when the page may be kept.

    ``token``: random, so that no text of the data is taken for a placeholder; letters and digits
    only, which no escaping changes.
    """

    token: str = field(default_factory=lambda: f"placeholder{secrets.token_hex(16)}")
    fills: list[Fill] = field(default_factory=list)
    good_until: datetime | None = None

    def add(self, fill: Fill) -> SafeString:
        """A new placeholder; ``fill`` gives what stands in its place."""
        self.fills.append(fill)
        return SafeString(f"{self.token}n{len(self.fills) - 1}n")


_current: ContextVar[Placeholders | None] = ContextVar("placeholders", default=None)


@contextmanager
def placeholders() -> Iterator[Placeholders]:
    """Leave placeholders in what is made inside."""
    made = Placeholders()
    token = _current.set(made)
    try:
        yield made
    finally:
        _current.reset(token)


def placeholder(fill: Fill, otherwise: V) -> V | SafeString:
    """A placeholder in what is made to be kept; ``otherwise`` everywhere else."""
    made = _current.get()
    return otherwise if made is None else made.add(fill)


def personal_text(write: Callable[[U], str], user: U) -> str:
    """HTML about who is asking; plain text is escaped where the page shows it."""
    made = _current.get()
    if made is None:
        return write(user)
    return made.add(lambda user, moment: escape_once(write(cast(U, user))))


def clock_text(write: Callable[[datetime], str], now: datetime) -> str:
    """Text that changes while nothing else does: how long ago something was, the time of day."""
    made = _current.get()
    if made is None:
        return write(now)
    return made.add(lambda user, moment: escape_once(write(moment.now)))


def change_text(
    write: Callable[[datetime | None], str], changed_at: Callable[[], datetime | None]
) -> str:
    """Text about the last change to the data, which may be of other data than the page's."""
    made = _current.get()
    if made is None:
        return write(changed_at())
    return made.add(lambda user, moment: escape_once(write(moment.changed_at)))


def good_until(moment: datetime) -> None:
    """Say that the page that is being made is another one from a moment on."""
    made = _current.get()
    if made is not None:
        made.good_until = moment if made.good_until is None else min(made.good_until, moment)


def escape_once(text: str) -> str:
    """Text as HTML; what is HTML already stays."""
    return str(escape(text) if not isinstance(text, SafeString) else text)
