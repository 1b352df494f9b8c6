"""The review by session, speed, queue and moderator, by hand."""

from datetime import date, timedelta

import pytest
from django.db.models import Q

from analytics.access import PORTAL
from analytics.metrics.registry import METRICS
from analytics.metrics.review_sessions import (
    assignments_with_subqueue,
    average_speed_by_day,
    queue_order,
    unique_videos_by_day,
)
from analytics.models import Moderator, QueueAssignment
from analytics.scope import Scope
from tests.brute import PlainSession
from tests.factory import write_session
from tests.reviewed import FIRST, view, write_march

TENTH, ELEVENTH, TWELFTH = (date(2026, 3, day) for day in (10, 11, 12))


@pytest.fixture
def march(db):
    return write_march()


def values(result):
    return [tuple(row.values()) for row in result.rows]


def test_unique_videos(march):
    result = METRICS["unique-videos"](Scope(PORTAL))
    assert result.rows == [{"unique_videos": 5}]
    assert result.notes == ["1 view has no video id and is not among the unique videos"]
    assert result.n == 8


def test_unique_videos_of_each_session(march):
    result = METRICS["unique-videos-per-session"](Scope(PORTAL))
    assert values(result) == [
        ("alice-1", "alice", FIRST, 2),
        ("alice-2", "alice", FIRST + timedelta(days=1), 1),
        ("bob-1", "bob", FIRST + timedelta(days=2), 3),
    ]
    assert result.n == 3
    condensed = unique_videos_by_day(Scope(PORTAL))
    assert values(condensed) == [(TENTH, 1, 2, 2, 2), (ELEVENTH, 1, 1, 1, 1), (TWELFTH, 1, 3, 3, 3)]
    assert condensed.n == 3


def test_playback_speeds(march):
    result = METRICS["playback-speeds"](Scope(PORTAL))
    assert values(result) == [(1, 1), (1.5, 1), (2, 1)]
    assert result.n == 3
    by_session = METRICS["playback-speed-per-session"](Scope(PORTAL))
    assert values(by_session) == [("alice-1", "alice", FIRST, 1.5)]
    assert by_session.notes == ["2 sessions chose no speed"]
    assert by_session.n == 1
    condensed = average_speed_by_day(Scope(PORTAL))
    assert values(condensed) == [(TENTH, 1, 1.5, 1.5, 1.5)]
    assert condensed.n == 1


def test_items_by_queue(march):
    result = METRICS["queues"](Scope(PORTAL))
    assert values(result) == [("Spam", 2, 45), ("=Minors", 1, 0)]
    assert result.summary == {"assignments": 3, "items": 45, "queues": 2}
    assert result.n == 45
    by_day = METRICS["queue-by-day"](Scope(PORTAL))
    assert values(by_day) == [
        (TENTH, "=Minors", 1, 0), (TENTH, "Spam", 1, 40), (TWELFTH, "Spam", 1, 5),
    ]  # fmt: skip
    assert by_day.n == 45


def test_queue_details_show_the_most_items_first(march):
    result = METRICS["queue-details"](Scope(PORTAL, session=march["alice-1"]))
    assert values(result) == [
        ("Spam", 40, "Bots", 30), ("Spam", 40, "Links", 10), ("=Minors", None, None, None),
    ]  # fmt: skip
    assert result.n == 40


def test_moderators(march):
    result = METRICS["moderator-review"](Scope(PORTAL))
    # Alice decided 3 videos of known time in 510 active seconds of 600, Bob 1 in 100 of 100.
    # Wilson's interval of 0 of 1 ends at z² / (1 + z²), with z = 1.96.
    assert result.rows == [
        {
            "moderator": "alice",
            "sessions": 2,
            "videos": 5,
            "accepted": 2,
            "rejected": 2,
            "reject_rate": 0.5,
            "reject_low": pytest.approx(0.150039, abs=1e-6),
            "reject_high": pytest.approx(0.849961, abs=1e-6),
            "completion_rate": 0.6,
            "handle_seconds": 170,
            "throughput_per_hour": pytest.approx(3 * 3600 / 510),
            "occupancy": 0.85,
        },
        {
            "moderator": "bob",
            "sessions": 1,
            "videos": 3,
            "accepted": 1,
            "rejected": 0,
            "reject_rate": 0,
            "reject_low": 0,
            "reject_high": pytest.approx(0.793451, abs=1e-6),
            "completion_rate": 1,
            "handle_seconds": 100,
            "throughput_per_hour": pytest.approx(36),
            "occupancy": 1,
        },
    ]
    (note,) = result.notes
    assert note.startswith("Intervals of reject rates: D = 1.000,")
    assert result.n == 2


def test_nobody_has_no_note(db):
    result = METRICS["moderator-review"](Scope(PORTAL))
    assert (result.rows, result.notes, result.n) == ([], [], 0)


def test_the_intervals_of_one_moderator_are_as_wide_as_everybody_s(db):
    # Alice's sessions are all or nothing, Bob's half and half.
    decided = {"alice": ["aaaa", "qqqq"], "bob": ["aqaq", "aqaq"]}
    for name, sessions in decided.items():
        for at, keys in enumerate(sessions):
            views = [view(f"v{number}", key) for number, key in enumerate(keys)]
            write_session(PlainSession(f"{name}-{at}", name, FIRST, None, views, [], []))
    of_all = METRICS["moderator-review"](Scope(PORTAL))
    bob = Scope(PORTAL, moderator=Moderator.objects.get(username="bob"))
    of_bob = METRICS["moderator-review"](bob)
    assert of_bob.rows == of_all.rows[1:]
    assert of_bob.notes == of_all.notes
    assert "D = 1.000" not in of_all.notes[0]


def test_a_queue_of_unknown_items_comes_among_those_without_any():
    items = [("B", 0), ("A", None), ("C", 5), ("A", 0)]
    queues = [
        QueueAssignment(name=name, item_count=n, position=at) for at, (name, n) in enumerate(items)
    ]
    ordered = sorted(queues, key=queue_order)
    assert [(queue.name, queue.item_count) for queue in ordered] == [
        ("C", 5), ("A", None), ("A", 0), ("B", 0),
    ]  # fmt: skip


def test_a_row_without_a_subqueue_stands_for_assignments_that_have_none():
    assert assignments_with_subqueue({"subqueue": None}).condition == Q(subqueues={})
    named = assignments_with_subqueue({"subqueue": "Bots"})
    assert named.condition == Q(subqueues__has_key="Bots")
