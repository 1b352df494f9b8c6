"""Checkers whose errors are known find the truth: 95 % intervals hold 95 times of 100.

Worlds of 2,000 decisions in memory; drawn, half checked and estimated as the portal does.
"""

import random
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from analytics.comparison.sampling import allocate
from analytics.quality.counted import Place
from analytics.quality.estimates import CheckedView, CheckedViews
from analytics.quality.randomness import chosen_ranks

DRAWS = 400
DAY = date(2026, 3, 1)


def world(sizes, accuracies, generator):
    """(moderator, whether right) of each decision."""
    return [
        (moderator, generator.random() < accuracy)
        for moderator, (size, accuracy) in enumerate(zip(sizes, accuracies, strict=True))
        for _ in range(size)
    ]


def checked_share(decisions, strata, drawn, generator, extra=0):
    """The estimate of one draw from strata (lists of decisions), with a random sample beside."""
    chosen = {}
    shares = {}
    for key, (members, n) in enumerate(zip(strata, drawn, strict=True)):
        shares[key] = n / len(members)
        for rank in chosen_ranks(n, len(members), generator):
            chosen[members[rank]] = key
    if extra:
        shares["all"] = extra / len(decisions)
        for rank in chosen_ranks(extra, len(decisions), generator):
            chosen.setdefault(rank, None)
    stratum_of = {member: key for key, members in enumerate(strata) for member in members}
    views, chances = [], {}
    for member in chosen:
        key = stratum_of[member]
        cell = (key, -1) if extra else (key,)
        chances[cell] = 1 - (1 - shares[key]) * (1 - shares.get("all", 0))
        moderator, is_right = decisions[member]
        place = Place(moderator, DAY, None)
        views.append(CheckedView(member, "s", place, "accepted", is_right, cell))
    return CheckedViews(views, chances).share(CheckedView.is_right)


@pytest.mark.parametrize(
    ("sizes", "accuracies", "total", "at_least", "extra"),
    [
        ([2000], [0.93], 120, 0, 0),
        ([2000], [0.98], 60, 0, 0),
        ([200] * 10, [0.95, 0.9, 0.9, 0.7, 0.95, 0.9, 0.85, 0.99, 0.9, 0.9], 200, 20, 0),
        ([1500, 300, 100, 100], [0.95, 0.8, 0.6, 0.9], 160, 30, 0),
        ([1500, 300, 100, 100], [0.95, 0.8, 0.6, 0.9], 160, 30, 100),
    ],
    ids=["random", "few mistakes", "by moderator", "unequal parts", "two samples"],
)
def test_intervals_hold_95_times_of_100(sizes, accuracies, total, at_least, extra):
    generator = random.Random(20_261_127)
    decisions = world(sizes, accuracies, generator)
    truth = np.mean([is_right for _moderator, is_right in decisions])
    ends = np.cumsum([0, *sizes]).tolist()
    strata = [list(range(start, end)) for start, end in pairwise(ends)]
    drawn = allocate(total, sizes, at_least=at_least)
    held = 0
    shares = []
    for _ in range(DRAWS):
        found = checked_share(decisions, strata, drawn, generator, extra)
        held += found.low <= truth <= found.high
        shares.append(found.share)

    assert 0.92 <= held / DRAWS <= 0.985
    assert np.mean(shares) == pytest.approx(truth, abs=4 * np.std(shares) / DRAWS**0.5)
