"""Correlation and its interval, against values computed by hand."""

from math import atanh, sqrt, tanh

import pytest

from analytics.metrics.moderators import correlation, fisher_interval


@pytest.mark.parametrize(
    ("x", "y", "r"),
    [
        # Sums of squares 10 and 10, of products 8.
        ([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], 0.8),
        ([1, 2, 3], [2, 4, 6], 1.0),
        ([1, 2, 3], [6, 4, 2], -1.0),
        ([1, 1, 1], [1, 2, 3], None),
        ([1, 2, 3], [5, 5, 5], None),
        ([1], [2], None),
        ([], [], None),
    ],
)
def test_pearsons_r(x, y, r):
    assert correlation(x, y) == (None if r is None else pytest.approx(r))


def test_fishers_interval():
    # n = 28, so that the standard error is a fifth.
    low, high = fisher_interval(0.5, 28)
    assert low == pytest.approx(tanh(atanh(0.5) - 1.959964 / 5), abs=1e-6)
    assert high == pytest.approx(tanh(atanh(0.5) + 1.959964 / 5), abs=1e-6)
    assert fisher_interval(-0.5, 28) == pytest.approx((-high, -low))


@pytest.mark.parametrize(("n", "known"), [(3, False), (4, True)])
def test_four_points_have_an_interval(n, known):
    half = 1.959964 / sqrt(1)
    expected = (tanh(-half), tanh(half)) if known else (None, None)
    assert fisher_interval(0.0, n) == pytest.approx(expected, abs=1e-6)


def test_the_interval_of_what_is_certain_or_unknown():
    assert fisher_interval(1.0, 9) == (1.0, 1.0)
    assert fisher_interval(-1.0, 9) == (-1.0, -1.0)
    assert fisher_interval(None, 9) == (None, None)
