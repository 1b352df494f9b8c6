"""How much more sessions vary than independent videos would, by hand."""

import random

import pytest

from analytics.comparison.changes import cluster_sums
from analytics.comparison.design_effect import design_effect_of_rates


def d(*groups):
    return design_effect_of_rates(cluster_sums(sessions) for sessions in groups)


def test_all_or_nothing():
    """p = 1/2 of N = 8: sum of (r - n/2)^2 is 8, N V = 2/1 x 8/8 = 2, over 1/4."""
    assert d([(4, 0), (4, 4)]) == pytest.approx(8.0)


def test_one_for_all_groups():
    """The second varies not at all: (2 + 0) / (1/4 + 1/4)."""
    assert d([(4, 0), (4, 4)], [(4, 2), (4, 2), (2, 1)]) == pytest.approx(4.0)


def test_unequal_sessions():
    """p = 0.3 of N = 10; (2 - 1.8)^2 + (1 - 0.3)^2 + (0 - 0.9)^2 = 1.34; 3/2 x 1.34 / 10 / 0.21."""
    assert d([(6, 2), (1, 1), (3, 0)]) == pytest.approx(max(1.0, 0.201 / 0.21))
    # The same, five times as many of each: squares x 25, videos x 5.
    assert d([(30, 10), (5, 5), (15, 0)]) == pytest.approx(5 * 0.201 / 0.21)


@pytest.mark.parametrize(
    "group",
    [
        [(10, 3)],
        [(10, 3), (0, 0)],
        [(4, 0), (6, 0)],
        [(4, 4), (6, 6)],
        [(4, 2), (6, 3)],
        [],
    ],
)
def test_never_below_one_and_one_where_nothing_tells(group):
    assert d(group) == 1.0
    assert d() == 1.0


def test_groups_that_tell_nothing_take_no_part():
    assert d([(4, 0), (4, 4)], [(10, 3)], [(4, 0), (6, 0)], [(3, 3), (2, 2)]) == pytest.approx(8.0)


def test_the_same_to_the_last_digit_in_any_order():
    rng = random.Random(7)
    groups = [
        [(n := rng.randint(5, 90), rng.randint(1, n)) for _ in range(rng.randint(2, 9))]
        for _ in range(9)
    ]
    found = {d(*rng.sample(groups, len(groups))) for _ in range(200)}
    assert len(found) == 1
