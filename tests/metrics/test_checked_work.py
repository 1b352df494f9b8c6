"""Whose decisions are wrong more often than the team's: found, and nobody else named."""

from datetime import date, timedelta

import numpy as np
import pytest

from analytics.metrics.checked_work import compare_accuracy, work_of_views
from analytics.quality.counted import Place
from analytics.quality.estimates import CheckedView

FIRST = date(2026, 3, 2)
QUEUES = ("Hate", "Spam", "Violence", None)
LOOKS = 25


def look(rng, people, checks, accuracy=0.93, person_sd=0.0, hard=None, deviant=None):
    """A look at 30 days: each person's checked views, a fifth of them on the hard queue's staff."""
    logits = np.log(accuracy / (1 - accuracy)) + rng.normal(0, person_sd, people)
    views = []
    for person in range(people):
        on_hard = hard is not None and person < people // 5
        for _ in range(rng.poisson(checks)):
            queue = "Hate" if on_hard and rng.random() < 0.8 else QUEUES[rng.integers(0, 4)]
            chance = 1 / (1 + np.exp(-logits[person]))
            if hard is not None and queue == "Hate":
                chance = hard
            if deviant is not None and person == 0:
                chance = deviant
            day = FIRST + timedelta(days=int(rng.integers(0, 30)))
            session = f"{person}-{day}-{rng.integers(0, 2)}"
            place = Place(person, day, queue)
            right = bool(rng.random() < chance)
            views.append(CheckedView(len(views), session, place, "accepted", right, (1,)))
    return compare_accuracy(work_of_views(views, list(range(people))))


def named(seed, people, **world):
    """In how many looks anybody is named, and in how many the first person is."""
    rng = np.random.default_rng(seed)
    found = [look(rng, people, **world).named("low") for _ in range(LOOKS)]
    return sum(map(np.any, found)) / LOOKS, sum(flags[0] for flags in found) / LOOKS


@pytest.mark.parametrize("people", [8, 40])
@pytest.mark.parametrize(
    "world",
    [
        {"checks": 60},
        {"checks": 60, "accuracy": 0.98},
        {"checks": 60, "person_sd": 0.3},
        {"checks": 200, "person_sd": 0.3},
        {"checks": 60, "hard": 0.8},
    ],
    ids=["nobody differs", "few mistakes", "people differ", "more checks", "queues differ"],
)
def test_hardly_anybody_is_named_where_nobody_stands_out(people, world):
    assert named(1, people, **world)[0] <= 0.04


@pytest.mark.parametrize(
    ("people", "checks", "right", "least"),
    [(8, 100, 0.7, 0.4), (10, 100, 0.7, 0.5), (40, 100, 0.7, 0.5), (8, 200, 0.7, 0.8)],
)
def test_whose_decisions_are_far_more_often_wrong_is_named(people, checks, right, least):
    """Somebody with 70 % right where others have 92 %."""
    world = {"accuracy": 0.92, "person_sd": 0.15, "deviant": right}
    anybody, first = named(2, people, checks=checks, **world)

    assert first >= least
    assert anybody - first <= 0.04


def test_few_checks_judge_nobody():
    rng = np.random.default_rng(3)

    assert not look(rng, 10, checks=15).judged.any()


def test_sessions_of_several_queues_are_one_session():
    place = {"day": FIRST, "moderator": 7}
    views = [
        CheckedView(1, "s1", Place(queue="Hate", **place), "accepted", True, (1,)),
        CheckedView(2, "s1", Place(queue="Spam", **place), "accepted", False, (1,)),
        CheckedView(3, "s2", Place(queue=None, **place), "accepted", True, (1,)),
    ]
    work = work_of_views(views, [7])

    assert work.sessions.tolist() == [2]
    cells = work.cells
    assert dict(zip(cells.grid.queue.tolist(), cells.n.tolist(), strict=True)) == {0: 1, 1: 1, 2: 1}
    assert dict(zip(cells.grid.queue.tolist(), cells.hits.tolist(), strict=True)) == {
        0: 1,
        1: 0,
        2: 1,
    }
