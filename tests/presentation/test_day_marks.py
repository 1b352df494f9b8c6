"""What charts by day are marked with: the same days and shifts that the findings name."""

from datetime import date

import pytest

from analytics.display import Display, activate
from analytics.metrics.grains import Grain
from analytics.metrics.registry import METRICS
from analytics.presentation.day_marks import chart_marks, days_between
from analytics.presentation.over_time import over_time
from tests.insights.conftest import EVERYTHING, plain
from tests.insights.test_changes import session_of, stored

pytestmark = pytest.mark.django_db


def marks_of(scope=EVERYTHING, grain=Grain.DAY):
    metric = METRICS["review-by-day"]
    return chart_marks(over_time(metric, metric(scope), scope, grain, today=date(2030, 1, 1)))


def test_every_measure_that_is_watched_can_be_seen_with_its_limits():
    stored(session_of(day, rejected=12 if day < 20 else 25) for day in range(40))
    marks = marks_of()
    assert marks.first == "Videos"
    assert list(marks.alone) == ["Reject rate", "Handle time", "Completion", "Idle share"]
    assert marks.over == [marks.alone["Reject rate"]]
    (shift,) = marks.over[0].shifts
    assert shift.day == date(2026, 3, 22)
    assert not marks.alone["Handle time"].shifts
    assert [each.is_share for each in marks.alone.values()] == [True, False, True, True]
    # Only what is watched has limits.
    assert [bool(each.level) for each in marks.alone.values()] == [True, True, True, False]
    rows = METRICS["review-by-day"](EVERYTHING).rows
    assert marks.alone["Handle time"].values == pytest.approx([r["handle_seconds"] for r in rows])


def test_a_wave_is_marked_with_its_days_and_levels():
    wave = range(15, 20)
    stored(session_of(day, rejected=40 if day in wave else 12) for day in range(40))
    (marks,) = marks_of().over
    (found,) = marks.waves
    assert (found.first, found.last) == (date(2026, 3, 17), date(2026, 3, 21))
    assert plain(found.text).startswith("Wave 17–21 Mar: ")
    assert " instead of " in found.text


def test_few_days_have_no_limits():
    stored(session_of(day, rejected=12) for day in range(10))
    marks = marks_of()
    assert marks.over == []
    assert not any(each.level or each.outside for each in marks.alone.values())


def test_weeks_pool_what_days_count_and_keep_what_shifted():
    stored(session_of(day, rejected=12 if day < 20 else 25) for day in range(40))
    rows = METRICS["review-by-day"](EVERYTHING).rows
    by_week = marks_of(grain=Grain.WEEK)
    rate = by_week.alone["Reject rate"]
    week = [row for row in rows if date(2026, 3, 2) <= row["day"] <= date(2026, 3, 8)]
    rejected, accepted = (sum(row[name] for row in week) for name in ("rejected", "accepted"))
    assert rate.values[0] == pytest.approx(rejected / (rejected + accepted))
    assert plain(rate.texts[0]).startswith("Week 10, 2 Mar – 8 Mar 2026: ")
    assert (rate.level, rate.outside) == ((), ())
    (shift,) = rate.shifts
    assert shift.day == date(2026, 3, 22)
    assert by_week.over == [rate]
    month = marks_of(grain=Grain.MONTH).alone["Handle time"]
    march = [row for row in rows if row["day"].month == 3]
    decided = sum(row["accepted"] + row["rejected"] for row in march)
    active = sum(row["active_seconds"] for row in march)
    assert month.values[0] == pytest.approx(active / decided)


def test_other_charts_have_none():
    stored(session_of(day, rejected=12) for day in range(3))
    metric = METRICS["unique-videos-per-session"]
    over = over_time(metric, metric(EVERYTHING), EVERYTHING, Grain.DAY, today=date(2030, 1, 1))
    assert chart_marks(over) is None


@pytest.mark.parametrize(
    ("date_format", "one_month", "two_months"),
    [
        ("named-month", "16–18 Oct", "30 Sep – 2 Oct"),
        ("iso", "10-16 – 10-18", "09-30 – 10-02"),
        ("month-first", "10/16 – 10/18", "09/30 – 10/02"),
    ],
)
def test_a_range_within_a_month_is_short_where_the_month_has_a_name(
    date_format, one_month, two_months
):
    with activate(Display(date_format=date_format)):
        assert plain(days_between(date(2026, 10, 16), date(2026, 10, 18))) == one_month
        assert plain(days_between(date(2026, 9, 30), date(2026, 10, 2))) == two_months
