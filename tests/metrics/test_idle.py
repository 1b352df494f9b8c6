"""Histograms of idle intervals: widths of bins, and what falls into which."""

import pytest

from analytics.metrics.idle import bin_width, idle_histogram


@pytest.mark.parametrize(
    ("longest", "width"),
    [
        # The last whole second that 20 bins of a width hold, and the next.
        (0, 1), (19, 1), (20, 2), (39, 2), (40, 5), (99, 5), (100, 10), (199, 10), (200, 15),
        (299, 15), (300, 30), (599, 30), (600, 60), (1199, 60), (1200, 120), (2399, 120),
        (2400, 300), (5999, 300), (6000, 600), (11_999, 600), (12_000, 1800), (35_999, 1800),
        (36_000, 3600), (71_999, 3600), (72_000, 7200), (143_999, 7200), (144_000, 14_400),
    ],
)  # fmt: skip
def test_at_most_twenty_bins(longest, width):
    assert bin_width(longest) == width
    assert longest // width < 20


def test_every_kind_has_every_bin():
    # (kind, second): (intervals, microseconds). The longest is 20 s: bins of 2 s.
    counts = {
        ("pause", 0.0): (1, 0),
        ("pause", 1.0): (2, 3_000_000),
        ("pause", 2.0): (4, 9_000_000),
        ("inactivity", 20.0): (8, 160_000_000),
    }
    rows = idle_histogram(counts)
    assert rows[:11] == [
        *[("inactivity", start, start + 2, 0) for start in range(0, 20, 2)],
        ("inactivity", 20, 22, 8),
    ]
    assert rows[11:] == [
        ("pause", 0, 2, 3),
        ("pause", 2, 4, 4),
        *[("pause", start, start + 2, 0) for start in range(4, 22, 2)],
    ]


def test_no_intervals_have_no_bins():
    assert idle_histogram({}) == []
