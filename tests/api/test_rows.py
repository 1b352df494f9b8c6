"""The records behind a number over REST: whole answers, pages, CSV, refusals."""

import csv
import io

import pytest

from analytics.metrics.columns import INTERVAL_END
from analytics.models import (
    ChatSession,
    Moderator,
    ModeratorPerformance,
    Recommendation,
    VideoView,
)
from tests.api.conftest import with_login
from tests.reviewed import write_march


@pytest.fixture
def march(db):
    return write_march()


def rows_of(client, slug, **params):
    answer = client.read(f"metrics/{slug}/rows/", params)
    assert answer.status_code == 200, answer.content
    return answer.json()


def ids(body, *names):
    return [tuple(row[name] for name in names) for row in body["results"]]


def test_a_count(march, reader):
    body = rows_of(reader, "decisions", decision="rejected")
    views = {view.position: view for view in VideoView.objects.filter(decision="rejected")}
    assert body == {
        "of": {"records": "videos", "how": "count", "count": 2, "shown": 2},
        "next": None,
        "results": [
            {
                "id": views[0].pk,
                "position": 0,
                "videoId": "v3",
                "status": "completed",
                "watched": None,
                "loopTime": None,
                "keys": ["q"],
                "decision": "rejected",
                "soundMuted": "muted",
                "queue": None,
                "reason": None,
                "startedAt": None,
                "speeds": [],
                "moderator": "alice",
                "session": "alice-2",
                "session_start": "2026-03-11T09:30:00+00:00",
            },
            {
                "id": views[1].pk,
                "position": 1,
                "videoId": "v2",
                "status": "partial",
                "watched": None,
                "loopTime": None,
                "keys": ["q"],
                "decision": "rejected",
                "soundMuted": "unmuted",
                "queue": None,
                "reason": None,
                "startedAt": None,
                "speeds": [],
                "moderator": "alice",
                "session": "alice-1",
                "session_start": "2026-03-10T09:30:00+00:00",
            },
        ],
    }


def test_a_rate_marks_what_is_counted(march, reader):
    body = rows_of(reader, "moderator-review", moderator="alice", column="reject_rate")
    assert body["of"] == {"records": "videos", "how": "rate", "count": 4, "shown": 0.5}
    assert ids(body, "session", "position", "counted") == [
        ("alice-2", 0, True),
        ("alice-1", 2, False),
        ("alice-1", 1, True),
        ("alice-1", 0, False),
    ]


def test_a_share_is_of_everything(march, reader):
    body = rows_of(reader, "decisions", decision="none", column="share")
    assert body["of"] == {"records": "videos", "how": "rate", "count": 8, "shown": 0.375}
    assert sum(row["counted"] for row in body["results"]) == 3


def test_a_ratio_has_amounts_and_weights(march, reader):
    """700 s less 90 idle ones, over four decided videos; a session of unknown length is out."""
    body = rows_of(reader, "review-summary", column="handle_seconds")
    assert body["of"] == {"records": "sessions", "how": "ratio", "count": 2, "shown": 152.5}
    assert ids(body, "_id", "amount", "weight") == [("bob-1", 100.0, 1), ("alice-1", 510.0, 3)]


def test_decided_videos_an_hour_are_times_3600(march, reader):
    body = rows_of(reader, "moderator-review", moderator="alice", column="throughput_per_hour")
    assert ids(body, "_id", "amount", "weight") == [("alice-1", 3, 510.0)]
    assert body["of"]["shown"] == pytest.approx(3 / 510 * 3600)


def test_a_sum(march, reader):
    body = rows_of(reader, "queues", queue="Spam", column="items")
    assert body["of"] == {"records": "queues", "how": "sum", "count": 2, "shown": 45}
    assert ids(body, "session", "name", "amount") == [("bob-1", "Spam", 5), ("alice-1", "Spam", 40)]


def test_a_mean_over_speeds(march, reader):
    params = {"session": "alice-1", "column": "average_speed"}
    body = rows_of(reader, "playback-speed-per-session", **params)
    assert body["of"] == {"records": "speeds", "how": "mean", "count": 3, "shown": 1.5}
    assert ids(body, "videoId", "video_position", "position", "value", "amount") == [
        ("v1", 2, 0, 2.0, 2.0),
        ("v1", 0, 1, 1.5, 1.5),
        ("v1", 0, 0, 1.0, 1.0),
    ]


def test_distinct_things_are_a_row_each(march, reader):
    body = rows_of(reader, "review-summary", column="unique_videos")
    assert body["of"] == {"records": "videos", "how": "distinct", "count": 5, "shown": 5}
    assert body["results"] == [
        {"videoId": "v1", "views": 3, "sessions": 2, "moderators": 2},
        {"videoId": "v2", "views": 1, "sessions": 1, "moderators": 1},
        {"videoId": "v3", "views": 1, "sessions": 1, "moderators": 1},
        {"videoId": "v4", "views": 1, "sessions": 1, "moderators": 1},
        {"videoId": "v5", "views": 1, "sessions": 1, "moderators": 1},
    ]
    queues = rows_of(reader, "queues", column="queues")
    assert queues["of"] == {"records": "queues", "how": "distinct", "count": 2, "shown": 2}
    assert queues["results"] == [
        {"queue": "=Minors", "assignments": 1, "items": 0},
        {"queue": "Spam", "assignments": 2, "items": 45},
    ]
    people = rows_of(reader, "review-by-day", day="2026-03-12", column="moderators")
    assert people["of"] == {"records": "moderators", "how": "distinct", "count": 1, "shown": 1}
    assert ids(people, "username") == [("bob",)]


def test_a_median_is_the_one_in_the_middle_or_both(march, reader):
    body = rows_of(reader, "idle-summary", kind="pause", column="median_seconds")
    assert body["of"] == {"records": "inactivity", "how": "median", "count": 1, "shown": 60.0}
    assert ids(body, "session", "duration") == [("alice-1", 60)]


def test_a_bin_of_idle_intervals(march, reader):
    body = rows_of(reader, "idle-time", kind="pause", from_seconds="60")
    assert body["of"] == {"records": "inactivity", "how": "count", "count": 1, "shown": 1}
    empty = rows_of(reader, "idle-time", kind="inactivity", from_seconds="60")
    assert empty == {
        "of": {"records": "inactivity", "how": "count", "count": 0, "shown": 0},
        "next": None,
        "results": [],
    }


def test_an_extreme_is_all_that_have_the_value(db, reader):
    Recommendation.objects.bulk_create(
        Recommendation(
            recommendation_id=f"r{n}",
            date="2026-03-10",
            recommendation_type="video",
            click_through_rate=rate,
        )
        for n, rate in enumerate((0.5, 0.25, 0.25, 1))
    )
    body = rows_of(reader, "click-through-rate", column="minimum")
    assert body["of"] == {"records": "recommendations", "how": "extreme", "count": 2, "shown": 0.25}
    assert ids(body, "recommendation_id") == [("r2",), ("r1",)]


def test_the_summary_without_keys(march, reader):
    body = rows_of(reader, "sound-status", column="muted_share")
    assert body["of"] == {"records": "videos", "how": "rate", "count": 7, "shown": 5 / 7}


def test_a_whole_scope_without_keys(march, reader):
    body = rows_of(reader, "moderator-review", column="reject_rate")
    assert body["of"] == {"records": "videos", "how": "rate", "count": 5, "shown": 0.4}
    first = rows_of(reader, "review-by-day")
    assert first["of"] == {"records": "sessions", "how": "count", "count": 3, "shown": 3}


def test_null_is_unknown(march, reader):
    body = rows_of(reader, "decisions-by-queue", queue="unknown", column="rejected")
    assert body["of"] == {"records": "videos", "how": "count", "count": 2, "shown": 2}


def test_pages(march, reader):
    address, found = "metrics/review-summary/rows/?column=videos&page_size=3", []
    while address:
        answer = reader.read(address)
        body = answer.json()
        found += ids(body, "session", "position")
        assert body["of"]["count"] == 8
        address = body["next"] and body["next"].split("/api/v1/")[1]
    assert found == [
        *[("bob-1", n) for n in (2, 1, 0)],
        ("alice-2", 0),
        *[("alice-1", n) for n in (3, 2, 1, 0)],
    ]


def test_csv_is_whole(march, reader):
    answer = reader.read(
        "metrics/review-summary/rows/", {"column": "logged_seconds", "format": "csv"}
    )
    text = b"".join(answer.streaming_content).decode()
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="review-summary-logged_seconds.csv"'
    )
    assert text.splitlines() == [
        "_id,moderator,starttime,endtime,duration,amount",
        "bob-1,bob,2026-03-12T09:30:00+00:00,2026-03-12T09:31:40+00:00,100,100",
        "alice-1,alice,2026-03-10T09:30:00+00:00,2026-03-10T09:40:00+00:00,600,600",
    ]
    things = reader.read(
        "metrics/review-summary/rows/", {"column": "unique_videos", "format": "csv"}
    )
    lines = b"".join(things.streaming_content).decode().splitlines()
    assert lines[:2] == ["videoId,views,sessions,moderators", "v1,3,2,2"]
    rate = reader.read("metrics/sound-status/rows/", {"column": "muted_share", "format": "csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(rate.streaming_content).decode())))
    assert [row["counted"] for row in rows].count("true") == 5


@pytest.mark.parametrize(
    ("slug", "params", "status", "field", "message"),
    [
        ("decisions", {"column": "share"}, 400, "column",
         "Share is of a row: name it by decision."),
        ("decisions", {"column": "decision"}, 400, "column",
         "Decision names the rows of decisions; it is no number."),
        ("decisions", {"column": "reject_low"}, 400, "column",
         "Decisions has no column 'reject_low' here; it has videos, share."),
        ("decisions", {"day": "2026-03-10"}, 400, "day",
         "Names no row of decisions: its rows are named by decision."),
        ("review-summary", {"day": "2026-03-10"}, 400, "day",
         "Names no row of review-summary: no key names its rows."),
        ("idle-time", {"kind": "pause"}, 400, "from_seconds",
         "A row of idle-time is named by kind, from_seconds together."),
        ("idle-time", {"kind": "pause", "from_seconds": "7"}, 400, "from_seconds",
         "'7' begins no bin of idle-time."),
        ("idle-time", {"kind": "pause", "from_seconds": "x"}, 400, "from_seconds",
         "'x' is not a number."),
        ("idle-time", {"kind": "nap", "from_seconds": "0"}, 404, "kind",
         "No row of idle-time has the kind 'nap'."),
        ("review-by-day", {"day": "2026-03-20"}, 404, "day",
         "No row of review-by-day has the day '2026-03-20'."),
        ("review-by-day", {"day": "today"}, 400, "day",
         "'today' is not a date; write it as YYYY-MM-DD."),
        ("moderator-review", {"column": "reject_low"}, 404, "column",
         f"Reject_low has no records: {INTERVAL_END}"),
        ("moderator-comparison", {"column": "reject_rate_expected"}, 404, "column",
         "Reject_rate_expected has no records: It is computed from the work of the whole team."),
        ("queue-details", {"queue": "Spam"}, 400, "subqueue",
         "A row of queue-details is named by queue, subqueue together."),
    ],
)  # fmt: skip
def test_refusals_say_why(march, reader, slug, params, status, field, message):
    answer = reader.read(f"metrics/{slug}/rows/", params)
    assert (answer.status_code, answer.json()["errors"]) == (
        status,
        [{"field": field, "message": message}],
    )


def test_a_moderator_opens_own_numbers_only(march, alice, bob):
    mine = rows_of(with_login(bob), "decisions", decision="accepted")
    assert ids(mine, "session") == [("bob-1",)]
    other = with_login(bob).read("metrics/decisions/rows/", {"moderator": "alice"})
    assert other.status_code == 404
    people = rows_of(with_login(alice), "review-summary", column="moderators")
    assert ids(people, "username") == [("alice",)]


def test_what_belongs_to_nobody_is_for_leads(db, alice, reader):
    ChatSession.objects.create(
        session_id="c1", user_id="u1", date="2026-03-10", length_minutes=3, messages_sent=4
    )
    body = rows_of(reader, "activity-summary", column="average_length_minutes")
    assert body == {
        "of": {"records": "user-activity", "how": "mean", "count": 1, "shown": 3.0},
        "next": None,
        "results": [
            {
                "user_id": "u1",
                "session_id": "c1",
                "date": "2026-03-10",
                "session_length": 3.0,
                "messages_sent": 4,
                "feedback_rating": None,
                "resources_clicked": None,
                "amount": 3.0,
            }
        ],
    }
    month = {"team": "true", "start": "2026-03-01", "end": "2026-03-31"}
    for params in ({}, month):
        answer = with_login(alice).read("metrics/activity-summary/rows/", params)
        assert answer.status_code == 403


def test_weighted_means_of_days(alice, reader):
    person = Moderator.objects.get(username="alice")
    for day, sessions, score in ((1, 2, 5.0), (2, 6, 3.0), (3, 4, None)):
        ModeratorPerformance.objects.create(
            moderator=person,
            date=f"2026-03-0{day}",
            sessions_moderated=sessions,
            average_response_time=8,
            satisfaction_score=score,
        )
    body = rows_of(reader, "moderator-summary", column="weighted_satisfaction")
    assert body["of"] == {
        "records": "moderator-performance",
        "how": "ratio",
        "count": 2,
        "shown": 3.5,
    }
    assert ids(body, "date", "amount", "weight") == [
        ("2026-03-02", 18.0, 6),
        ("2026-03-01", 10.0, 2),
    ]
