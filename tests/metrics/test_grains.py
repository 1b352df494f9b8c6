"""Days, weeks and months of a range."""

from datetime import date

import pytest

from analytics.metrics.grains import Grain, Step, grain_of_range, moved, steps_of, windows_of
from tests.insights.conftest import plain

FAR = date(2030, 1, 1)


def steps(grain, first, last, today=FAR):
    return [
        (step.first, step.last, step.is_partial)
        for step in steps_of(grain, first, last, today=today)
    ]


def test_weeks_are_iso_weeks_and_those_cut_off_are_partial():
    # 1 March 2026 is a Sunday.
    assert steps(Grain.WEEK, date(2026, 3, 1), date(2026, 3, 17)) == [
        (date(2026, 3, 1), date(2026, 3, 1), True),
        (date(2026, 3, 2), date(2026, 3, 8), False),
        (date(2026, 3, 9), date(2026, 3, 15), False),
        (date(2026, 3, 16), date(2026, 3, 17), True),
    ]
    [step] = steps_of(Grain.WEEK, date(2026, 12, 28), date(2027, 1, 3), today=FAR)
    assert not step.is_partial
    assert plain(step.label) == "Week 53, 28 Dec 2026 – 3 Jan 2027"


def test_months():
    assert steps(Grain.MONTH, date(2028, 1, 31), date(2028, 3, 31)) == [
        (date(2028, 1, 31), date(2028, 1, 31), True),
        (date(2028, 2, 1), date(2028, 2, 29), False),
        (date(2028, 3, 1), date(2028, 3, 31), False),
    ]
    labels = [
        plain(step.label)
        for step in steps_of(Grain.MONTH, date(2028, 1, 31), date(2028, 2, 29), today=FAR)
    ]
    assert labels == ["Jan 2028 (part: 1 day)", "Feb 2028"]


def test_what_runs_until_today_is_partial():
    first, today = date(2026, 3, 2), date(2026, 3, 8)
    assert [part for *_, part in steps(Grain.DAY, date(2026, 3, 7), today, today)] == [False, True]
    assert steps(Grain.WEEK, first, today, today) == [(first, today, True)]
    labels = [
        plain(step.label) for step in steps_of(Grain.DAY, date(2026, 3, 7), today, today=today)
    ]
    assert labels == ["Sat 7 Mar 2026", "Sun 8 Mar 2026 (until now)"]


@pytest.mark.parametrize(
    ("last", "grain"),
    [
        (date(2026, 1, 1), Grain.DAY),
        (date(2026, 7, 9), Grain.DAY),
        (date(2026, 7, 10), Grain.WEEK),
        (date(2029, 1, 4), Grain.WEEK),
        (date(2029, 1, 5), Grain.MONTH),
    ],
)
def test_the_length_of_a_range_suggests_its_grain(last, grain):
    assert grain_of_range(date(2026, 1, 1), last) == grain


def test_the_days_around_a_day_are_within_the_range():
    first = date(2026, 3, 1)
    days = [Step(date(2026, 3, day), date(2026, 3, day), False, "") for day in range(1, 10)]
    windows = windows_of(days, 7)
    assert windows[:3] == windows[-3:] == [None] * 3
    assert (windows[3].first, windows[3].last) == (first, date(2026, 3, 7))
    assert windows[5].last == date(2026, 3, 9)


def test_earlier_steps_are_as_long():
    day, week = (
        Step(date(2026, 3, 3), date(2026, 3, 3), False, ""),
        Step(date(2026, 3, 2), date(2026, 3, 8), True, ""),
    )
    earlier = moved([day, week], 28)
    assert [(step.first, step.last) for step in earlier] == [
        (date(2026, 2, 3), date(2026, 2, 3)),
        (date(2026, 2, 2), date(2026, 2, 8)),
    ]
    assert [plain(step.label) for step in earlier] == ["Tue 3 Feb 2026", "2 Feb – 8 Feb 2026"]
