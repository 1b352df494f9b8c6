"""Newcomers who learn are found; newcomers who don't, and everybody else, are not."""

import numpy as np
import pytest

from analytics.comparison.learning import find_learners, possible_newcomers
from analytics.comparison.times import TimedSessions

PEOPLE, WEEKS, SESSIONS_A_WEEK, DECIDED = 12, 12, 5, 30
LOOKS = 100


def made(random, *, first_week=4, at_first=1.0, hard=False):
    """A team whose last person begins late; paces drift from week to week, sessions differ.

    ``at_first``: how many times the time is taken at first; a week leaves six tenths of what it
    is more. ``hard``: the newcomer's first weeks are in a queue of twice the time.
    """
    person = np.repeat(np.arange(PEOPLE), WEEKS * SESSIONS_A_WEEK)
    week = np.tile(np.repeat(np.arange(WEEKS), SESSIONS_A_WEEK), PEOPLE)
    kept = (person < PEOPLE - 1) | (week >= first_week)
    person, week = person[kept], week[kept]
    many = len(person)
    pace = random.normal(0, 0.25, PEOPLE)[person]
    pace = pace + np.cumsum(random.normal(0, 0.02, (PEOPLE, WEEKS)), axis=1)[person, week]
    pace = pace + random.normal(0, 0.2, many)
    is_new = person == PEOPLE - 1
    since = week - first_week
    pace += np.where(is_new, np.log(1 + (at_first - 1) * 0.6 ** np.maximum(since, 0)), 0.0)
    queue = (random.random(many) < 0.3).astype(np.int64)
    if hard:
        queue = np.where(is_new, (since < 4).astype(np.int64), queue)
    seconds = DECIDED * 40 * np.where(queue == 1, 2.0, 1.0) * np.exp(pace)
    return TimedSessions(
        PEOPLE, 2, WEEKS, person, week, np.full(many, float(DECIDED)), seconds,
        np.arange(many), queue, np.ones(many),
    )  # fmt: skip


def test_who_may_be_new():
    first, new = possible_newcomers(made(np.random.default_rng(1), first_week=3))
    assert first.tolist() == [0] * 11 + [3]
    assert new.tolist() == [11]
    assert possible_newcomers(made(np.random.default_rng(1), first_week=2))[1].tolist() == []
    # With six weeks gone the first three and the last three are apart; with seven they are not.
    assert possible_newcomers(made(np.random.default_rng(1), first_week=6))[1].tolist() == [11]
    assert possible_newcomers(made(np.random.default_rng(1), first_week=7))[1].tolist() == []


@pytest.mark.parametrize("hard", [False, True])
def test_a_newcomer_who_does_not_learn_is_not_named(hard):
    random = np.random.default_rng(2)
    assert sum(bool(find_learners(made(random, hard=hard))) for _ in range(LOOKS)) <= 2


def test_a_newcomer_who_learns_is_found():
    random = np.random.default_rng(3)
    found = [find_learners(made(random, at_first=2.8)) for _ in range(LOOKS)]
    assert sum(len(each) == 1 for each in found) >= 90
    learner = next(each[0] for each in found if each)
    assert learner.person == PEOPLE - 1
    assert learner.n == 6 * SESSIONS_A_WEEK * DECIDED
    assert learner.sessions == 6 * SESSIONS_A_WEEK
    assert learner.last_seconds < 0.8 * learner.first_seconds
    # ln of (1 + 1.8 x 0.6^w) is 1.03, 0.73, 0.50 in the first weeks, 0.13, 0.08, 0.05 in the last.
    ratios = [each[0].ratio for each in found if each]
    assert np.median(ratios) == pytest.approx(np.exp(-0.65), rel=0.1)


def test_nothing_of_nobody():
    none = np.zeros(0)
    whole = np.zeros(0, np.int64)
    empty = TimedSessions(0, 0, 1, whole, whole, none, none, whole, whole, none)
    assert find_learners(empty) == []
