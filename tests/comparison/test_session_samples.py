"""Sizes of samples of views that are alike within their sessions, computed by hand."""

from math import sqrt

import numpy as np
import pytest

from analytics.comparison.changes import ClusterSums
from analytics.comparison.session_samples import (
    Part,
    Precision,
    Sessions,
    likeness,
    overall_precision,
    plan_each,
    plan_whole,
    worth,
)

Z = 1.959963984540054
#: 50 sessions of 20 views.
ALIKE = Sessions(1_000, 20_000, 0.1)
WANTED = Precision(0.03, 0.9)


def test_the_design_effect_grows_with_what_is_drawn_of_a_session():
    # Two views are of one session with probability (20,000 - 1,000) / (1,000 * 999) = 0.019019.
    assert ALIKE.design_effect(1) == 1
    assert ALIKE.design_effect(101) == pytest.approx(1 + 0.1 * 100 * 19 / 999)
    # Of all views it is that of whole sessions: 1 + (20 - 1) * 0.1.
    assert ALIKE.design_effect(1_000) == pytest.approx(2.9)
    assert Sessions(0, 0, 0.1).design_effect(0) == Sessions(1, 1, 0.1).design_effect(1) == 1


def test_the_size_is_the_least_that_is_precise_enough():
    size = ALIKE.sample_size(0.03, expected=0.9)
    assert ALIKE.precision(size, expected=0.9) <= 0.03 < ALIKE.precision(size - 1, expected=0.9)
    # 385 of independent views would do without an end, 278 of 1,000.
    assert Sessions(1_000, 1_000, 0.0).sample_size(0.03, expected=0.9) == 278
    assert size > 278


def test_nothing_and_everything():
    assert Sessions(0, 0, 0.0).sample_size(0.03, expected=0.9) == 0
    assert Sessions(5, 25, 0.0).sample_size(0.001, expected=0.9) == 5
    assert Sessions(5, 25, 0.0).precision(0, expected=0.9) is None
    assert Sessions(5, 25, 0.0).precision(5, expected=0.9) == 0


def test_likeness_is_found_again_in_sessions_drawn_with_it():
    rng = np.random.default_rng(5)
    # Beta with a correlation of 0.2 between two views: a + b = (1 - 0.2) / 0.2 = 4.
    rejected = rng.binomial(25, rng.beta(2, 2, 4_000)).astype(float)
    n = np.full(4_000, 25.0)
    sums = ClusterSums(
        4_000, n.sum(), rejected.sum(), (n * n).sum(), (rejected**2).sum(), (n * rejected).sum()
    )
    assert likeness([sums]) == pytest.approx(0.2, abs=0.01)
    assert likeness([]) == 0
    # One view a session: none is beside another.
    assert likeness([ClusterSums(9, 9, 3, 9, 3, 3)]) == 0


def test_a_part_gets_its_share_and_at_least_so_many():
    parts = {"a": Sessions(900, 900, 0.0), "b": Sessions(95, 95, 0.0), "c": Sessions(5, 5, 0.0)}
    whole = Sessions(1_000, 1_000, 0.0)
    planned = plan_whole(whole, parts, wanted=WANTED, at_least=0)
    # 278 in proportion: 250.2, 26.41, 1.39.
    assert [part.drawn for part in planned] == [250, 27, 1]
    planned = plan_whole(whole, parts, wanted=WANTED, at_least=30)
    assert [part.drawn for part in planned] == [243, 30, 5]


def test_each_part_may_be_known_by_itself():
    parts = {"a": Sessions(1_000, 1_000, 0.0), "b": Sessions(20, 20, 0.0)}
    planned = plan_each(parts, wanted=WANTED, at_least=10)
    assert [(part.name, part.drawn) for part in planned] == [("a", 278), ("b", 20)]


def test_the_parts_together():
    parts = [
        Part("a", Sessions(900, 900, 0.0), 100),
        Part("b", Sessions(100, 100, 0.0), 25),
        Part("none", Sessions(0, 0, 0.0), 0),
    ]
    first = Z * sqrt(0.09 / 100 * 800 / 899)
    second = Z * sqrt(0.09 / 25 * 75 / 99)
    assert overall_precision(parts, expected=0.9) == pytest.approx(
        sqrt((0.9 * first) ** 2 + (0.1 * second) ** 2)
    )
    assert overall_precision([Part("a", Sessions(9, 9, 0.0), 0)], expected=0.9) is None
    assert overall_precision([], expected=0.9) is None


def test_what_checks_are_worth():
    assert (worth(855, 1.4), worth(100, 1.0)) == (611, 100)
