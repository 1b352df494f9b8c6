"""Differences of groups by hand, and beside Welch's tests where each row is its own cluster."""

import numpy as np
import pytest
from scipy import stats

from analytics.comparison.contrasts import (
    Group,
    contrast,
    groups_by_cluster,
    heterogeneity,
    shrink,
    widest,
)

FIRST, SECOND = [1.0, 2.0, 3.0, 4.0], [2.0, 4.0, 6.0, 8.0]


def of(values, *, after=0, before=0):
    """A group with a row a cluster, and so many clusters of others after and before."""
    sums = np.concatenate([np.zeros(before), np.array(values, float), np.zeros(after)])
    sizes = np.concatenate([np.zeros(before), np.ones(len(values)), np.zeros(after)])
    return Group(sizes, sums)


def test_a_group_counts_rows_and_clusters():
    group = Group(np.array([2.0, 0.0, 1.0]), np.array([5.0, 0.0, 4.0]))
    assert (group.n, group.clusters, group.mean) == (3, 2, 3.0)
    nobody = Group(np.zeros(2), np.zeros(2))
    assert (nobody.n, nobody.clusters) == (0, 0)
    assert np.isnan(nobody.mean)
    assert of([4.0], after=2).freedom == 0
    assert of(FIRST, after=2).freedom == pytest.approx(3)


def test_the_difference_of_users_who_are_in_one_group_each():
    found = contrast(of(FIRST, after=4), of(SECOND, before=4))
    # Sums of squares 5 and 20, of four each: 5/12 and 20/12.
    assert found.value == -2.5
    assert found.error == pytest.approx((25 / 12) ** 0.5)
    assert found.freedom == pytest.approx(3 * 25**2 / (5**2 + 20**2))
    welch = stats.ttest_ind(FIRST, SECOND, equal_var=False)
    assert found.p == pytest.approx(welch.pvalue)
    limits = welch.confidence_interval()
    assert (found.low, found.high) == pytest.approx((limits.low, limits.high))
    assert found.is_known
    assert not found.is_clear


def test_of_many_comparisons_each_has_its_part_of_the_error():
    one = contrast(of(FIRST, after=4), of(SECOND, before=4))
    found = contrast(of(FIRST, after=4), of(SECOND, before=4), compared=4)
    assert found.p == pytest.approx(4 * one.p)
    half = stats.t.ppf(1 - 0.05 / 8, one.freedom) * one.error
    assert (found.low, found.high) == pytest.approx((-2.5 - half, -2.5 + half))
    assert contrast(of(FIRST, after=4), of(SECOND, before=4), compared=40).p == 1


def test_what_a_user_is_always_like_takes_no_part():
    # Differences -1, -1, -2, -1: a variance of 1/4, over four.
    found = contrast(of(FIRST), of([2.0, 3.0, 5.0, 5.0]))
    assert (found.value, found.error) == pytest.approx((-1.25, 0.25))


def test_of_one_user_nothing_is_known_but_the_value():
    for found in (
        contrast(of(FIRST, after=1), of([9.0], before=4)),
        contrast(of([9.0], before=4), of(FIRST, after=1)),
    ):
        assert abs(found.value) == 6.5
        assert found.p == 1
        assert np.isnan([found.error, found.low, found.high]).all()
        assert not found.is_known


def test_values_that_do_not_vary_differ_by_their_signs():
    # Five or more of either that all say the same: 2 x 1/2 ** 5.
    found = contrast(of([3.0] * 5, after=6), of([2.0] * 6, before=5))
    assert (found.value, found.p, found.is_clear) == (1.0, 2 / 32, False)
    assert contrast(of([3.0] * 6, after=6), of([2.0] * 6, before=6)).is_clear
    assert contrast(of([3.0] * 6, after=6), of([2.0] * 6, before=6), compared=3).p == 6 / 64
    assert contrast(of([3.0] * 2, after=2), of([2.0] * 2, before=2), compared=9).p == 1
    assert contrast(of([0.0] * 6, after=6), of([0.0] * 6, before=6)).p == 1
    assert widest(of([3.0] * 6, after=6), of([2.0] * 6, before=6), groups=3).p == 6 / 64


def test_the_widest_of_three_is_held_against_all_their_differences():
    found = widest(of(SECOND, before=4), of(FIRST, after=4), groups=3)
    error, freedom = (25 / 12) ** 0.5, 3 * 25**2 / (5**2 + 20**2)
    half = stats.studentized_range.ppf(0.95, 3, freedom) / 2**0.5 * error
    assert (found.low, found.high) == pytest.approx((2.5 - half, 2.5 + half))
    assert found.p == pytest.approx(
        stats.studentized_range.sf(2.5 / error * 2**0.5, 3, freedom), rel=1e-6
    )


@pytest.mark.parametrize(
    "samples", [(FIRST, SECOND), (FIRST, SECOND, [5.0, 5.5, 7.0]), (FIRST, SECOND, FIRST, SECOND)]
)
def test_whether_effects_differ_is_told_by_welch_s_test(samples):
    values = np.array([np.mean(each) for each in samples])
    errors = np.array([np.std(each, ddof=1) / len(each) ** 0.5 for each in samples])
    freedoms = np.array([len(each) - 1.0 for each in samples])
    expected = stats.f_oneway(*samples, equal_var=False).pvalue
    assert heterogeneity(values, errors, freedoms) == pytest.approx(expected)
    assert heterogeneity(values[:1], errors[:1], freedoms[:1]) == 1


def test_effects_are_drawn_towards_their_common_one():
    # A variance of 16, of which 4 are chance: three quarters of the way is trusted.
    found = shrink(np.array([0.0, 4.0, 8.0]), np.full(3, 2.0))
    assert found.common == pytest.approx(4)
    assert found.values == pytest.approx([1, 4, 7])
    assert found.errors == pytest.approx([(4 * 3 / 4 + 16 / 3 / 16) ** 0.5] * 3)


def test_effects_that_differ_by_chance_are_one():
    found = shrink(np.array([0.0, 1.0, 2.0]), np.full(3, 2.0))
    assert found.values == pytest.approx([1, 1, 1])
    assert found.errors == pytest.approx([(4 / 3) ** 0.5] * 3)


def test_groups_have_their_clusters_in_one_order():
    groups, clusters = groups_by_cluster(
        [("a", "u2", 2, 5.0), ("b", "u1", 1, 1.0), ("a", "u1", 1, 3.0), ("a", "u2", 1, 1.0)]
    )
    assert clusters == ["u2", "u1"]
    assert {
        name: (group.sizes.tolist(), group.sums.tolist()) for name, group in groups.items()
    } == {
        "a": ([3, 1], [6, 3]),
        "b": ([0, 1], [0, 1]),
    }
