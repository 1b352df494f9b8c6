"""How little is too little to be judged by a handle time, and medians by hand."""

import numpy as np
import pytest

from analytics.comparison.judging import BUDGETS
from analytics.comparison.times import TimedSessions, compare_times, weighted_median_by_person

#: Three sessions of 10 decided videos in about 300 seconds, on one queue: (queue, n, seconds).
USUAL = [(0, 10, 300.0), (0, 10, 330.0), (0, 10, 270.0)]


def timed(*people):
    """Sessions of people in one week, each on one queue."""
    rows = [(person, *session) for person, own in enumerate(people) for session in own]
    person, queue, n, seconds = np.array(rows, float).T
    whole = np.arange(len(rows))
    return TimedSessions(
        len(people),
        2,
        1,
        person.astype(np.int64),
        np.zeros(len(rows), np.int64),
        n,
        seconds,
        whole,
        queue.astype(np.int64),
        np.ones(len(rows)),
    )


@pytest.mark.parametrize(
    ("own", "enough"),
    [
        (USUAL, True),
        ([*USUAL[:2], (0, 9, 270.0)], False),
        ([(0, 15, 450.0), (0, 15, 460.0)], False),
        # Half of the work, and a little more of it, on a queue where nobody else works.
        ([*USUAL[:2], (1, 20, 600.0)], True),
        ([*USUAL[:2], (1, 21, 600.0)], False),
    ],
)
def test_thirty_videos_in_three_sessions_that_others_share_are_enough(own, enough):
    verdicts, aside = compare_times(timed(*[USUAL] * 5, own), BUDGETS["handle_seconds"])
    assert not aside.any()
    assert verdicts.judged.tolist() == [True] * 5 + [enough]


def test_nobody_without_sessions():
    none = TimedSessions(
        6, 2, 1, *[np.zeros(0, np.int64)] * 2, *[np.zeros(0)] * 2,
        *[np.zeros(0, np.int64)] * 2, np.zeros(0),
    )  # fmt: skip
    verdicts, aside = compare_times(none, BUDGETS["handle_seconds"])
    assert len(aside) == 0
    assert not verdicts.judged.any()
    assert np.isnan(verdicts.value).all()


def test_a_forgotten_tab_is_set_aside_and_shown():
    verdicts, aside = compare_times(
        timed(*[USUAL * 2] * 5, [*USUAL * 2, (0, 10, 30_000.0)]), BUDGETS["handle_seconds"]
    )
    assert aside.tolist() == [False] * 36 + [True]
    assert verdicts.value[5] == pytest.approx(31_800 / 70)
    assert verdicts.side[5] == 0


def test_the_weighted_median_of_each_person():
    values, weights = np.array([3.0, 1.0, 2.0, 9.0]), np.array([1.0, 1.0, 5.0, 1.0])
    found = weighted_median_by_person(values, weights, np.array([0, 0, 0, 2]), 3)
    assert found.tolist() == [2, 0, 9]
