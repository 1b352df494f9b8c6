"""Intervals of means by hand: clusters, ends of a scale, degrees of freedom."""

import numpy as np
import pytest

from analytics.comparison.means import (
    Mean,
    mean_of_clusters,
    needs_exact_bounds,
    satterthwaite,
)

#: The standard error of 1 to 5, and half their interval: t = 2.776445 with 4 degrees.
ERROR = 0.5**0.5
HALF = 2.776445 * ERROR


def mean_of(values, user, **bounds):
    """The mean of rows that belong to users."""
    values = np.array(values, float)
    _, place, sizes = np.unique(user, return_inverse=True, return_counts=True)
    return mean_of_clusters(sizes.astype(float), np.bincount(place, values, len(sizes)), **bounds)


@pytest.mark.parametrize("rows", [1, 2, 7])
def test_rows_of_one_user_that_are_alike_are_one(rows):
    users = np.repeat(np.arange(5), rows)
    found = mean_of(users + 1.0, users)
    assert (found.value, found.n, found.clusters) == (3, 5 * rows, 5)
    assert (found.error, found.freedom) == pytest.approx((ERROR, 4))
    assert (found.low, found.high) == pytest.approx((3 - HALF, 3 + HALF), abs=1e-5)


def test_an_interval_ends_with_the_scale():
    values, users = np.arange(1.0, 6.0), np.arange(5)
    found = mean_of(values, users, bounds=(1.5, 4.5))
    assert (found.low, found.high) == (1.5, 4.5)
    found = mean_of(values, users, bounds=(1.0, 6.0))
    assert (found.low, found.high) == pytest.approx((3 - HALF, 3 + HALF), abs=1e-5)


def test_the_interval_of_what_is_skewed_reaches_farther_on_that_side():
    found = mean_of(np.array([1.0, 1.0, 1.0, 2.0, 10.0]), np.arange(5))
    # The mean is 3, the variance 15.5; the symmetric interval is 3 and 2.776445 times sqrt(15.5/5).
    half = 2.776445 * (15.5 / 5) ** 0.5
    assert found.low == pytest.approx(3 - half, abs=1e-4)
    assert found.high > 3 + 1.5 * half


def test_of_one_user_or_none_nothing_is_known_but_the_value():
    for values, value in (([4.0, 6.0], 5.0), ([], float("nan"))):
        found = mean_of(np.array(values), np.zeros(len(values), np.int64))
        assert found.value == pytest.approx(value, nan_ok=True)
        assert (found.n, found.clusters) == (len(values), len(values) // 2)
        assert np.isnan([found.low, found.high, found.error, found.freedom]).all()


def test_an_interval_by_a_known_error():
    found = Mean.of_error(3.0, ERROR, 4.0, n=5, clusters=5)
    assert (found.low, found.high) == pytest.approx((3 - HALF, 3 + HALF), abs=1e-5)
    assert np.isnan(Mean.of_error(3.0, 0.0, 4.0, n=5, clusters=5).low)


@pytest.mark.parametrize(
    ("values", "exact"),
    [
        # A tenth of the scale from 1 to 6 is its end: to 1.5, and from 5.5.
        ([1.5] * 26 + [3.0] * 24, True),
        ([1.51] * 26 + [3.0] * 24, False),
        ([5.5] * 26 + [3.0] * 24, True),
        ([5.49] * 26 + [3.0] * 24, False),
        # More than half of them.
        ([1.0] * 25 + [3.0] * 25, False),
        # Fifty and no more.
        ([1.0] * 27 + [3.0] * 24, False),
    ],
)
def test_few_values_at_an_end_of_the_scale_need_exact_bounds(values, exact):
    assert needs_exact_bounds(np.array(values), 0.1, (1.0, 6.0)) == exact
    assert needs_exact_bounds(np.array(values), 0.0, (1.0, 6.0))


def test_exact_bounds_hold_the_mean():
    sizes = np.array([1.0] * 9 + [20.0])
    # Nine users who say 1, and one who said 6 twenty times: clusters count, and so do rows.
    found = mean_of_clusters(sizes, sizes * np.array([1.0] * 9 + [6.0]), bounds=(1.0, 6.0))
    assert found.value == pytest.approx((9 + 120) / 29)
    assert found.low < found.value == found.high


def test_degrees_of_freedom_by_hand():
    assert satterthwaite(np.full(5, 3.0), 15) == pytest.approx(4)
    # Sizes 2, 1, 1 of 4: the trace is 4, the squares 176/9 - 160/9 + 64/9 = 80/9.
    assert satterthwaite(np.array([2.0, 1.0, 1.0]), 4) == pytest.approx(16 * 9 / 80)
