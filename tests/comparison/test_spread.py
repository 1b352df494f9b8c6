"""Where one more person would lie, by hand."""

import numpy as np
import pytest

from analytics.comparison.spread import critical, predict, tail

#: The first is compared with four whose mean is 2.5 and variance 5/3, of which 0.1 is chance.
VALUES = np.array([9.0, 1.0, 2.0, 3.0, 4.0])
Y, CHANCE = np.tile(VALUES, (5, 1)), np.full(5, 0.1)
OTHERS = ~np.eye(5, dtype=bool)


def first(**more):
    found = predict(Y, CHANCE, OTHERS, min_variance=0.01, **more)
    return found.middle[0], found.spread[0], found.freedom[0], found.between[0], found.others[0]


def test_the_spread_is_that_of_the_others_and_of_their_mean():
    assert first() == pytest.approx((2.5, (5 / 3 + 5 / 12) ** 0.5, 3, 5 / 3 - 0.1, 4))


def test_people_differ_a_little_at_least():
    found = predict(np.tile([9.0, 1, 1, 1, 1], (5, 1)), CHANCE, OTHERS, min_variance=0.02)
    assert found.between[0] == 0.02
    assert found.spread[0] == pytest.approx((0.12 + 0.12 / 4) ** 0.5)


def test_what_is_expected_is_known_from_those_who_share_the_work():
    # Two others share it equally: a half of the spread between people, and 1 by chance.
    leverage = np.tile([0.0, 0.5, 0.5, 0.0, 0.0], (5, 1))
    own, of_middle = 5 / 3, (5 / 3 - 0.1) / 2 + 1
    both = (own + of_middle) ** 2 / (own**2 / 3 + of_middle**2 / 1)
    assert first(unit_chance=0.1, leverage=leverage, expected_variance=np.full(5, 10.0)) == (
        pytest.approx((2.5, (own + of_middle) ** 0.5, both, 5 / 3 - 0.1, 4))
    )
    assert both < 3


def test_what_is_expected_is_not_known_better_than_the_mean_of_all():
    leverage = np.tile([0.0, 0.25, 0.25, 0.25, 0.25], (5, 1))
    found = first(unit_chance=0.0, leverage=leverage, expected_variance=np.zeros(5))
    assert found == pytest.approx(first())


def test_the_tail_of_student_s_t():
    # t = 2.353363 is exceeded by one of twenty, with 3 degrees of freedom.
    assert tail(np.array([2.353363]), np.array([3.0])) == pytest.approx(0.05, abs=1e-7)
    assert critical(0.05, np.array([3.0])) == pytest.approx(2.353363, abs=1e-6)
