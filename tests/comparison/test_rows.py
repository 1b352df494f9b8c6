"""How few rows are too few to be judged by a mean, and the variance between rows by hand."""

import numpy as np
import pytest

from analytics.comparison.judging import BUDGETS
from analytics.comparison.rows import compare_rows, within_variance

BUDGET = BUDGETS["average_satisfaction"]


def compare_means(counts, means, *, variance=0.2, own_variances=None):
    """The verdicts on means of rows that vary as everybody's, unless said otherwise."""
    return compare_rows(
        counts=counts,
        means=means,
        own_variances=np.full(len(counts), variance) if own_variances is None else own_variances,
        variance=variance,
        min_sd=0.1,
        budget=BUDGET,
    )


def test_the_variance_between_rows_of_one_person():
    # 1, 3 about 2 and 2, 4, 6 about 4: (2 + 8) / (1 + 2). A single row tells nothing.
    counts = np.array([2.0, 3.0, 1.0, 0.0])
    sums, squares = np.array([4.0, 12.0, 9.0, 0.0]), np.array([10.0, 56.0, 81.0, 0.0])
    assert within_variance(counts, sums, squares) == pytest.approx(10 / 3)
    assert np.isnan(within_variance(counts[2:], sums[2:], squares[2:]))


def test_a_row_far_off_hides_nobody():
    # The variances 2, 2 and 10,000, of two rows each: the last counts as 9 x 2.
    counts, sums = np.array([2.0, 2.0, 2.0]), np.zeros(3)
    squares = np.array([2.0, 2.0, 10_000.0])
    assert within_variance(counts, sums, squares) == pytest.approx((2 + 2 + 18) / 3)
    # Where most people's rows are equal, those that vary are all that tells.
    assert within_variance(counts, sums, np.array([0.0, 0.0, 6.0])) == pytest.approx(2)


def test_no_single_row_decides_about_anybody():
    # Five rows of 4.2 but for one of 0.2: a mean of 3.4, and a variance of 3.2.
    means, counts = np.array([4.2] * 9 + [3.4]), np.full(10, 5.0)
    assert compare_means(counts, means, variance=0.05).named("low").tolist() == [False] * 9 + [True]
    own_variances = np.array([0.05] * 9 + [3.2])
    verdicts = compare_means(counts, means, variance=0.05, own_variances=own_variances)
    assert not verdicts.outside.any()
    assert verdicts.low[-1] < 3.4


def test_whose_rows_vary_less_is_judged_by_those_of_everybody():
    means, counts = np.array([4.2] * 9 + [3.4]), np.full(10, 5.0)
    usual = compare_means(counts, means)
    by_own = compare_means(counts, means, own_variances=np.array([0.2] * 9 + [0.0]))
    unknown = compare_means(counts, means, own_variances=np.array([0.2] * 9 + [np.nan]))
    assert by_own.low.tolist() == usual.low.tolist() == unknown.low.tolist()


@pytest.mark.parametrize(("rows", "enough"), [(2, False), (3, True)])
def test_three_rows_are_enough(rows, enough):
    counts = np.array([4.0, 4.0, 4.0, 4.0, 4.0, rows])
    means = np.array([4.0, 4.2, 4.4, 4.1, 4.3, 4.2])
    verdicts = compare_means(counts, means)
    assert verdicts.judged.tolist() == [True] * 5 + [enough]


@pytest.mark.parametrize(("people", "anybody"), [(4, False), (5, True)])
def test_five_people_with_rows_are_judged(people, anybody):
    counts, means = np.full(6, 4.0), np.array([4.0, 4.2, 4.4, 4.1, 4.3, 4.2])
    means[people:] = np.nan
    verdicts = compare_means(counts, means)
    assert verdicts.judged.sum() == (people if anybody else 0)
    unknown = compare_means(counts, means, variance=float("nan"))
    assert not unknown.judged.any()


@pytest.mark.parametrize(("people", "probability"), [(15, 0.024), (16, 0.012)])
def test_sixteen_people_are_many(people, probability):
    assert BUDGETS["reject_rate"].of(people) == probability
