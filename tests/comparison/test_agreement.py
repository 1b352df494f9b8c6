"""Agreement against published examples, a well-kept library and loops over pairs."""

from collections import Counter
from itertools import combinations

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.comparison.agreement import (
    Agreement,
    agreement_of,
    alpha_interval,
    quick_alpha_interval,
)

ACCEPT, REJECT = 1, 0


def patterns_of(units):
    """The patterns of videos given as lists of decisions."""
    return Counter((unit.count(ACCEPT), unit.count(REJECT)) for unit in units)


def test_krippendorffs_example_of_two_observers_and_binary_data():
    """K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), part A."""
    meg = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    owen = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    found = agreement_of(patterns_of(zip(meg, owen, strict=True)))
    assert found == Agreement(10, 10, pytest.approx(0.6), pytest.approx(0.095, abs=5e-4))


def test_hand_computed_patterns():
    # Two videos accepted by two people each, one divided among three (two accept).
    # n = 7, n_a = 6, n_r = 1, discord 2 * 1 / 2 = 1: alpha = 1 - 6 * 1 / 6 = 0.
    # Pairs: 1 + 1 + 3, of which 2 are divided.
    found = agreement_of({(2, 0): 2, (2, 1): 1})
    assert found == Agreement(3, 5, pytest.approx(3 / 5), pytest.approx(0.0))


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ({}, Agreement(0, 0, None, None)),
        # Decided by one person: no agreement to speak of.
        ({(1, 0): 9, (0, 1): 3}, Agreement(0, 0, None, None)),
        ({(1, 1): 1}, Agreement(1, 1, 0.0, None)),
        ({(2, 0): 5}, Agreement(5, 5, 1.0, None)),
        ({(0, 3): 2}, Agreement(2, 6, 1.0, None)),
        ({(2, 0): 1, (0, 2): 1}, Agreement(2, 2, 1.0, 1.0)),
        ({(1, 1): 2, (1, 0): 4}, Agreement(2, 2, 0.0, -0.5)),
    ],
)
def test_the_edges(patterns, expected):
    assert agreement_of(patterns) == expected
    if expected.alpha is None:
        assert alpha_interval(patterns) == (None, None)
        assert quick_alpha_interval(patterns) == (None, None)


videos = st.lists(st.lists(st.sampled_from([ACCEPT, REJECT]), min_size=1, max_size=6), max_size=12)


@given(videos)
def test_it_is_what_the_library_and_loops_over_pairs_give(units):
    found = agreement_of(patterns_of(units))
    compared = [unit for unit in units if len(unit) >= 2]
    pairs = [pair for unit in compared for pair in combinations(unit, 2)]
    alike = sum(first == second for first, second in pairs)
    assert (found.videos, found.pairs) == (len(compared), len(pairs))
    assert found.agreement == (pytest.approx(alike / len(pairs)) if pairs else None)
    if len(compared) < 2 or len({one for unit in compared for one in unit}) < 2:
        assert found.alpha is None
        return
    counts = np.array([[unit.count(REJECT), unit.count(ACCEPT)] for unit in compared])
    expected = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
    assert found.alpha == pytest.approx(expected)


def test_the_interval_is_the_same_everywhere_and_in_every_order():
    patterns = {(2, 0): 400, (0, 2): 150, (1, 1): 60, (3, 1): 20, (1, 3): 10}
    interval = alpha_interval(patterns)
    assert interval == alpha_interval(dict(reversed(patterns.items())))
    assert interval == pytest.approx((0.6275483890976885, 0.7386687266879968), abs=1e-12)
    assert interval[0] < agreement_of(patterns).alpha < interval[1]


def test_the_interval_has_the_width_of_videos_drawn_again_one_by_one():
    patterns = {(2, 0): 40, (0, 2): 25, (1, 1): 12, (3, 1): 5}
    units = [pattern for pattern, n in patterns.items() for _ in range(n)]
    rng = np.random.default_rng(1)
    alphas = [
        agreement_of(Counter(units[i] for i in rng.integers(0, len(units), len(units)))).alpha
        for _ in range(2_000)
    ]
    expected = np.quantile(alphas, (0.025, 0.975))
    assert alpha_interval(patterns) == pytest.approx(tuple(expected), abs=0.03)


def test_draws_without_an_alpha_do_not_count():
    assert alpha_interval({(2, 0): 1, (0, 2): 1}) == (1.0, 1.0)


def test_millions_of_videos_are_quick_to_compute():
    patterns = {(a, r): 10_000 for a in range(12) for r in range(12)}
    low, high = alpha_interval(patterns)
    assert high - low < 0.01


@pytest.mark.parametrize(
    "patterns",
    [
        {(2, 0): 400, (1, 1): 90, (0, 2): 200},
        {(3, 0): 150, (2, 1): 60, (1, 2): 40, (0, 3): 100, (2, 0): 80, (1, 1): 15},
        {(2, 0): 900, (0, 2): 12, (1, 1): 9},
    ],
)
def test_the_quick_interval_is_that_of_videos_drawn_again(patterns):
    drawn = alpha_interval(patterns)
    # Of few rejects alpha is skewed, which a linearised interval does not know.
    tolerance = 0.015 if sum(n for (_, r), n in patterns.items() if r) > 50 else 0.06
    assert quick_alpha_interval(patterns) == pytest.approx(drawn, abs=tolerance)


def test_the_quick_interval_by_hand():
    # Ten of (2, 0), ten of (0, 2), five of (1, 1): A = R = 25, N = 50, D = 5, AR = 625.
    # alpha = 1 - 49 * 5 / 625 = 0.608. A video adds, in 625ths: -(5 * 2) + 49 * 5 * 2 / 25 = 9.6
    # of (2, 0) and (0, 2), and 9.6 - 49 = -39.4 of (1, 1); the mean is -0.2, so that the squares
    # come to 20 * 9.8 ** 2 + 5 * 39.2 ** 2 = 9604, whose root is 98: 98 / 625 * 1.96 = 0.3073.
    low, high = quick_alpha_interval({(2, 0): 10, (0, 2): 10, (1, 1): 5})
    assert (low, high) == (
        pytest.approx(0.608 - 0.30732, abs=1e-5),
        pytest.approx(0.91532, abs=1e-5),
    )
    assert quick_alpha_interval({(2, 0): 1, (0, 2): 1}) == (1.0, 1.0)
