"""How whoever reads wants numbers, dates and times written.

``activate`` says so for one request, as ``django.utils.timezone.override`` does for its zone;
``analytics.formatting`` reads it. Without it (commands, API, files) everything is written in the
one way that ``DEFAULT`` is. Whatever is kept for several readers has ``active().key`` in its key.

The time zone is that of moments. Days, weeks and months are those of TIME_ZONE whoever reads.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import models
from django.utils import timezone
from django.utils.functional import lazy

P = ParamSpec("P")
R = TypeVar("R")

NARROW_SPACE = "\u202f"


class NumberFormat(models.TextChoices):
    """Between thousands, and before decimals. The labels need no language."""

    COMMA_POINT = "comma-point", "1,234.5"
    SPACE_COMMA = "space-comma", "1 234,5"
    POINT_COMMA = "point-comma", "1.234,5"
    APOSTROPHE_POINT = "apostrophe-point", "1’234.5"


class DateFormat(models.TextChoices):
    """How a day is written."""

    NAMED_MONTH = "named-month", "27 Nov 2026"
    ISO = "iso", "2026-11-27"
    MONTH_FIRST = "month-first", "11/27/2026"


#: What stands between thousands and before decimals.
SEPARATORS: dict[str, tuple[str, str]] = {
    NumberFormat.COMMA_POINT: (",", "."),
    NumberFormat.SPACE_COMMA: (NARROW_SPACE, ","),
    NumberFormat.POINT_COMMA: (".", ","),
    NumberFormat.APOSTROPHE_POINT: ("’", "."),
}


@dataclass(frozen=True)
class Display:
    """What somebody has chosen; an empty ``time_zone`` is the portal's."""

    number_format: str = NumberFormat.COMMA_POINT
    date_format: str = DateFormat.NAMED_MONTH
    time_zone: str = ""

    @property
    def key(self) -> str:
        """What of a page differs by it: for the keys of what is kept, and ETags."""
        return f"{self.number_format} {self.date_format} {self.time_zone}"

    @property
    def zone(self) -> tzinfo:
        """The zone of moments; the portal's, too, where this machine does not know the chosen."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return timezone.get_default_timezone()

    @property
    def zone_name(self) -> str:
        """Its name in the list of zones: ``Europe/Berlin``."""
        return self.time_zone or timezone.get_default_timezone_name()

    @property
    def thousands(self) -> str:
        """What stands between thousands."""
        return SEPARATORS[self.number_format][0]

    @property
    def decimal(self) -> str:
        """What stands before decimals."""
        return SEPARATORS[self.number_format][1]


DEFAULT = Display()
_active: ContextVar[Display] = ContextVar("display", default=DEFAULT)


def active() -> Display:
    """What is written by now."""
    return _active.get()


@contextmanager
def activate(display: Display) -> Iterator[None]:
    """Write by ``display`` until the block ends."""
    token = _active.set(display)
    try:
        yield
    finally:
        _active.reset(token)


def plain(view: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function whose result is read by programs, or by many people."""

    @wraps(view)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        with activate(DEFAULT):
            return view(*args, **kwargs)

    return wrapper


def for_reader(write: Callable[[], str]) -> str:
    """A sentence with numbers or dates that is written anew for each reader: of kept results.

    ``str()`` makes it a plain one, which ``join`` and JSON need.
    """
    return _written(write)


def _call(write: Callable[[], str]) -> str:
    """What it writes."""
    return write()


# Made once: each call of ``lazy`` makes a class.
_written: Callable[[Callable[[], str]], str] = lazy(_call, str)


@lru_cache(maxsize=len(SEPARATORS))
def separator_table(number_format: str) -> dict[int, str]:
    """For ``str.translate``: from the separators of ``DEFAULT`` to those of a format."""
    thousands, decimal = SEPARATORS[number_format]
    return {ord(","): thousands, ord("."): decimal}
