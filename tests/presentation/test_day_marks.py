"""What charts by day are marked with: the same days and shifts that the findings name."""

from datetime import date

import pytest

from analytics.access import PORTAL
from analytics.metrics.registry import METRICS
from analytics.presentation.day_marks import chart_marks
from analytics.scope import Scope
from tests.insights.conftest import EVERYTHING, plain
from tests.insights.test_changes import session_of, stored

pytestmark = pytest.mark.django_db


def test_every_measure_that_is_watched_can_be_seen_with_its_limits():
    stored(session_of(day, rejected=12 if day < 20 else 25) for day in range(40))
    marks = chart_marks("review-by-day", EVERYTHING)
    assert marks.first == "Videos"
    assert list(marks.alone) == ["Reject rate", "Handle time", "Completion"]
    assert marks.over == [marks.alone["Reject rate"]]
    (shift,) = marks.over[0].shifts
    assert shift.day == date(2026, 3, 22)
    assert not marks.alone["Handle time"].shifts
    assert [each.is_share for each in marks.alone.values()] == [True, False, True]
    rows = METRICS["review-by-day"](EVERYTHING).rows
    assert marks.alone["Handle time"].values == pytest.approx([r["handle_seconds"] for r in rows])


def test_a_wave_is_marked_with_its_days_and_levels():
    wave = range(15, 20)
    stored(session_of(day, rejected=40 if day in wave else 12) for day in range(40))
    (marks,) = chart_marks("review-by-day", EVERYTHING).over
    (found,) = marks.waves
    assert (found.first, found.last) == (date(2026, 3, 17), date(2026, 3, 21))
    assert plain(found.text).startswith("Wave 17–21 Mar: ")
    assert " instead of " in found.text


def test_few_days_team_totals_and_other_charts_have_none():
    stored(session_of(day, rejected=12) for day in range(10))
    for slug in ("review-by-day", "decisions"):
        assert chart_marks(slug, EVERYTHING) is None
    assert chart_marks("review-by-day", Scope(PORTAL, team=True)) is None
