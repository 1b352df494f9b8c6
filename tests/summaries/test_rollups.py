"""Roll-ups: their periods, which of them make up a range of days, and how they are built."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from analytics.models import PendingDay, Period, PeriodTotals, PeriodVideos
from analytics.summaries import rollups
from analytics.summaries.rollups import ALL_TIME, month_of, year_of
from analytics.summaries.selection import load_status, period_span, select_rollups
from analytics.summaries.writing import refresh, summarise, write_lock
from tests.brute import PlainSession, PlainView
from tests.factory import NOON, write_session

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("day", "first", "stop"),
    [
        (date(2026, 3, 1), MARCH, APRIL),
        (date(2026, 3, 31), MARCH, APRIL),
        (date(2024, 2, 29), date(2024, 2, 1), date(2024, 3, 1)),
        (date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_the_month_of_a_day(day, first, stop):
    span = month_of(day)
    assert (span.period, span.start, span.stop) == (Period.MONTH, first, stop)


def test_each_period_is_built_from_the_one_below():
    day = date(2026, 3, 10)
    assert rollups.longer_periods(day) == (month_of(day), year_of(day), ALL_TIME)
    assert (year_of(day).start, year_of(day).stop) == (date(2026, 1, 1), date(2027, 1, 1))
    assert [span.below for span in rollups.longer_periods(day)] == [
        Period.DAY,
        Period.MONTH,
        Period.YEAR,
    ]


@pytest.mark.parametrize("span", [month_of(MARCH), year_of(MARCH), ALL_TIME])
def test_a_span_is_found_by_period_and_start(span):
    assert period_span(span.period.value, span.start) == span


def session(name, moderator, day, *videos):
    views = [PlainView(video=video, status="completed", keys=["a"], sound="muted", speeds=[])
             for video in videos]  # fmt: skip
    return write_session(
        PlainSession(name, moderator, NOON + timedelta(days=day), None, views, [], [])
    )


@pytest.fixture
def three_months(db):
    """Sessions in February, March and April 2026 and in 2027, with their roll-ups."""
    with write_lock():
        summarise(
            [
                session("feb", "amy", -20, "v1", "v2").pk,
                session("mar-1", "amy", 0, "v1", "v1", "v3").pk,
                session("mar-2", "bob", 0, "v3").pk,
                session("mar-3", "amy", 1, "v4").pk,
                session("apr", "bob", 25, "v5").pk,
                session("next", "bob", 365, "v6").pk,
            ]
        )
    refresh()


def selected(start, end, unusable=()):
    """The periods chosen for a range of days, as (period, start)."""
    status = replace(load_status(), pending=frozenset(unusable))
    chosen = select_rollups(start, end, status)
    rows = PeriodVideos.objects.filter(chosen.built).values_list("period", "start")
    return sorted((str(period), str(start)) for period, start in rows), chosen


def test_all_time_is_one_rollup(three_months):
    rows, chosen = selected(None, None)

    assert rows == [("all", "0001-01-01")]
    assert (chosen.single, chosen.days_without_rollup) == (ALL_TIME, frozenset())


def test_whole_years_and_months_are_used_and_days_at_the_edges(three_months):
    assert selected(date(2026, 1, 1), date(2027, 3, 10))[0] == [
        ("day", "2027-03-10"),
        ("year", "2026-01-01"),
    ]
    assert selected(date(2026, 2, 18), date(2026, 4, 3))[0] == [
        ("day", "2026-02-18"),
        ("month", "2026-03-01"),
    ]
    # One day less than March.
    assert selected(MARCH, date(2026, 3, 30))[0] == [("day", "2026-03-10"), ("day", "2026-03-11")]
    assert selected(MARCH, date(2026, 3, 31))[0] == [("month", "2026-03-01")]
    assert selected(date(2026, 3, 2), date(2026, 3, 31))[0] == [
        ("day", "2026-03-10"),
        ("day", "2026-03-11"),
    ]


def test_a_day_that_changed_takes_its_longer_periods_out_of_use(three_months):
    changed = date(2026, 3, 10)

    rows, chosen = selected(None, None, [changed])

    assert rows == [
        ("day", "2026-03-11"),
        ("month", "2026-02-01"),
        ("month", "2026-04-01"),
        ("year", "2027-01-01"),
    ]
    assert (chosen.single, chosen.days_without_rollup) == (None, {changed})


def test_a_changed_day_out_of_range_makes_no_difference(three_months):
    rows, chosen = selected(MARCH, date(2026, 3, 31), [date(2026, 2, 28), APRIL])

    assert (rows, chosen.days_without_rollup) == ([("month", "2026-03-01")], frozenset())


def test_a_longer_period_sums_the_ones_below(three_months):
    def totals(period, start):
        return list(
            PeriodTotals.objects.filter(period=period, start=start)
            .order_by("moderator__username")
            .values_list(
                "moderator__username", "sessions", "videos", "moderators", "unique_sum",
                "unique_low", "unique_high",
            )
        )  # fmt: skip

    assert totals(Period.DAY, date(2026, 3, 10)) == [
        ("amy", 1, 3, 1, 2, 2, 2),
        ("bob", 1, 1, 1, 1, 1, 1),
        (None, 2, 4, 2, 3, 1, 2),
    ]
    assert totals(Period.MONTH, MARCH) == [
        ("amy", 2, 4, 1, 3, 1, 2),
        ("bob", 1, 1, 1, 1, 1, 1),
        (None, 3, 5, 2, 4, 1, 2),
    ]
    assert totals(Period.YEAR, date(2026, 1, 1))[-1] == (None, 5, 8, 2, 7, 1, 2)
    unique = PeriodVideos.objects.values_list("unique_videos", flat=True)
    assert unique.get(period=Period.MONTH, start=MARCH) == 3
    assert unique.get(period=Period.YEAR, start=date(2026, 1, 1)) == 5
    assert unique.get(period=Period.ALL) == 6


def test_a_pending_day_keeps_its_longer_periods_from_being_built(three_months):
    day = date(2026, 3, 10)
    rollups.delete_rollups(rollups.longer_periods(day))
    PendingDay.objects.create(day=day)

    rollups.build_longer_periods()

    spans = {(span.period, span.start) for span in load_status().built}
    assert spans == {
        (Period.MONTH, date(2026, 2, 1)),
        (Period.MONTH, APRIL),
        (Period.MONTH, date(2027, 3, 1)),
        (Period.YEAR, date(2027, 1, 1)),
    }
    assert load_status().pending == {day}


def test_building_a_day_again_deletes_the_longer_periods_that_hold_it(three_months):
    rollups.build_days([date(2026, 3, 11)])

    spans = {(span.period, span.start) for span in load_status().built}
    assert (Period.MONTH, date(2026, 2, 1)) in spans
    assert spans.isdisjoint({(Period.MONTH, MARCH), (Period.YEAR, date(2026, 1, 1))})
    assert ALL_TIME not in load_status().built


def test_deleting_nothing_deletes_nothing(three_months):
    before = PeriodVideos.objects.count()
    rollups.delete_rollups([])
    assert PeriodVideos.objects.count() == before


@pytest.mark.parametrize(
    ("changed", "march_is_used"),
    [
        (date(2026, 2, 28), True),
        (date(2026, 3, 1), False),
        (date(2026, 3, 31), False),
        (date(2026, 4, 1), True),
    ],
)
def test_a_changed_day_at_either_end_takes_its_month_out_of_use(
    three_months, changed, march_is_used
):
    rows, chosen = selected(date(2026, 2, 1), date(2026, 4, 30), [changed])
    assert (("month", "2026-03-01") in rows) is march_is_used
    assert chosen.days_without_rollup == {changed}


def test_the_last_day_of_a_period():
    assert month_of(date(2026, 2, 10)).last == date(2026, 2, 28)
    assert month_of(date(2028, 2, 10)).last == date(2028, 2, 29)
    assert year_of(date(2026, 2, 10)).last == date(2026, 12, 31)
