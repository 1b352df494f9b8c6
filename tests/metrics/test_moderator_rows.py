"""The rows of *Moderators*: made again of whom anything has changed, and of nobody else."""

import numpy as np
import pytest

from analytics.metrics.moderator_rows import moderator_rows
from analytics.summaries.counters import MODERATOR_COUNTERS
from analytics.summaries.people import People

NAMES = ["amy", "bob", "cleo", "dan"]


def people(names=NAMES, **changed):
    """Counters of each; ``changed``: of whom the videos are others."""
    rows = np.zeros((len(names), 1 + len(MODERATOR_COUNTERS)), np.int64)
    for at, (name, row) in enumerate(zip(names, rows, strict=True)):
        row[:] = (
            10 + at,
            3,
            changed.get(name, 40),
            20,
            9,
            30,
            29,
            9_000_000,
            1_000_000,
            3,
            *[9] * 3,
        )
    return People(list(names), rows)


@pytest.mark.parametrize(
    ("now", "effect", "same"),
    [
        (people(), 1.5, NAMES),
        (people(bob=41, dan=39), 1.5, ["amy", "cleo"]),
        # Intervals of all are as wide as the sessions of all vary.
        (people(), 1.6, []),
        # Two have changed names; one has come, one has gone.
        (people(["amy", "cleo", "bob", "dan"]), 1.5, []),
        (people([*NAMES, "eve"]), 1.5, []),
        (people(NAMES[:3]), 1.5, []),
        (people([]), 1.5, []),
    ],
)
def test_only_what_is_equal_is_used_again(now, effect, same):
    last = moderator_rows(people(), 1.5)
    before = [dict(row) for row in last.rows]

    made = moderator_rows(now, effect, last)

    assert made.rows == moderator_rows(now, effect).rows
    kept = [row["moderator"] for row in made.rows if any(row is known for known in last.rows)]
    assert kept == same
    assert last.rows == before


def test_a_key_is_part_of_what_is_equal():
    others = people()
    others.rows[[0, 1], 0] = others.rows[[1, 0], 0]
    last = moderator_rows(people(amy=1), 1.5)

    assert moderator_rows(others, 1.5, last).rows == moderator_rows(others, 1.5).rows
