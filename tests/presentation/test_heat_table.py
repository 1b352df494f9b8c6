"""The table of shades by weekday and hour."""

import re
from html import unescape

import pytest

from analytics.access import PORTAL
from analytics.figures import figure, is_chart
from analytics.figures.heat_map import shade, shade_range
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Result
from analytics.presentation.heat_table import heat_table
from analytics.scope import Scope

BY_HOUR = METRICS["review-by-hour"]


def row(weekday, hour, accepted, rejected, handle=30.0):
    n = accepted + rejected
    return {
        "weekday": weekday,
        "hour": hour,
        "sessions": 2,
        "videos": n + 1,
        "accepted": accepted,
        "rejected": rejected,
        "reject_rate": rejected / n if n else None,
        "handle_seconds": handle,
    }


# 10 %, 40 %, 50 % of 20 decided, and nothing decided.
ROWS = [row(1, 9, 90, 10), row(1, 11, 60, 40), row(3, 9, 10, 10), row(7, 12, 0, 0, None)]


def cells(value):
    table = heat_table(BY_HOUR, Result(ROWS, n=223), Scope(PORTAL), value)
    assert table is not None
    lines = re.findall(r"<tr>(.*?)</tr>", table.body)
    return table, [re.findall(r'<td class="([\w-]+)".*?>([^<>]*)<', line) for line in lines]


def test_each_hour_has_its_number_and_the_shade_of_it():
    table, lines = cells("reject_rate")
    assert table.headings == ["09", "10", "11", "12"]
    assert (table.low, table.high) == ("10.0\xa0%", "40.0\xa0%")
    assert len(lines) == 7
    assert re.findall(r'<th scope="row">(\w+)</th>', table.body) == [
        "Mon",
        "Tue",
        "Wed",
        "Thu",
        "Fri",
        "Sat",
        "Sun",
    ]
    assert [css for css, _ in lines[0]] == ["heat-0", "none", "heat-6", "none"]
    # Twenty decided videos and none are too few for a shade; nothing decided is no 0.
    assert [css for css, _ in lines[2]] == ["few", "none", "none", "none"]
    assert [css for css, _ in lines[6]] == ["none", "none", "none", "few"]
    assert "—" in lines[6][3] or lines[6][3][1] == "—"
    links = re.findall(r'href="([^"]+)" title="([^"]+)" aria-label="[^"]+">([^<]+)<', table.body)
    assert [(unescape(href), title, text) for href, title, text in links] == [
        (
            f"/rows/review-by-hour/?weekday={weekday}&hour={hour}&column=reject_rate",
            f"{day}, {hour:02}:00, Reject rate {rate}\xa0%, {n} videos, 2 sessions",
            rate.split(".")[0],
        )
        for day, weekday, hour, rate, n in [
            ("Monday", 1, 9, "10.0", 101),
            ("Monday", 1, 11, "40.0", 101),
            ("Wednesday", 3, 9, "50.0", 21),
        ]
    ]


def test_other_values_have_scales_of_their_own():
    table, lines = cells("videos")
    assert (table.low, table.high) == ("101", "101")
    assert [css for css, _ in lines[0]] == ["heat-0", "none", "heat-0", "none"]
    assert table.few == "fewer than 50 videos"


def test_seven_steps_from_the_least_to_the_greatest():
    assert [shade(n, (0, 7)) for n in range(8)] == [0, 1, 2, 3, 4, 5, 6, 6]
    assert shade(3, (3, 3)) == 0
    assert shade_range(BY_HOUR.drawing, "reject_rate", ROWS[2:]) is None
    assert heat_table(METRICS["decisions"], Result([]), Scope(PORTAL), "videos") is None


def test_the_figure_has_a_square_an_hour():
    made = figure(BY_HOUR, Result(ROWS, n=223))
    [trace] = made["data"]
    assert list(zip(trace["x"], trace["y"], trace["marker"]["symbol"], strict=True)) == [
        (9, 1, "square"), (11, 1, "square"), (9, 3, "square-open"),
    ]  # fmt: skip
    assert trace["marker"]["opacity"] == pytest.approx([0.16, 1.0, 0.4])
    assert made["layout"]["yaxis"]["ticktext"] == ["Monday", "Wednesday"]
    assert made["layout"]["xaxis"]["ticktext"] == ["09:00", "11:00"]
    assert not is_chart(BY_HOUR.drawing)
