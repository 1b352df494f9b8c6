"""Rows by day, week and month: sums over sums of their days, never means of means."""

from datetime import date

import pytest

from analytics.access import PORTAL, ScopeError
from analytics.metrics.grains import Step
from analytics.metrics.registry import METRICS
from analytics.models import ChatSession
from analytics.scope import Scope
from tests.reviewed import write_march

pytestmark = pytest.mark.django_db
EVERYTHING = Scope(PORTAL)


def step(first, last):
    return Step(date.fromisoformat(first), date.fromisoformat(last), False, "")


def rows_of(slug, *steps):
    return METRICS[slug].of_steps(EVERYTHING, steps)


def test_review_work_is_pooled_and_people_are_not_added_up():
    write_march()
    first = METRICS["review-by-day"](EVERYTHING).rows[0]["day"]
    whole, nothing = rows_of(
        "review-by-day",
        Step(first, first.replace(day=28), False, ""),
        step("2026-05-01", "2026-05-02"),
    )
    assert "moderators" not in whole
    # 3 accepted, 2 rejected, 3 of 8 undecided; 610 of 700 s active over 4 timed decisions.
    names = ("sessions", "videos", "accepted", "rejected", "none")
    assert [whole[name] for name in names] == [3, 8, 3, 2, 3]
    assert whole["reject_rate"] == pytest.approx(2 / 5)
    assert whole["handle_seconds"] == pytest.approx(610 / 4)
    assert whole["idle_share"] == pytest.approx(90 / 700)
    assert whole["completion_rate"] == pytest.approx(6 / 8)
    assert (nothing["videos"], nothing["reject_rate"], nothing["idle_share"]) == (0, None, None)


def test_a_mean_of_sessions_is_over_all_of_a_week():
    write_march()
    row, nothing = rows_of(
        "unique-videos-per-session",
        step("2026-01-01", "2026-12-31"),
        step("2025-01-01", "2025-01-01"),
    )
    # 2, 1 and 3 unique videos.
    assert (row["sessions"], row["mean"], row["low"], row["high"]) == (3, 2.0, 1, 3)
    assert nothing is None
    (speed,) = rows_of("playback-speed-per-session", step("2026-01-01", "2026-12-31"))
    assert (speed["sessions"], speed["mean"]) == (1, 1.5)


def test_a_rating_is_of_all_its_sessions():
    for number, (day, rating) in enumerate(((1, 2), (1, 2), (2, 6), (9, None))):
        ChatSession.objects.create(
            session_id=f"c{number}", user_id="u", length_minutes=1, messages_sent=1,
            feedback_rating=rating, date=date(2026, 3, day),
        )  # fmt: skip
    first, second = rows_of(
        "rating-by-month", step("2026-03-01", "2026-03-07"), step("2026-03-08", "2026-03-14")
    )
    assert (first["sessions"], first["average_rating"]) == (3, pytest.approx(10 / 3))
    # Nothing is rated: no row, not 0.
    assert second is None


def test_other_metrics_have_none():
    with pytest.raises(ScopeError, match="decisions has no rows by week or month"):
        METRICS["decisions"].of_steps(EVERYTHING, [step("2026-03-01", "2026-03-07")])
