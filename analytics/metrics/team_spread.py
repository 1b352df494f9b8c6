"""Where the others of a team lie, beside one person's figures: their median and middle half."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Min
from django.utils import timezone

from analytics.access import PORTAL, may_see_spread
from analytics.comparison.rates import MIN_TRIALS
from analytics.metrics.moderators import performance_rows
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Row
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state, snapshot

#: The metrics with a row a person, and the figures that are read from each.
FIGURES: Mapping[str, tuple[str, ...]] = {
    "moderator-review": ("reject_rate", "handle_seconds", "completion_rate", "occupancy"),
    "moderator-performance": ("average_satisfaction", "average_response_minutes"),
    "quality-by-moderator": ("accuracy",),
}
#: Whose days tell how long others have had data of a figure: of checks those of the work.
REVIEWED = ("review", "quality")


@dataclass(frozen=True)
class Spread:
    """The median of some people, and the quartiles that hold their middle half."""

    low: float
    median: float
    high: float
    people: int


def spread_of_others(scope: Scope, today: date) -> dict[str, Spread]:
    """Where everybody but the scope's moderator lies, by figure; none that may not be seen."""
    assert scope.moderator is not None
    everyone = Scope(PORTAL, start=scope.start, end=scope.end)
    spreads = {}
    with snapshot():
        for slug, names in FIGURES.items():
            metric = METRICS[slug]
            rows = [
                row
                for row in metric(everyone).rows
                if row["moderator"] != scope.moderator.username and has_enough(row)
            ]
            days = days_of_others(metric.group, scope, today)
            for name in names:
                values = known_values(rows, name)
                allowed = may_see_spread(scope.viewer, others=len(values), days=days)
                if allowed and len(values) > 1:
                    spreads[name] = Spread(*quartiles(values), len(values))
    return spreads


def days_of_others(group: str, scope: Scope, today: date) -> int:
    """How many days of a scope lie between the first and the last day with data of the others."""
    assert scope.moderator is not None
    person = scope.moderator.pk
    first, last = current_state().cached(
        ("others' days", group, person), lambda: first_and_last(group, person)
    )
    if first is None or last is None:
        return 0
    start = first if scope.start is None else max(first, scope.start)
    end = last if scope.end is None else min(last, scope.end)
    return max(0, (min(end, today) - start).days + 1)


def first_and_last(group: str, person: int) -> tuple[date | None, date | None]:
    """The first and the last day with data of a group's kind of anybody but one person."""
    everyone = Scope(PORTAL)
    if group in REVIEWED:
        sessions = everyone.sessions().exclude(moderator=person)
        times = sessions.aggregate(first=Min("started_at"), last=Max("started_at")).values()
        first, last = (at and timezone.localtime(at).date() for at in times)
    else:
        rows = performance_rows(everyone).exclude(moderator=person)
        first, last = rows.aggregate(first=Min("date"), last=Max("date")).values()
    return first, last


def has_enough(row: Row) -> bool:
    """Whether a row tells anything: an accuracy of a few checks is mostly chance."""
    checked = row.get("checked", MIN_TRIALS)
    return isinstance(checked, int) and checked >= MIN_TRIALS


def known_values(rows: list[Row], name: str) -> list[float]:
    """The values of those who have any."""
    return [float(value) for row in rows if isinstance(value := row[name], int | float)]


def quartiles(values: list[float]) -> tuple[float, float, float]:
    """The quartiles of all there are (NIST handbook 1.3.5.6: interpolated between neighbours)."""
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, median, high
