"""The filters of a scope, each declared once.

A new filter is an entry in ``SCOPE_FILTERS`` and a field of ``analytics.scope.Scope`` with its
name. From the entry it is read and checked, given back in links, applied to sessions, put into
the filter bar and described in the API. Figures of a scope with a filter that no roll-up knows
are read from the summaries of its sessions.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from django.db.models import Q
from django.utils import timezone

from analytics.access import ScopeError

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def day_start(day: date) -> datetime:
    """The instant at which ``day`` begins in TIME_ZONE."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def parse_date(field: str, text: str) -> date:
    """The date written as YYYY-MM-DD; raises ``ScopeError``."""
    try:
        if not ISO_DATE.fullmatch(text):
            raise ValueError
        day = date.fromisoformat(text)
        # The instants at which it begins and ends have to exist in every time zone.
        if not date(2, 1, 1) <= day <= date(9998, 12, 31):
            raise ValueError
    except ValueError:
        raise ScopeError(field, f"{text!r} is not a date; write it as YYYY-MM-DD") from None
    return day


@dataclass(frozen=True)
class ScopeFilter:
    """One filter: a query parameter and a field of ``Scope``, both called ``name``.

    ``label`` is the filter bar's, ``description`` the API's. ``parse`` gets name and text and
    raises ``ScopeError``; None where the value is looked up by ``Scope.parse`` because access
    depends on it. ``to_text`` gives back what was parsed. ``condition`` gets the value and the
    path to the session ("session__"). ``rows``: the kinds of rows that have what it compares.
    ``in_rollups``: whether the roll-ups of ``analytics.summaries`` are made by it.
    """

    name: str
    label: str
    description: str
    example: str
    condition: Callable[[Any, str], Q]
    parse: Callable[[str, str], Any] | None = None
    to_text: Callable[[Any], str] = str
    type: Literal["text", "date"] = "text"
    rows: tuple[Literal["review", "moderators", "reports"], ...] = ("review",)
    in_rollups: bool = False


SCOPE_FILTERS = (
    ScopeFilter(
        "moderator",
        label="Moderator",
        description="A moderator's username.",
        example="user1",
        condition=lambda moderator, path: Q((f"{path}moderator", moderator)),
        to_text=lambda moderator: str(moderator.username),
        rows=("review", "moderators"),
        in_rollups=True,
    ),
    ScopeFilter(
        "session",
        label="Session",
        description="A session's public id.",
        example="session123",
        condition=lambda session, path: Q((f"{path}pk", session.pk)),
        to_text=lambda session: str(session.public_id),
        in_rollups=True,
    ),
    ScopeFilter(
        "start",
        label="From",
        description=(
            "The first day, YYYY-MM-DD, in the portal's time zone: by the session's start or "
            "the row's date."
        ),
        example="2025-10-01",
        condition=lambda day, path: Q((f"{path}started_at__gte", day_start(day))),
        parse=parse_date,
        type="date",
        rows=("review", "moderators", "reports"),
        in_rollups=True,
    ),
    ScopeFilter(
        "end",
        label="To, inclusive",
        description="The last day, inclusive.",
        example="2025-10-31",
        condition=lambda day, path: Q(
            (f"{path}started_at__lt", day_start(day + timedelta(days=1)))
        ),
        parse=parse_date,
        type="date",
        rows=("review", "moderators", "reports"),
        in_rollups=True,
    ),
)

REVIEW_PARAMETERS = tuple(entry.name for entry in SCOPE_FILTERS if "review" in entry.rows)
PEOPLE_PARAMETERS = tuple(entry.name for entry in SCOPE_FILTERS if "moderators" in entry.rows)
DATE_PARAMETERS = tuple(entry.name for entry in SCOPE_FILTERS if "reports" in entry.rows)
