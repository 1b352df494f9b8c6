"""One person's figures by week, up to the end of a scope: the line beside each figure."""

from datetime import date, timedelta

from django.db.models import Avg

from analytics.metrics.formulas import ratio
from analytics.metrics.moderators import performance_rows
from analytics.metrics.ratios import RATIOS, SessionRatio
from analytics.scope import Scope
from analytics.summaries.counters import CounterRow
from analytics.summaries.reading import read_summaries

WEEKS = 13
#: Counters of a week that the figures are made of.
COUNTERS = (
    "videos", "completed", "accepted", "rejected", "timed_decided", "logged_us", "idle_us",
)  # fmt: skip

#: The figures of ``RATIOS`` that are shown.
OF_WORK = ("reject_rate", "completion_rate", "handle_seconds", "occupancy")

WeeklyValues = list[float | None]


def weekly_values(scope: Scope, today: date) -> dict[str, WeeklyValues]:
    """By figure its value in each of the last ``WEEKS`` weeks, oldest first; None without data.

    Weeks of seven days up to the scope's end, or up to yesterday.
    """
    yesterday = today - timedelta(days=1)
    end = yesterday if scope.end is None else min(scope.end, yesterday)
    start = end - timedelta(days=7 * WEEKS - 1)
    weeks_scope = Scope(scope.viewer, scope.moderator, start=start, end=end)
    weeks: list[CounterRow] = [dict.fromkeys(COUNTERS, 0) for _ in range(WEEKS)]
    for day, row in read_summaries(weeks_scope).by_day.items():
        week = weeks[(day - start).days // 7]
        for name in COUNTERS:
            week[name] += row[name] or 0
    values = {name: [value_of(RATIOS[name], week) for week in weeks] for name in OF_WORK}
    values |= performance_by_week(weeks_scope, start)
    return values


def value_of(figure: SessionRatio, counters: CounterRow) -> float | None:
    """A ratio of some counters; None over nothing."""
    denominator, numerator = figure.of_row(counters)
    return ratio(numerator, denominator)


def performance_by_week(scope: Scope, start: date) -> dict[str, WeeklyValues]:
    """The plain means of the performance rows of each week."""
    sums: dict[str, list[list[float]]] = {
        "average_response_minutes": [[] for _ in range(WEEKS)],
        "average_satisfaction": [[] for _ in range(WEEKS)],
    }
    rows = (
        performance_rows(scope)
        .values_list("date")
        .annotate(Avg("average_response_time"), Avg("satisfaction_score"))
    )
    for day, *values in rows.order_by():
        for name, value in zip(sums, values, strict=True):
            if value is not None:
                sums[name][(day - start).days // 7].append(value)
    return {
        name: [sum(week) / len(week) if week else None for week in weeks]
        for name, weeks in sums.items()
    }
