"""Checkers whose errors are known find the truth: 95 % intervals hold 95 times of 100.

Worlds of 2,000 decisions in memory; drawn, half checked and estimated as the portal does.
"""

import random
from collections import Counter
from datetime import date
from math import prod

import numpy as np
import pytest

from analytics.comparison.sampling import allocate
from analytics.quality.counted import Place
from analytics.quality.estimates import CheckedView, CheckedViews
from analytics.quality.randomness import chosen_ranks

DRAWS = 400
DAY = date(2026, 3, 1)
#: Of fewer checked views an interval tells nearly nothing, and holds nearly always.
MIN_CHECKED = 5


def world(sizes, accuracies, generator):
    """(moderator, whether right) of each decision."""
    return [
        (moderator, generator.random() < accuracy)
        for moderator, (size, accuracy) in enumerate(zip(sizes, accuracies, strict=True))
        for _ in range(size)
    ]


def checked_views(decisions, samples, generator):
    """The views that samples drew: each is (the stratum of each decision, how many of each)."""
    chosen, shares = set(), []
    for number, (strata, drawn) in enumerate(samples):
        for stratum, n in drawn.items():
            members = [at for at, key in enumerate(strata) if key == stratum]
            shares.append(((number, stratum), n / len(members)))
            chosen |= {members[rank] for rank in chosen_ranks(n, len(members), generator)}
    share = dict(shares)
    views, chances = [], {}
    for at in sorted(chosen):
        cell = tuple((number, strata[at]) for number, (strata, _drawn) in enumerate(samples))
        chances[cell] = 1 - prod(1 - share[key] for key in cell)
        place, is_right = decisions[at]
        views.append(CheckedView(at, "s", place, "accepted", is_right, cell))
    return CheckedViews(views, chances, Counter(view.cell for view in views))


def in_proportion(strata, total, at_least=0):
    """How many of each stratum a sample draws."""
    sizes = Counter(strata)
    return dict(zip(sizes, allocate(total, list(sizes.values()), at_least=at_least), strict=True))


def held(decisions, samples, groups, draws):
    """Of the intervals of each kind of group, the share that hold the truth; and all estimates."""
    generator = random.Random(20_261_127)
    truths = {
        (kind, group(place)): [] for kind, group in groups.items() for place, _is_right in decisions
    }
    for place, is_right in decisions:
        for kind, group in groups.items():
            truths[kind, group(place)].append(is_right)
    truth = {key: np.mean(rights) for key, rights in truths.items()}
    found, shares = {kind: [] for kind in groups}, []
    for _ in range(draws):
        views = checked_views(decisions, samples, generator)
        for (kind, name), share in truth.items():
            part = views.at(lambda place, k=kind, n=name: groups[k](place) == n)
            estimate = part.share(CheckedView.is_right)
            if estimate.checked >= MIN_CHECKED:
                found[kind].append(estimate.low <= share <= estimate.high)
                shares += [estimate.share - share] if kind == "all" else []
    return {kind: np.mean(holds) for kind, holds in found.items()}, shares


@pytest.mark.parametrize(
    ("sizes", "accuracies", "total", "at_least", "extra"),
    [
        ([2000], [0.93], 120, 0, 0),
        ([2000], [0.98], 60, 0, 0),
        ([200] * 10, [0.95, 0.9, 0.9, 0.7, 0.95, 0.9, 0.85, 0.99, 0.9, 0.9], 200, 20, 0),
        ([1500, 300, 100, 100], [0.95, 0.8, 0.6, 0.9], 160, 30, 0),
        ([1500, 300, 100, 100], [0.99, 0.99, 0.99, 0.99], 160, 30, 0),
        ([1500, 300, 100, 100], [0.95, 0.8, 0.6, 0.9], 160, 30, 100),
    ],
    ids=[
        "random",
        "few mistakes",
        "by moderator",
        "unequal parts",
        "one of a hundred",
        "two samples",
    ],
)
def test_intervals_hold_95_times_of_100(sizes, accuracies, total, at_least, extra):
    decisions = [
        (Place(moderator, DAY, None), is_right)
        for moderator, is_right in world(sizes, accuracies, random.Random(20_261_127))
    ]
    moderators = [place.moderator for place, _is_right in decisions]
    samples = [(moderators, in_proportion(moderators, total, at_least))]
    if extra:
        samples.append(([0] * len(decisions), {0: extra}))
    share, errors = held(decisions, samples, {"all": lambda _place: ""}, DRAWS)

    assert 0.92 <= share["all"] <= 0.985
    assert np.mean(errors) == pytest.approx(0, abs=4 * np.std(errors) / DRAWS**0.5)


def test_the_intervals_of_parts_hold_too():
    """Of moderators, queues and months, in a sample by queue and one by moderator."""
    generator = random.Random(7)
    decisions = []
    for _ in range(2_000):
        (moderator,) = generator.choices(range(5), [40, 30, 15, 10, 5])
        (queue,) = generator.choices(["Hate", "Spam", None], [60, 30, 10])
        place = Place(moderator, date(2026, generator.randrange(1, 4), 1), queue)
        chance = [0.95, 0.9, 0.7, 0.99, 0.6][moderator] * {"Hate": 0.85}.get(queue, 1)
        decisions.append((place, generator.random() < chance))
    queues = [place.queue or "" for place, _is_right in decisions]
    moderators = [place.moderator for place, _is_right in decisions]
    samples = [
        (queues, in_proportion(queues, 150, 20)),
        (moderators, in_proportion(moderators, 200, 15)),
    ]
    groups = {
        "all": lambda _place: "",
        "moderator": lambda place: place.moderator,
        "queue": lambda place: place.queue,
        "month": lambda place: place.day,
    }
    share, errors = held(decisions, samples, groups, DRAWS // 2)

    assert all(0.92 <= each <= 0.985 for each in share.values()), share
    assert np.mean(errors) == pytest.approx(0, abs=4 * np.std(errors) / len(errors) ** 0.5)
