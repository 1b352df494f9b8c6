"""What was done in the review tool, by hand: rows, summaries, notes and what ``n`` counts."""

from datetime import date

import pytest
from django.db.models import Q

from analytics.access import PORTAL
from analytics.metrics.columns import LENGTH_BUCKETS
from analytics.metrics.registry import METRICS
from analytics.metrics.review import sessions_of_length, sound_count
from analytics.models import Sound
from analytics.scope import Scope
from tests.reviewed import write_march


def of_march(slug):
    write_march()
    return METRICS[slug](Scope(PORTAL))


@pytest.mark.django_db
def test_the_summary():
    result = of_march("review-summary")
    # Active: 600 - 60 - 30 and 100 seconds, in which 3 and 1 videos were decided.
    assert result.rows == [
        {
            "sessions": 3,
            "moderators": 2,
            "videos": 8,
            "unique_videos": 5,
            "accepted": 3,
            "rejected": 2,
            "logged_seconds": 700,
            "idle_seconds": 90,
            "active_seconds": 610,
            "handle_seconds": 152.5,
        }
    ]
    assert result.summary == {"idle_share": pytest.approx(90 / 700)}
    assert result.n == 3
    assert result.notes == [
        "1 session has no duration and is not in times and handle time",
        "1 view has no video id and is not among the unique videos",
    ]


@pytest.mark.django_db
def test_each_day_from_the_first_to_the_last():
    session = write_march()["alice-2"]
    session.delete()
    result = METRICS["review-by-day"](Scope(PORTAL))
    names = ("day", "sessions", "moderators", "videos", "accepted", "rejected", "none")
    assert [tuple(row[name] for name in names) for row in result.rows] == [
        (date(2026, 3, 10), 1, 1, 4, 2, 1, 1),
        (date(2026, 3, 11), 0, 0, 0, 0, 0, 0),
        (date(2026, 3, 12), 1, 1, 3, 1, 0, 2),
    ]
    times = ("reject_rate", "active_seconds", "handle_seconds")
    assert [tuple(row[name] for name in times) for row in result.rows] == [
        (pytest.approx(1 / 3), 510, 170),
        (None, 0, None),
        (0, 100, 100),
    ]
    assert result.n == 7


@pytest.mark.django_db
def test_without_sessions_there_are_no_days():
    result = METRICS["review-by-day"](Scope(PORTAL))
    assert (result.rows, result.n) == ([], 0)


@pytest.mark.django_db
def test_decisions():
    result = of_march("decisions")
    assert [tuple(row.values()) for row in result.rows] == [
        ("accepted", 3, 3 / 8), ("rejected", 2, 2 / 8), ("none", 3, 3 / 8),
    ]  # fmt: skip
    assert result.n == 8


@pytest.mark.django_db
def test_how_far_videos_were_watched():
    result = of_march("video-status")
    assert [tuple(row.values()) for row in result.rows] == [
        ("completed", 6, 6 / 8), ("partial", 1, 1 / 8), ("not_started", 1, 1 / 8),
    ]  # fmt: skip
    assert result.n == 8


@pytest.mark.django_db
def test_sound():
    result = of_march("sound-status")
    assert [tuple(row.values()) for row in result.rows] == [
        ("muted", 5, 5 / 7), ("unmuted", 2, 2 / 7), ("unknown", 1, None),
    ]  # fmt: skip
    assert result.summary == {"known": 7, "muted": 5, "unmuted": 2, "muted_share": 5 / 7}
    assert result.notes == ["1 video's sound is unknown"]
    assert result.n == 7


def test_the_views_of_a_counter_by_sound():
    counters = {"videos": 9, "muted": 5, "unmuted": 1}
    assert [sound_count(sound, counters) for sound in (Sound.MUTED, Sound.UNMUTED)] == [5, 1]
    assert sound_count(Sound.UNKNOWN, counters) == 3


@pytest.mark.django_db
def test_session_length():
    result = of_march("session-duration")
    found = {row["bucket"]: row["sessions"] for row in result.rows if row["sessions"]}
    assert found == {"61-120s": 1, "301-600s": 1, "unknown": 1}
    assert result.n == 3


@pytest.mark.parametrize(
    ("bucket", "condition"),
    [
        ("0-30s", Q(duration_us__isnull=False) & Q(duration_us__lte=30_000_000)),
        (
            "31-60s",
            Q(duration_us__isnull=False)
            & Q(duration_us__gt=30_000_000)
            & Q(duration_us__lte=60_000_000),
        ),
        (LENGTH_BUCKETS[-1], Q(duration_us__isnull=False) & Q(duration_us__gt=7_200_000_000)),
        ("unknown", Q(duration_us__isnull=True)),
    ],
)
def test_the_upper_bound_belongs_to_the_bucket(bucket, condition):
    assert sessions_of_length(bucket).condition == condition
