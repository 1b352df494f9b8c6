"""How few rows are too few to be judged by a mean, and the variance between rows by hand."""

import numpy as np
import pytest

from analytics.comparison.judging import BUDGETS
from analytics.comparison.rows import compare_rows, within_variance

BUDGET = BUDGETS["average_satisfaction"]


def test_the_variance_between_rows_of_one_person():
    # 1, 3 about 2 and 2, 4, 6 about 4: (2 + 8) / (1 + 2). A single row tells nothing.
    counts = np.array([2.0, 3.0, 1.0, 0.0])
    sums, squares = np.array([4.0, 12.0, 9.0, 0.0]), np.array([10.0, 56.0, 81.0, 0.0])
    assert within_variance(counts, sums, squares) == pytest.approx(10 / 3)
    assert np.isnan(within_variance(counts[2:], sums[2:], squares[2:]))


@pytest.mark.parametrize(("rows", "enough"), [(2, False), (3, True)])
def test_three_rows_are_enough(rows, enough):
    counts = np.array([4.0, 4.0, 4.0, 4.0, 4.0, rows])
    means = np.array([4.0, 4.2, 4.4, 4.1, 4.3, 4.2])
    verdicts = compare_rows(counts=counts, means=means, variance=0.2, min_sd=0.1, budget=BUDGET)
    assert verdicts.judged.tolist() == [True] * 5 + [enough]


@pytest.mark.parametrize(("people", "anybody"), [(4, False), (5, True)])
def test_five_people_with_rows_are_judged(people, anybody):
    counts, means = np.full(6, 4.0), np.array([4.0, 4.2, 4.4, 4.1, 4.3, 4.2])
    means[people:] = np.nan
    verdicts = compare_rows(counts=counts, means=means, variance=0.2, min_sd=0.1, budget=BUDGET)
    assert verdicts.judged.sum() == (people if anybody else 0)
    unknown = compare_rows(
        counts=counts, means=means, variance=float("nan"), min_sd=0.1, budget=BUDGET
    )
    assert not unknown.judged.any()


@pytest.mark.parametrize(("people", "probability"), [(15, 0.024), (16, 0.012)])
def test_sixteen_people_are_many(people, probability):
    assert BUDGETS["reject_rate"].of(people) == probability
