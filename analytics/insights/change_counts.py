"""Counts of both periods, judged by how their days vary."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from analytics.comparison.counts import DaySpread, chance_of_growth, spread_of_days
from analytics.comparison.work import Floats
from analytics.insights.period_changes import Candidate
from analytics.metrics.coverage import first_day
from analytics.scope import Scope

#: So long before both periods the days are read for how much they vary.
HISTORY = timedelta(weeks=8)
TOO_FEW_DAYS = "too few to tell from their days"
NONE_BEFORE = "none before"

Periods = tuple[Scope, Scope]


def window(now: Scope, before: Scope, group: str) -> Scope:
    """The days of both periods, and of the weeks before them that have data."""
    assert before.start is not None
    start = before.start - HISTORY
    first = first_day(group, now)
    return replace(now, start=start if first is None else max(start, first))


def day_counts(counts: Mapping[date, float], scope: Scope) -> Floats:
    """The count of each day of a scope, 0 where there is none."""
    assert scope.start is not None
    assert scope.end is not None
    days = (scope.end - scope.start).days + 1
    return np.array([counts.get(scope.start + timedelta(days=at), 0.0) for at in range(days)])


def count_of(counts: Mapping[date, float], scope: Scope) -> float:
    """The count of a scope's days."""
    assert scope.start is not None
    assert scope.end is not None
    return sum(n for day, n in counts.items() if scope.start <= day <= scope.end)


def count_candidate(
    name: str,
    metric: str,
    column: str,
    counts: Mapping[date, float],
    periods: Periods,
    days: Scope,
    *,
    keys: Mapping[str, str | None] | None = None,
    least: float = 1.0,
) -> Candidate:
    """A count, judged by how its days vary; ``counts``: by day, of the days of ``days``.

    ``least``: how many come at once.
    """
    now, before = (count_of(counts, scope) for scope in periods)
    spread: DaySpread | None = spread_of_days(day_counts(counts, days), least=least)
    chance = chance_of_growth(now, before, spread) if spread is not None else None
    reason = "" if chance is not None else TOO_FEW_DAYS if before else NONE_BEFORE
    return Candidate(
        name, metric, column, "count", before, now,
        chances=[] if chance is None else [chance], keys=keys, reason=reason,
    )  # fmt: skip
