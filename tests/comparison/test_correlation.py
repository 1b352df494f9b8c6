"""Pearson's r and its interval by hand, of independent rows and of rows that are alike."""

import math

import numpy as np
import pytest

from analytics.comparison.correlation import Correlation, correlation, difference

#: About 2.5 and 15: Σ of squares 5 and 20, of products 8, so that r = 8 / 10.
X, Y = np.array([1.0, 2, 3, 4]), np.array([12.0, 16, 14, 18])
Z = math.atanh(0.8)
#: What each of the four adds to r is 0.09, two of them up and two down; (1 - r²)² = 0.1296.
ROBUST = 4 * 0.09**2 * 4 / 3 / 0.1296


def correlated(x, y, *, rows=1, cluster=None):
    """The correlation of points that are ``rows`` rows each, in the clusters given."""
    cluster = np.arange(len(x)) if cluster is None else np.array(cluster)
    columns = rows * np.column_stack([np.ones(len(x)), x, y, x * x, y * y, x * y])
    sums = np.array([columns[cluster == one].sum(axis=0) for one in np.unique(cluster)])
    return correlation(sums[:, 0], sums[:, 1], sums[:, 2], sums[:, 3:])


def values(found):
    return found.r, found.low, found.high, found.would_show


def by_hand(quantile, power, error):
    low, high = math.tanh(Z - quantile * error), math.tanh(Z + quantile * error)
    return pytest.approx((0.8, low, high, math.tanh((quantile + power) * error)), abs=1e-6)


# Together the first two add nothing: the clusters are less alike than chance makes them.
@pytest.mark.parametrize("cluster", [None, [0, 0, 1, 2]])
def test_independent_rows_have_fisher_s_interval(cluster):
    # Variance 1 / (4 - 3); the normal distribution's 97.5 % and 80 %.
    assert values(correlated(X, Y, cluster=cluster)) == by_hand(1.959964, 0.841621, 1.0)


def test_rows_that_are_alike_widen_it():
    # Four people with ten equal rows each: Student's t with 3 degrees of freedom.
    found = correlated(X, Y, rows=10)
    assert values(found) == by_hand(3.182446, 0.978472, math.sqrt(ROBUST))


def test_three_points_are_too_few():
    assert correlated(X[:3], Y[:3]) is None


@pytest.mark.parametrize(("x", "y"), [(X, np.full(4, 5.0)), (np.full(4, 5.0), Y)])
def test_of_equal_values_it_is_unknown(x, y):
    assert correlated(x, y) is None


@pytest.mark.parametrize(("y", "r"), [(3 * X, 1), (-3 * X, -1)])
def test_a_line_is_known_exactly(y, r):
    known = pytest.approx(r)
    # 1, 2, 3, 4 deviate by sqrt(5 / 3).
    deviation = pytest.approx(3 * (5 / 3) ** 0.5)
    assert correlated(X, y) == Correlation(known, known, known, 0, deviation)


def test_the_difference_between_a_low_and_a_high_value():
    # On the line y = 3x, x from 2.5 - sqrt(5 / 3) to 2.5 + sqrt(5 / 3).
    assert difference(1.0, 3 * (5 / 3) ** 0.5) == pytest.approx(6 * (5 / 3) ** 0.5)
    assert difference(-0.5, 2.0) == -2.0
