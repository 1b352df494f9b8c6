"""Formulas of the field, against values computed by hand or published."""

import pytest

from analytics.metrics.formulas import HOUR_US, handle_seconds, ratio, seconds, wilson


def test_units():
    assert seconds(1_500_000) == 1.5
    assert HOUR_US == 3_600_000_000


@pytest.mark.parametrize(
    ("numerator", "denominator", "value"),
    [(1, 4, 0.25), (0, 4, 0.0), (1, 0, None), (0, 0, None), (None, 4, None), (1, None, None)],
)
def test_a_ratio_over_nothing_is_unknown(numerator, denominator, value):
    assert ratio(numerator, denominator) == value


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # R. G. Newcombe, Two-sided confidence intervals for the single proportion (1998), table I.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_wilsons_interval(successes, n, low, high):
    assert wilson(successes, n) == pytest.approx((low, high), abs=0.00005)
    assert wilson(n - successes, n) == pytest.approx((1 - high, 1 - low), abs=0.00005)


def test_no_interval_of_nothing():
    assert wilson(0, 0) == (None, None)
    assert wilson(0, 20)[0] == 0.0
    assert wilson(20, 20)[1] == 1.0
    # Where the last digit of a float would lie outside of 0 to 1.
    assert wilson(0, 21)[0] == 0.0
    assert wilson(11, 11)[1] == 1.0


def test_handle_time_is_over_the_decided():
    assert handle_seconds(90_000_000, 4) == 22.5
    assert handle_seconds(90_000_000, 0) is None
