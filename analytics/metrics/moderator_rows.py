"""The rows of *Moderators*: there may be thousands, and a change leaves most as they were."""

from typing import NamedTuple

import numpy as np

from analytics.metrics.formulas import HOUR_US, ratios, wilson_bounds
from analytics.metrics.results import Row
from analytics.models import SECOND_US
from analytics.summaries.counters import MODERATOR_COUNTERS
from analytics.summaries.people import People, counter_of


class ModeratorRows(NamedTuple):
    """The rows of people, and all that they are made of; they must not be changed."""

    people: People
    effect: float
    rows: list[Row]


def moderator_rows(
    people: People, effect: float, last: ModeratorRows | None = None
) -> ModeratorRows:
    """The rows of people, given D; of the ``last`` those of whom everything is the same."""
    if last is None or last.effect != effect or last.people.names != people.names:
        return ModeratorRows(people, effect, make_rows(people, effect))
    rows = list(last.rows)
    changed = np.flatnonzero((last.people.rows != people.rows).any(axis=1)).tolist()
    others = People([people.names[at] for at in changed], people.rows[changed])
    for at, row in zip(changed, make_rows(others, effect), strict=True):
        rows[at] = row
    return ModeratorRows(people, effect, rows)


def make_rows(people: People, effect: float) -> list[Row]:
    """The rows of ``moderator_review``; rates without a denominator are None."""
    counters = people.rows
    sessions, videos, accepted, rejected, completed, timed_decided, logged_us, idle_us = (
        counter_of(counters, name) for name in MODERATOR_COUNTERS[:8]
    )
    decided = accepted + rejected
    active_us = logged_us - idle_us
    low, high = wilson_bounds(rejected, decided, design_effect=effect)
    columns = (
        people.names,
        sessions.tolist(),
        videos.tolist(),
        accepted.tolist(),
        rejected.tolist(),
        ratios(rejected, decided),
        low,
        high,
        ratios(completed, videos),
        ratios(active_us / SECOND_US, timed_decided),
        ratios(timed_decided, active_us / HOUR_US),
        ratios(active_us, logged_us),
    )
    # Written out, which is the fastest way to make them.
    return [
        {
            "moderator": row[0],
            "sessions": row[1],
            "videos": row[2],
            "accepted": row[3],
            "rejected": row[4],
            "reject_rate": row[5],
            "reject_low": row[6],
            "reject_high": row[7],
            "completion_rate": row[8],
            "handle_seconds": row[9],
            "throughput_per_hour": row[10],
            "occupancy": row[11],
        }
        for row in zip(*columns, strict=True)
    ]
