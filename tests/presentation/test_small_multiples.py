"""Queues side by side, read by what they mean."""

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from analytics.access import PORTAL
from analytics.insights.timelines import DayWave, Growth, Shift, Timeline
from analytics.metrics.grains import Grain
from analytics.metrics.results import Result
from analytics.presentation.small_multiples import (
    HEIGHT,
    MAX_QUEUES,
    WIDTH,
    change_words,
    small_multiples,
)
from analytics.scope import Scope
from tests.insights.conftest import plain

# A Monday; two weeks with 14 items every day but ten times as many on the second Monday.
FIRST, TODAY = date(2026, 3, 2), date(2026, 4, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(14)]
SCOPE = Scope(PORTAL, start=FIRST, end=DAYS[-1])


def timeline(days=(FIRST,), shifts=(), growth=None, waves=()):
    """A timeline on one level."""
    level = np.full(len(days), 14.0)
    nothing = np.zeros(len(days), bool)
    return Timeline(
        "Spam", tuple(days), level, level, level, level, level, nothing, shifts, growth, waves
    )


def row(day, queue, items):
    return {"day": day, "queue": queue, "assignments": 1, "items": items}


SPAM = [row(day, "Spam", 140 if day == DAYS[7] else 14) for day in DAYS]
ROWS = [*SPAM, row(DAYS[0], "Rare", 7), row(DAYS[3], "Rare", 14)]


def drawn(grain=Grain.DAY, rows=ROWS, lines=None, *, is_common=False, scope=SCOPE):
    made = small_multiples(
        Result(rows), lines or {}, scope, grain=grain, is_common=is_common, today=TODAY
    )
    return {one.name: one for one in made.shown}


def points(path):
    """The points of each stroke of a path."""
    return [
        [tuple(map(float, point.split())) for point in stroke.split("L")]
        for stroke in path.split("M")[1:]
    ]


def test_a_bar_a_day_from_zero_on_a_scale_of_its_own():
    spam, rare = drawn().values()
    assert (spam.name, spam.total, rare.total) == ("Spam", "322 items", "21 items")
    assert len(spam.bars) == len(rare.bars) == 14
    assert max(bar.height for bar in spam.bars) == max(bar.height for bar in rare.bars) == HEIGHT
    assert spam.bars[0].height == pytest.approx(HEIGHT / 10)
    assert rare.bars[0].height == HEIGHT / 2
    assert rare.bars[1].height == 0
    assert [bar.css for bar in spam.bars] == ([""] * 5 + ["weekend"] * 2) * 2
    assert plain(rare.bars[3].title) == "Thu 5 Mar 2026: 14 items"
    assert parse_qs(urlsplit(rare.bars[3].href).query) == {
        "start": ["2026-03-05"], "end": ["2026-03-05"], "queue": ["Rare"], "column": ["items"],
    }  # fmt: skip
    assert rare.bars[1].href == ""
    assert urlsplit(rare.href).path == "/rows/queues/"


def test_one_scale_for_all():
    rare = drawn(is_common=True)["Rare"]
    assert rare.bars[3].height == pytest.approx(HEIGHT / 10)


def test_the_mean_is_of_seven_days_around_a_day():
    spam, rare = drawn().values()
    [stroke] = points(spam.mean)
    # Of the 4th to the 11th day; the second Monday is in all windows from the 5th day.
    assert len(stroke) == 8
    heights = [(HEIGHT - y) / HEIGHT * 140 for _, y in stroke]
    assert heights == pytest.approx([14.0, *[(6 * 14 + 140) / 7] * 7], abs=0.2)
    assert stroke[0][0] == pytest.approx(3.5 / 14 * WIDTH, abs=0.06)
    # A day without a row counts as no items: 21 in the first week, then 14, 14, 14, nothing.
    [stroke] = points(rare.mean)
    heights = [(HEIGHT - y) / HEIGHT * 14 for _, y in stroke]
    assert heights == pytest.approx([3, 2, 2, 2, 0, 0, 0, 0], abs=0.02)


def test_the_mean_does_not_reach_over_a_shift():
    moved = timeline(days=DAYS, shifts=(Shift(DAYS[7], DAYS[7], DAYS[7], 14, 140, stayed=True),))
    spam = drawn(lines={"Spam": moved})["Spam"]
    assert [len(stroke) for stroke in points(spam.mean)] == [1, 1]
    assert spam.shifts == [WIDTH / 2]
    assert (spam.sign, plain(spam.words)) == ("▲", "rose from 14 to 140 a day about 9 Mar")


def test_weeks_add_up_and_parts_of_weeks_are_marked():
    scope = Scope(PORTAL, start=FIRST, end=DAYS[-2])
    spam = drawn(Grain.WEEK, ROWS[:13], scope=scope)["Spam"]
    assert [(bar.css, plain(bar.title)) for bar in spam.bars] == [
        ("", "Week 10, 2 Mar – 8 Mar 2026: 98 items"),
        ("part", "Week 11, 9 Mar – 14 Mar 2026 (part: 6 days): 210 items"),
    ]
    assert (spam.mean, spam.trend) == ("", "")


def test_what_changed_in_words():
    waves = (DayWave(DAYS[0], DAYS[4], 10, 40),)
    assert change_words(None) == ("?", "too few days to tell")
    assert change_words(timeline()) == ("=", "no trend or shift beyond chance")
    growing = timeline(growth=Growth(rises=True, days=45.2, low=38, high=55))
    assert change_words(growing) == ("▲", "doubles in 45 days (38–55)")
    falling = timeline(growth=Growth(rises=False, days=30, low=20, high=50))
    assert change_words(falling) == ("▼", "halves in 30 days (20–50)")
    assert change_words(timeline(waves=waves))[1].startswith("one wave, 2")
    assert change_words(timeline(waves=waves * 2)) == ("=", "2 waves; otherwise no shift")


def test_the_trend_is_drawn_without_its_weekdays():
    growing = timeline(days=DAYS, growth=Growth(rises=True, days=45, low=38, high=55))
    [stroke] = points(drawn(lines={"Spam": growing})["Spam"].trend)
    assert len(stroke) == 8
    assert len({y for _, y in stroke}) == 1


def test_so_many_queues_are_drawn_and_the_rest_is_counted():
    rows = [row(FIRST, f"q{n:02}", n + 1) for n in range(MAX_QUEUES + 3)]
    made = small_multiples(Result(rows), {}, SCOPE, grain=Grain.DAY, is_common=False, today=TODAY)
    assert made.left_out == 3
    assert [one.name for one in made.shown][:2] == ["q14", "q13"]
    nothing = small_multiples(Result([]), {}, SCOPE, grain=Grain.DAY, is_common=False, today=TODAY)
    assert nothing is None
