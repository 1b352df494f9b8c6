"""Changes against the period before: the same numbers for pages and API, to everybody their own."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.access import PORTAL
from analytics.metrics.changes import changes
from analytics.metrics.registry import METRICS
from analytics.models import ChatSession, Moderator, ModeratorPerformance, Recommendation
from analytics.scope import Scope
from tests.brute import PlainSession
from tests.factory import write_session
from tests.reviewed import view

WEEK = timedelta(days=7)
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOW = {"start": "2026-03-09", "end": "2026-03-15"}


def write_week(moderator, start, rejected, seconds=100):
    """Five sessions of 10 decided videos, one a day; ``rejected`` of each."""
    for nth, count in enumerate(rejected):
        at = start + timedelta(days=nth)
        views = [view(f"v{i}", "q" if i < count else "a") for i in range(10)]
        write_session(
            PlainSession(
                f"{moderator}-{at:%m%d}", moderator, at, seconds * 1_000_000, views, [], []
            )
        )


@pytest.fixture
def two_weeks(db):
    write_week("alice", FIRST, (2, 4, 2, 4, 3), seconds=100)
    write_week("alice", FIRST + WEEK, (5, 7, 5, 7, 6), seconds=200)


def get(client, path, **params):
    answer = client.get(f"/api/v1/metrics/{path}/", {**params, "change": "true"})
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_api_tells_the_change_of_each_figure(client, lea, two_weeks):
    client.force_login(lea)
    change = get(client, "review-summary", **NOW)["change"]
    assert change["sessions"] == {
        "previous": 5, "change": 0, "change_low": None, "change_high": None, "better": None,
    }  # fmt: skip
    handle = change["handle_seconds"]
    assert (handle["previous"], handle["change"]) == (10.0, 10.0)
    # Every session took as long: nothing is known of chance.
    assert (handle["change_low"], handle["better"]) == (None, None)


def test_a_reject_rate_has_an_interval_and_no_better_side(client, lea, two_weeks):
    client.force_login(lea)
    change = get(client, "moderator-review", moderator="alice", **NOW)["change"]
    rate = change["reject_rate"]
    assert (rate["previous"], rate["change"]) == pytest.approx((0.3, 0.3))
    # Videos by themselves vary more than these sessions: .45 x .55 / 50 a period, 8 degrees.
    half = 2.306004 * (2 * 0.45 * 0.55 / 50) ** 0.5
    assert (rate["change_low"], rate["change_high"]) == pytest.approx((0.3 - half, 0.3 + half))
    assert rate["better"] is None


def test_nothing_is_compared_with_days_before_the_data_begin(client, lea, two_weeks):
    client.force_login(lea)
    answer = get(client, "review-summary", start="2026-03-08", end="2026-03-14")
    assert answer["change"] is None
    assert "No comparison: data begin on 2\u00a0March" in answer["notes"]
    answer = get(client, "review-summary")
    assert answer["change"] is None
    assert "No comparison: these dates have no period before" in answer["notes"]


def test_without_the_parameter_there_is_no_change(client, lea, two_weeks):
    client.force_login(lea)
    assert "change" not in client.get("/api/v1/metrics/review-summary/", NOW).json()


def test_metrics_of_many_rows_are_compared_by_their_summary(client, lea, two_weeks):
    client.force_login(lea)
    assert list(get(client, "queues", **NOW)["change"]) == ["assignments", "items", "queues"]
    answer = get(client, "decisions", **NOW)
    assert answer["change"] is None
    assert "no single figure" in answer["notes"][-1]


def test_everybody_gets_the_change_of_what_is_theirs(client, alice, bob, two_weeks):
    client.force_login(alice)
    assert get(client, "review-summary", **NOW)["change"]["sessions"]["previous"] == 5
    client.force_login(bob)
    assert get(client, "review-summary", **NOW)["change"] is None
    answer = client.get(
        "/api/v1/metrics/review-summary/", {**NOW, "moderator": "alice", "change": "true"}
    )
    assert answer.status_code == 404
    client.logout()
    answer = client.get("/api/v1/metrics/review-summary/", {**NOW, "change": "true"})
    assert answer.status_code == 401


def test_means_of_rows_are_compared_by_person(db):
    for nth, (before, now) in enumerate([(1, 1.5), (3, 3.4), (5, 5.6), (7, 7.5), (9, 9.5)]):
        person = Moderator.objects.create(username=f"m{nth}")
        for day, value in ((FIRST, before), (FIRST + WEEK, now)):
            ModeratorPerformance.objects.create(
                moderator=person,
                date=day.date(),
                sessions_moderated=1,
                average_response_time=value,
                satisfaction_score=value,
            )
    found, reason = changes(METRICS["moderator-summary"], week(FIRST + WEEK))
    assert reason == ""
    # As in tests/comparison/test_changes.py: a paired t-test.
    half = 2.776445 * 0.001**0.5
    response, satisfaction = found["average_response_minutes"], found["average_satisfaction"]
    assert (response.low, response.high) == pytest.approx((0.5 - half, 0.5 + half))
    assert (response.better, satisfaction.better) == (False, True)
    one, _ = changes(METRICS["moderator-summary"], week(FIRST + WEEK, person))
    assert (one["average_satisfaction"].change, one["average_satisfaction"].low) == (0.5, None)


def week(start, moderator=None):
    return Scope(PORTAL, moderator, start=start.date(), end=(start + WEEK).date() - timedelta(1))


def test_chats_and_recommendations_have_intervals_by_user(db):
    for nth in range(12):
        for period, start in enumerate((FIRST, FIRST + WEEK)):
            ChatSession.objects.create(
                session_id=f"s{nth}-{period}", user_id=f"u{nth % 6}", date=start.date(),
                length_minutes=10 + nth + 5 * period, messages_sent=nth,
                feedback_rating=1 + (nth + period) % 6,
            )  # fmt: skip
            Recommendation.objects.create(
                recommendation_id=f"r{nth}-{period}", user_id="" if nth % 2 else f"u{nth}",
                date=start.date(), recommendation_type="video", click_through_rate=nth / 20,
            )  # fmt: skip
    chats, _ = changes(METRICS["activity-summary"], week(FIRST + WEEK))
    # Everybody's sessions were 5 minutes longer, without exception: no chance to be seen.
    assert (chats["average_length_minutes"].change, chats["average_length_minutes"].low) == (
        5,
        None,
    )
    assert chats["average_rating"].low < 0 < chats["average_rating"].high
    clicks, _ = changes(METRICS["click-through-rate"], week(FIRST + WEEK))
    assert clicks["average"].change == 0
    assert clicks["average"].low < 0 < clicks["average"].high
    assert clicks["average"].better is None
