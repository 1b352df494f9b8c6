"""Counters of review work, added up over days, weeks, months, or the days around a day."""

from collections.abc import Sequence
from datetime import timedelta

from analytics.metrics.grains import Step
from analytics.scope import Scope
from analytics.summaries.counters import CounterRow, add_counters, empty_counters
from analytics.summaries.reading import read_summaries


def step_counters(scope: Scope, steps: Sequence[Step]) -> list[CounterRow | None]:
    """The sums of each step; None without a session.

    ``moderators`` is None: people do not add up, since one works on several days.
    """
    by_day = read_summaries(scope).by_day
    sums: list[CounterRow | None] = []
    for step in steps:
        days = (step.first + timedelta(days=n) for n in range(step.days))
        rows = [by_day[day] for day in days if day in by_day]
        total = empty_counters() | {"moderators": None}
        for row in rows:
            add_counters(total, row)
        sums.append(total if rows else None)
    return sums
