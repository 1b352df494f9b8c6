"""The drawing of a person's weeks: places, gaps, ticks, and the same in words."""

from datetime import date, timedelta

import pytest

from analytics.formatting import share
from analytics.metrics.person_work import Week
from analytics.metrics.team_spread import Spread
from analytics.presentation.week_chart import ShiftedLevel, areas, nice_ticks, path, week_chart

MONDAY = date(2026, 3, 2)


def week(nth, value, *, limits=(None, None, None), others=None):
    return Week(MONDAY + timedelta(weeks=nth), 40.0, value, *limits, others)


def drawn(*weeks, shifts=()):
    return week_chart("Reject rate", "decided videos", weeks, share, shifts=shifts, is_share=True)


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0.12, 0.58, 1.0, [0.0, 0.2, 0.4, 0.6]),
        (0.9, 1.0, 1.0, [0.9, 0.925, 0.95, 0.975, 1.0]),
        (31.0, 66.0, 1e9, [30, 40, 50, 60, 70]),
        (0.5, 0.5, 1.0, [0.4, 0.6]),
        (0.0, 0.0, 1.0, [0.0, 0.25]),
    ],
)
def test_ticks_are_round_and_hold_everything(low, high, most, ticks):
    found = nice_ticks(low, high, most=most)
    assert found[0] <= low
    assert found[-1] >= high
    assert found == pytest.approx(ticks)


def test_a_gap_starts_a_line_and_an_area_anew():
    assert path([0, 1, 2, 3], [5, None, 6, 7]) == "M0.0 5.0M2.0 6.0L3.0 7.0"
    found = areas([0, 1, 2, 3], [1, 1, None, 1], [2, 3, None, 2])
    assert found == "M0.0 2.0L1.0 3.0L1.0 1.0L0.0 1.0Z"


def test_weeks_stand_in_the_middle_and_values_on_their_scale():
    limits = (0.3, 0.2, 0.4)
    chart = drawn(
        week(0, 0.2, limits=limits, others=Spread(0.25, 0.3, 0.35, 9)), week(1, 0.6, limits=limits)
    )
    # 324 wide from 46, 162 high from 184 upwards, from 20 to 60 %.
    assert [(dot.x, dot.y) for dot in chart.dots] == [(46 + 81, 184), (46 + 243, pytest.approx(22))]
    assert chart.own == "M127.0 184.0L289.0 22.0"
    assert [tick.text.replace("\u00a0", " ") for tick in chart.y_ticks] == [
        "20 %", "30 %", "40 %", "50 %", "60 %",
    ]  # fmt: skip
    assert chart.others == ""  # an area of one week has no width
    text = chart.dots[0].text.replace("\u00a0", " ")
    assert text == "Week from 2 Mar: 20.0 % (40), expected 30.0 %, ordinary 20.0 % – 40.0 %"
    row = chart.rows[0]
    assert row.others.replace("\u00a0", " ") == "25.0 % – 35.0 %"
    assert chart.rows[1].others == "—"


def test_a_shift_stands_at_its_day_with_the_days_it_may_have_been():
    shift = ShiftedLevel(date(2026, 3, 9), date(2026, 3, 9), date(2026, 3, 12), "Shift")
    (line,) = drawn(week(0, 0.2), week(1, 0.6), shifts=[shift]).shifts
    assert line.x == pytest.approx(46 + 324 * 7 / 14)
    assert line.width == pytest.approx(324 * 3 / 14)


@pytest.mark.parametrize(("day", "side"), [(3, "start"), (12, "end")])
def test_the_words_of_a_shift_stand_on_the_side_that_has_room(day, side):
    at = date(2026, 3, day)
    (line,) = drawn(week(0, 0.2), week(1, 0.6), shifts=[ShiftedLevel(at, at, at, "Shift")]).shifts
    assert line.anchor == side


@pytest.mark.parametrize(
    ("day", "letters", "words_x"),
    [
        (3, 60, 380 - 60 * 5.8),
        (3, 20, 46 + 324 / 14),
        (12, 60, 60 * 5.8),
        (3, 90, 0),
        (12, 90, 380),
    ],
)
def test_the_words_of_a_shift_stay_within_the_drawing(day, letters, words_x):
    at = date(2026, 3, day)
    shift = ShiftedLevel(at, at, at, "x" * letters)
    (line,) = drawn(week(0, 0.2), week(1, 0.6), shifts=[shift]).shifts
    assert line.words_x == pytest.approx(words_x)


def test_fewer_than_two_weeks_are_no_chart():
    assert drawn() is None
    assert drawn(week(0, 0.5), week(1, None)) is None
