"""Teams of hundreds: the same verdicts in bounded time."""

import tracemalloc

import numpy as np
import pytest

from analytics.comparison import blocks
from analytics.comparison.judging import BUDGETS
from analytics.comparison.rates import compare_rate
from analytics.comparison.work import MAX_COUNTED_KEYS, Mixed, Sums, Work, distinct, sums_by

SESSIONS, VIDEOS, QUEUES, WEEKS = 17, 30, 8, 5


def work_of(people, *, deviants, seed=1):
    """Everybody rejects 25 of 100, or a little more or less; the first ones 25 of 30."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(people), SESSIONS)
    queue = rng.integers(0, QUEUES, len(person))
    week = rng.integers(0, WEEKS, len(person))
    own = np.clip(0.25 + rng.normal(0, 0.03, people), 0.05, 0.95)
    hits = rng.binomial(VIDEOS, own[person]).astype(float)
    hits[person < deviants] = 25
    n = np.full(len(person), float(VIDEOS))
    keys = (person * (QUEUES + 1) + queue) * WEEKS + week
    cells, at = distinct(keys, people * (QUEUES + 1) * WEEKS)

    def summed(values):
        return sums_by(at, values, len(cells))

    sums = Sums(
        cells // WEEKS // (QUEUES + 1),
        cells // WEEKS % (QUEUES + 1),
        cells % WEEKS,
        np.bincount(at),
        summed(n),
        summed(hits),
        summed(n * n),
        summed(hits * hits),
        summed(hits * n),
    )
    return Work(people, QUEUES, WEEKS, sums, Mixed.none())


@pytest.mark.parametrize(
    ("people", "deviants"), [(40, 4), (100, 9), (199, 20), (201, 20), (400, 39)]
)
def test_a_tenth_that_differs_is_found_whole(people, deviants):
    verdicts = compare_rate(work_of(people, deviants=deviants), BUDGETS["reject_rate"])
    assert verdicts.outside[:deviants].all()
    # By chance somebody in a few looks of a hundred.
    assert verdicts.outside[deviants:].sum() <= 1
    assert verdicts.judged.all()


def test_nobody_of_four_hundred_alike():
    verdicts = compare_rate(work_of(400, deviants=0), BUDGETS["reject_rate"])
    assert not verdicts.outside.any()
    assert 0.1 < verdicts.detectable_difference < 0.4


@pytest.mark.parametrize("people", [40, 250])
def test_a_block_at_a_time_gives_the_same_verdicts(people, monkeypatch):
    def judged():
        work = work_of(people, deviants=3)
        return compare_rate(work, BUDGETS["reject_rate"], min_others=5, assumed_logit_sd=0.3)

    whole = judged()
    monkeypatch.setattr(blocks, "BLOCK_VALUES", 7 * people)
    pieces = judged()
    for name, values in vars(whole).items():
        assert getattr(pieces, name) == pytest.approx(values, nan_ok=True, rel=1e-9), name


def test_the_memory_of_a_look_does_not_grow_with_the_square_of_the_people():
    people = 1_500
    work = work_of(people, deviants=10)
    tracemalloc.start()
    try:
        compare_rate(work, BUDGETS["reject_rate"])
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 0.5 * people**2 * 8


def test_distinct_keys_are_the_same_counted_and_sorted():
    keys = np.array([7, 3, 7, 0, 9])
    for many in (10, MAX_COUNTED_KEYS + 1):
        found, place = distinct(keys, many)
        assert found.tolist() == [0, 3, 7, 9]
        assert place.tolist() == [2, 1, 2, 0, 3]
