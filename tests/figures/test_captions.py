"""Subtitles, legends and emptiness of cards."""

import pytest

from analytics.figures import get_rendering, is_empty
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Result


def subtitle(slug, rows, **more):
    metric = METRICS[slug]
    return get_rendering(metric.drawing).subtitle(metric.drawing, metric, Result(rows, **more))


def legend(slug, rows):
    metric = METRICS[slug]
    return get_rendering(metric.drawing).legend(metric.drawing, metric, Result(rows))


@pytest.mark.parametrize(
    ("slug", "rows", "more", "words"),
    [
        ("decisions", [], {}, "Videos by decision"),
        ("video-status", [], {}, "Share of videos"),
        ("queues", [], {}, "Items by queue, most first"),
        (
            "idle-time",
            [{"kind": "pause", "from_seconds": 0, "to_seconds": 30, "intervals": 1}],
            {},
            "Intervals in steps of 30\u00a0s",
        ),
        (
            "unique-videos-per-session",
            [{}] * 40,
            {},
            "Each dot a session in order of time, line: mean of the 11 around it",
        ),
        (
            "unique-videos-per-session",
            [{}] * 40,
            {"condensed": True},
            "Line: mean of the day, band: from the lowest to the highest session",
        ),
        (
            "sound-status",
            [],
            {"summary": {"known": 90}, "n": 95},
            "Share among the 90 known, 5 unknown",
        ),
        ("idle-summary", [{}, {}], {}, "Click a column to sort"),
        (
            "review-by-day",
            [],
            {},
            "Videos stacked by decision, reject rate as a line",
        ),
        (
            "moderator-performance",
            [{}, {}, {}],
            {"summary": {"r": -0.123, "r_low": -0.4, "r_high": 0.17}},
            "Each dot a moderator, dashed: straight-line fit · r = −0.12 (95 % −0.40–0.17)",
        ),
        ("moderator-performance", [{}], {}, "Each dot a moderator"),
    ],
)
def test_a_subtitle_says_what_is_drawn(slug, rows, more, words):
    assert subtitle(slug, rows, **more) == words


def test_the_legend_of_a_ring_has_the_counts():
    rows = [{"status": "completed", "videos": 27_104}, {"status": "skipped", "videos": 2}]
    assert legend("video-status", rows) == [
        ("completed", "Completed", "27,104", {"status": "completed", "column": "videos"}),
        ("other-1", "skipped", "2", {"status": "skipped", "column": "videos"}),
    ]


def test_the_legend_of_stacked_kinds_has_their_sums():
    rows = [
        {"kind": kind, "from_seconds": start, "intervals": n}
        for kind, start, n in (("inactivity", 0, 3), ("inactivity", 15, 4), ("pause", 0, 1))
    ]
    assert legend("idle-time", rows) == [
        ("inactivity", "Inactivity", "7"),
        ("pause", "Pause", "1"),
    ]


def test_nothing_counted_is_empty_though_there_are_rows():
    rows = [{"decision": name, "videos": 0, "share": None} for name in ("accepted", "rejected")]
    assert is_empty(Result(rows, n=0))
    assert is_empty(Result([]))
    assert not is_empty(Result(rows, n=2))
