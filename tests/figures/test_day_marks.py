"""Marks over a chart by day: shifts and days outside, and the line alone with its limits."""

from dataclasses import replace
from datetime import date

import pytest

from analytics.figures.day_marks import (
    DayMarks,
    OutsideDay,
    ShiftMark,
    WaveMark,
    with_day_marks,
)
from analytics.figures.palette import Palette
from analytics.metrics.grains import Step

DAYS = [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)]
FIGURE = {
    "data": [
        {"type": "bar", "x": ["2026-03-01"], "y": [500]},
        {"type": "scatter", "x": ["2026-03-01"], "y": [0.3, None], "yaxis": "y2"},
    ],
    "layout": {"margin": {"t": 12, "b": 8}, "yaxis": {}, "yaxis2": {"overlaying": "y"}},
}
MARKS = DayMarks(
    title="Reject rate",
    is_share=True,
    steps=[Step(day, day, False, "") for day in DAYS],
    values=[0.2, 0.5, 0.3],
    texts=["1 Mar", "2 Mar: <50 %>", "3 Mar"],
    means=[None, 0.3, None],
    level=[0.2, 0.2, 0.3],
    low=[0.1, 0.1, 0.2],
    high=[0.3, 0.3, 0.4],
    outside=[OutsideDay(DAYS[1], 0.5, "2 Mar: <50 %>")],
    shifts=[ShiftMark(DAYS[2], DAYS[1], DAYS[2], "Shift about 3 Mar")],
)
QUIET = replace(MARKS, outside=[], shifts=[])


def drawn(marks=MARKS):
    return with_day_marks(FIGURE, [marks], [marks], Palette(), axis="y2")


def test_shifts_and_days_outside_are_marked_over_the_columns():
    made = drawn()
    bars, line, outside = made["data"]
    assert (bars, line) == tuple(FIGURE["data"])
    assert (outside["x"], outside["y"], outside["yaxis"]) == (["2026-03-02"], [0.5], "y2")
    assert outside["hovertext"] == ["2 Mar: &lt;50 %&gt;"]
    doubt, mark = made["layout"]["shapes"]
    # From noon before the first day it may have been to noon of the last.
    assert (doubt["x0"], doubt["x1"]) == ("2026-03-01T12:00", "2026-03-03T12:00")
    assert mark["x0"] == mark["x1"] == "2026-03-02T12:00"
    assert made["layout"]["annotations"][0]["text"] == "Shift about 3 Mar"
    assert made["layout"]["margin"]["t"] == 40


def test_the_days_of_a_wave_are_shaded_and_named():
    wave = WaveMark(DAYS[0], DAYS[1], "Wave 1–2 Mar: <60 %")
    made = drawn(replace(QUIET, waves=[wave]))
    (shade,) = made["layout"]["shapes"]
    # From noon before the first day to noon of the last, as the days' values stand at midnight.
    assert (shade["type"], shade["x0"], shade["x1"]) == (
        "rect", "2026-02-28T12:00", "2026-03-02T12:00",
    )  # fmt: skip
    (name,) = made["layout"]["annotations"]
    assert (name["x"], name["text"]) == ("2026-02-28T12:00", "Wave 1–2 Mar: &lt;60 %")
    assert made["layout"]["margin"]["t"] == 40


def test_the_line_alone_has_the_limits_behind_it():
    made = drawn()
    (alone,) = made["layout"]["meta"]["variants"]
    low, high, level, mean, line, outside = alone["data"]
    assert mean["y"] == MARKS.means
    assert (low["y"], high["y"], level["y"]) == (MARKS.low, MARKS.high, MARKS.level)
    assert high["fill"] == "tonexty"
    assert (line["x"], line["y"]) == (["2026-03-01", "2026-03-02", "2026-03-03"], MARKS.values)
    assert line["hovertext"][1] == "2 Mar: &lt;50 %&gt;"
    assert (outside["y"], outside["yaxis"]) == ([0.5], "y")
    layout = alone["layout"]
    assert "yaxis2" not in layout
    assert layout["yaxis"]["title"]["text"] == "Reject rate"
    assert layout["yaxis"]["tickformat"] == ".0%"
    assert layout["yaxis"]["range"] == [pytest.approx(0.06), pytest.approx(0.54)]
    assert layout["annotations"][0]["text"] == "Shift about 3 Mar"


def test_times_have_an_axis_of_amounts():
    times = replace(QUIET, title="Handle time", is_share=False, values=[20.0, 50.0, 30.0])
    (alone,) = drawn(times)["layout"]["meta"]["variants"]
    assert alone["layout"]["yaxis"]["tickformat"] == ","


def test_quiet_days_leave_the_figure_as_it_is():
    made = drawn(QUIET)
    assert made["data"] == FIGURE["data"]
    assert "shapes" not in made["layout"]
    assert made["layout"]["margin"] == FIGURE["layout"]["margin"]
