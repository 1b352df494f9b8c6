"""Verdicts by hand: the limits, the side that counts and the difference that would be seen."""

import math
from dataclasses import replace

import numpy as np
import pytest

from analytics.comparison.judging import (
    ARCSINE,
    PLAIN,
    Budget,
    Comparison,
    Measured,
    Placed,
    detectable_difference_of_few,
    find_outliers,
    side_of_limits,
    verdicts_by_limits,
    verdicts_of_nobody,
)
from analytics.comparison.spread import Prediction

#: What 5 % and 20 % of Student's t with 10 degrees of freedom exceed.
LIMIT, POWER = 1.812461, 0.879058
EVERYBODY = np.ones(8, bool)


def measured(*values, displayed=None):
    n, value = np.full(len(values), 10.0), np.array(values)
    return Measured(n, n / 5, value, value if displayed is None else np.array(displayed))


def comparison(people, chance=0.01):
    return Comparison(
        np.zeros(people), lambda: np.zeros((people, people)), np.full(people, chance), 0.01
    )


@pytest.mark.parametrize(("side", "direction"), [("low", -1), ("high", 1), ("both", 1)])
def test_the_limits_of_each_person(side, direction):
    three = Prediction(*(np.full(3, value) for value in (1.0, 2.0, 10.0, 3.0, 2.0)))
    placed = Placed(np.zeros(3), np.full(3, 9.0), 0.01, three)
    verdicts = verdicts_by_limits(
        measured(1.0, 5.0, -3.0), placed, 0.05, PLAIN, Budget(0.1, 0.1, side)
    )
    assert verdicts.judged.tolist() == [True] * 3
    assert verdicts.expected.tolist() == [1, 1, 1]
    assert verdicts.low == pytest.approx(1 - 2 * LIMIT, abs=1e-5)
    assert verdicts.high == pytest.approx(1 + 2 * LIMIT, abs=1e-5)
    assert verdicts.side.tolist() == [0, 1, -1]
    # t = 2 is exceeded with a probability of 0.036694.
    assert verdicts.above == pytest.approx([0.5, 0.036694, 1 - 0.036694], abs=1e-6)
    assert verdicts.below == pytest.approx([0.5, 1 - 0.036694, 0.036694], abs=1e-6)
    assert verdicts.detectable == pytest.approx(1 + direction * 2 * (LIMIT + POWER), abs=1e-5)
    # A quarter of the way: 3 of the variance 3 + 9 is between people.
    assert verdicts.shrunken.tolist() == [1, 2, 0]


def test_outside_is_what_lies_outside_as_judged_and_as_displayed():
    given = measured(0.0, 0.0, 9.0, 9.0, 2.0, 8.0, displayed=[0.0, 5.0, 9.0, 5.0, 2.0, 8.0])
    assert side_of_limits(given, np.full(6, 2.0), np.full(6, 8.0)).tolist() == [-1, 0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("side", "named"),
    [("both", [True, True, False, False]), ("low", [True] + [False] * 3),
     ("high", [False, True, False, False])],
)  # fmt: skip
def test_named_is_who_lies_outside_on_the_side_that_counts(side, named):
    verdicts = replace(
        verdicts_of_nobody(measured(1.0, 2.0, 3.0, 4.0)),
        side=np.array([-1, 1, 0, -1]),
        judged=np.array([True, True, True, False]),
    )
    assert verdicts.outside.tolist() == [True, True, False, False]
    assert verdicts.named(side).tolist() == named


def test_of_nobody_only_the_values_are_known():
    verdicts = verdicts_of_nobody(measured(1.0, 2.0, displayed=[3.0, 4.0]))
    assert verdicts.value.tolist() == [3, 4]
    assert (verdicts.n.tolist(), verdicts.sessions.tolist()) == ([10, 10], [2, 2])
    assert verdicts.side.tolist() == verdicts.others.tolist() == [0, 0]
    assert not verdicts.judged.any()
    unknown = (verdicts.expected, verdicts.low, verdicts.high, verdicts.below, verdicts.above)
    assert np.isnan([*unknown, verdicts.detectable, verdicts.shrunken]).all()
    assert verdicts.design_effect == 1
    assert math.isnan(verdicts.between)
    assert math.isnan(verdicts.detectable_difference)
    assert verdicts.share_alone.tolist() == []


def test_the_difference_that_would_be_seen_among_five():
    def compare(team):
        # Who has done nothing is no measure of chance: the median of 0.01, 0.03 and 0.05.
        assert team.tolist() == [True, True, True, False]
        yield replace(comparison(4), chance=np.array([0.01, 0.03, 0.05, 9.0]))

    given = measured(0.4, 0.5, 0.6, 0.0)
    given = replace(given, n=np.array([10.0, 10.0, 10.0, 0.0]))
    # 5 % among 5, beyond one limit 1 %: t with 3 degrees of freedom is 4.540703, of 20 % .978472.
    away = (4.540703 + 0.978472) * math.sqrt(0.04 * 1.25)
    budget = Budget(0.05, 0.9, "high")
    assert detectable_difference_of_few(given, compare, PLAIN, budget) == pytest.approx(away)
    # On the scale of shares that lies beyond everybody: no share would be seen.
    assert math.isnan(detectable_difference_of_few(given, compare, ARCSINE, budget))
    nobody = replace(given, n=np.zeros(4))
    assert math.isnan(detectable_difference_of_few(nobody, compare, PLAIN, budget))


@pytest.mark.parametrize("farthest", [-9.0, 9.0])
def test_who_does_not_belong_to_the_team_lies_far_on_either_side(farthest):
    y = np.array([0.0, 0.1, -0.1, 0.05, -0.05, 0.02, -0.02, farthest])
    out = find_outliers(y, EVERYBODY, lambda team: iter([comparison(8)]), alpha=0.01)
    assert out.tolist() == [False] * 7 + [True]


@pytest.mark.parametrize("sign", [1, -1])
def test_two_who_hide_each_other_are_both_found(sign):
    y = np.array([0.0, 0.1, -0.1, 0.05, -0.05, 0.02, sign * 8.0, 9.0])
    out = find_outliers(y, EVERYBODY, lambda team: iter([comparison(8)]), alpha=0.01)
    assert out.tolist() == [False] * 6 + [True, True]


def test_shares_end_at_nothing_and_at_all():
    angles = ARCSINE.to(np.array([-0.1, 0.0, 0.5, 1.0, 1.1]))
    assert angles.tolist() == pytest.approx([0, 0, math.pi / 4, math.pi / 2, math.pi / 2])
    assert ARCSINE.back(np.array([-1.0, 0.0, math.pi / 4, 2.0])) == pytest.approx([0, 0, 0.5, 1])
