"""Counters of review work: the columns of the summaries, and how they are added up."""

from typing import Any, NamedTuple

from django.db import models
from django.db.models import Case, Count, F, FloatField, Max, Min, Q, Sum, When

from analytics.summaries.rollups import COUNTERS

# Counters by name, as the ORM gives them.
CounterRow = dict[str, Any]

RATE_SUMS = ("decided_sessions", "decided_squares", "rejected_squares", "decided_rejected")
SUM_COLUMNS = (*COUNTERS, "unique_sum", "speed_sessions", "speed_mean_sum", *RATE_SUMS)
MIN_COLUMNS = ("unique_low", "speed_mean_low")
MAX_COLUMNS = ("unique_high", "speed_mean_high")


class ModeratorTotals(NamedTuple):
    """A moderator's counters: there may be thousands of people, so no more than are shown."""

    username: str
    sessions: int
    videos: int
    accepted: int
    rejected: int
    completed: int
    timed_decided: int
    logged_us: int
    idle_us: int
    decided_sessions: int
    decided_squares: int
    rejected_squares: int
    decided_rejected: int


MODERATOR_COUNTERS = ModeratorTotals._fields[1:]

COUNTER_SUMS = {name: Sum(name) for name in COUNTERS}
MEAN_SPEED = Case(
    When(speed_changes__gt=0, then=F("speed_sum") / F("speed_changes")), output_field=FloatField()
)
DECIDED = F("accepted") + F("rejected")
# What is computed of each session before it is added up.
SESSION_EXPRESSIONS = {
    "mean_speed": MEAN_SPEED,
    "decided": DECIDED,
    "decided_square": DECIDED * DECIDED,
    "rejected_square": F("rejected") * F("rejected"),
    "decided_product": DECIDED * F("rejected"),
}
# A roll-up's columns, and the same computed from the rows of sessions.
PERIOD_AGGREGATES: dict[str, models.Aggregate] = {
    **COUNTER_SUMS,
    **{name: Sum(name) for name in SUM_COLUMNS if name not in COUNTERS},
    **{name: Min(name) for name in MIN_COLUMNS},
    **{name: Max(name) for name in MAX_COLUMNS},
}
SESSION_AGGREGATES: dict[str, models.Aggregate] = {
    **COUNTER_SUMS,
    "unique_sum": Sum("unique_videos"),
    "unique_low": Min("unique_videos"),
    "unique_high": Max("unique_videos"),
    "speed_sessions": Count("mean_speed"),
    "speed_mean_sum": Sum("mean_speed"),
    "speed_mean_low": Min("mean_speed"),
    "speed_mean_high": Max("mean_speed"),
    "decided_sessions": Count("pk", filter=Q(decided__gt=0)),
    "decided_squares": Sum("decided_square"),
    "rejected_squares": Sum("rejected_square"),
    "decided_rejected": Sum("decided_product"),
}


def empty_counters() -> CounterRow:
    """Counters to add to: sums of 0, least and greatest unknown."""
    return {**dict.fromkeys(SUM_COLUMNS, 0), **dict.fromkeys((*MIN_COLUMNS, *MAX_COLUMNS))}


def add_counters(total: CounterRow, row: CounterRow) -> None:
    """Add a row's counters to ``total``."""
    for name in SUM_COLUMNS:
        total[name] += row[name] or 0
    for names, choose in ((MIN_COLUMNS, min), (MAX_COLUMNS, max)):
        for name in names:
            known = [value for value in (total[name], row[name]) if value is not None]
            total[name] = choose(known) if known else None
