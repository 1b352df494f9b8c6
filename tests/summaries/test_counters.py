"""Counters are added up: sums by sum, extremes by the lowest and the highest that is known."""

from analytics.summaries.counters import (
    MAX_COLUMNS,
    MIN_COLUMNS,
    SUM_COLUMNS,
    add_counters,
    empty_counters,
)


def counters(n, *, low=None, high=None):
    """Counters that are all ``n``."""
    return {
        **dict.fromkeys(SUM_COLUMNS, n),
        **dict.fromkeys(MIN_COLUMNS, low),
        **dict.fromkeys(MAX_COLUMNS, high),
    }


def test_nothing_is_zero_and_its_extremes_are_unknown():
    assert empty_counters() == counters(0)


def test_sums_and_extremes():
    total = empty_counters()
    add_counters(total, counters(2, low=5, high=7))
    assert total == counters(2, low=5, high=7)
    add_counters(total, counters(3, low=4, high=6))
    assert total == counters(5, low=4, high=7)
    add_counters(total, counters(1))
    assert total == counters(6, low=4, high=7)


def test_an_unknown_sum_adds_nothing():
    """The aggregate of no rows is null."""
    total = counters(2, low=0, high=0)
    add_counters(total, counters(None, low=1, high=-1))
    assert total == counters(2, low=0, high=0)
