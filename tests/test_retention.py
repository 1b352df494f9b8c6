"""Old months go with their figures; what is kept stays exact, and what went stays refused."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from analytics import retention
from analytics.imports.sessions.store import store_documents
from analytics.models import (
    ChatSession,
    Moderator,
    ModeratorPerformance,
    QualityCheck,
    Recommendation,
    SeenValue,
    Session,
    SessionTotals,
    Video,
    VideoView,
)
from analytics.summaries.checking import differences
from analytics.summaries.writing import refresh
from audit.models import Entry

TODAY = date(2026, 3, 31)
ROWS = "1 chat sessions, 1 recommendations, 1 performance rows"


def session(public_id, start, *videos):
    return {
        "_id": public_id,
        "starttime": start,
        "duration": 60,
        "videos": [{"videoId": name, "keys": ["a"], "status": "Seen"} for name in videos],
        "queues": [{"name": f"of {public_id}", "count": 2}],
    }


def documents():
    """Three months of alice, who has nothing later than February, and of bob."""
    return [
        {
            "username": "alice",
            "sessions": [
                session("a1", "2026-01-05T10:00:00Z", "v1", "v2"),
                session("a2", "2026-01-31T23:59:59Z", "v2", "v3"),
                session("a3", "2026-02-01T00:00:00Z", "v3"),
            ],
        },
        {"username": "bob", "sessions": [session("b1", "2026-03-09T10:00:00Z", "v4")]},
    ]


@pytest.fixture
def data(db, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)
    store_documents(documents())
    alice = Moderator.objects.get(username="alice")
    for day in ("2026-01-31", "2026-02-01"):
        ChatSession.objects.create(
            session_id=f"c-{day}", user_id="u1", date=day, length_minutes=3, messages_sent=4
        )
        Recommendation.objects.create(
            recommendation_id=f"r-{day}",
            date=day,
            recommendation_type="video",
            click_through_rate=0.5,
        )
        ModeratorPerformance.objects.create(
            moderator=alice, date=day, sessions_moderated=3, average_response_time=4
        )
    QualityCheck.objects.create(
        session_id="a1", position=0, video="v1", decision="accepted", verdict="accepted"
    )
    refresh()


def run(keep_days, capsys, *options):
    call_command("retention", "--keep-days", str(keep_days), *options)
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("keep_days", "day"),
    [
        (30, date(2026, 3, 1)),
        (31, date(2026, 2, 1)),
        (58, date(2026, 2, 1)),
        (59, date(2026, 1, 1)),
    ],
)
def test_a_month_goes_when_its_last_day_is_old_enough(keep_days, day):
    assert retention.first_kept_day(keep_days, TODAY) == day


def test_a_dry_run_says_what_would_go_and_deletes_nothing(data, capsys):
    before = Entry.objects.count()
    assert run(30, capsys, "--dry-run") == [
        f"2026-01: 2 review sessions, 4 views, {ROWS}",
        f"2026-02: 1 review sessions, 1 views, {ROWS}",
        "would delete 2 months from before 2026-03-01",
    ]
    assert (Session.objects.count(), Entry.objects.count()) == (4, before)


def test_a_month_goes_with_its_figures(data, capsys):
    seen = SeenValue.objects.count()
    assert run(31, capsys) == [
        f"2026-01: 2 review sessions, 4 views, {ROWS}",
        "deleted 1 months from before 2026-02-01",
    ]
    assert sorted(map(str, Session.objects.all())) == ["a3", "b1"]
    assert VideoView.objects.count() == 2
    assert SessionTotals.objects.count() == 2
    assert sorted(map(str, Video.objects.all())) == ["v3", "v4"]
    for model in (ChatSession, Recommendation, ModeratorPerformance):
        assert [row.date for row in model.objects.all()] == [date(2026, 2, 1)]
    assert not QualityCheck.objects.exists()
    # A value keeps its colour.
    assert SeenValue.objects.count() == seen
    assert list(differences()) == []
    assert run(31, capsys) == ["deleted 0 months from before 2026-02-01"]


def test_the_audit_has_each_month_with_counts_and_no_values(data, capsys):
    start = Entry.objects.latest("pk").pk
    run(31, capsys)
    entries = Entry.objects.filter(pk__gt=start).order_by("pk")
    assert [(entry.action, entry.details) for entry in entries] == [
        ("delete", {"before": "2026-02-01", "state": "begun"}),
        (
            "delete",
            {
                "before": "2026-02-01",
                "month": "2026-01",
                "review sessions": 2,
                "views": 4,
                "chat sessions": 1,
                "recommendations": 1,
                "performance rows": 1,
            },
        ),
    ]


def test_sessions_that_went_are_refused_by_imports(data, capsys, tmp_path):
    run(30, capsys)
    outcome = store_documents(documents(), partial=True)
    counts = outcome.counts
    assert (counts.created, counts.unchanged, counts.rejected) == (0, 1, 3)
    assert str(outcome.rejections[0]) == (
        "sessions[0]._id: was deleted when its time of keeping was over, and stays so (session a1)"
    )
    # What is as old and was never known is taken.
    late = {"username": "alice", "sessions": [session("a9", "2026-01-05T10:00:00Z")]}
    assert store_documents([late]).counts.created == 1
    assert list(differences()) == []

    file = tmp_path / "chats.csv"
    file.write_text(
        "session_id,user_id,date,session_length,messages_sent,feedback_rating,resources_clicked\n"
        "c-2026-01-31,u1,2026-01-31,3,4,,\nc9,u1,2026-03-01,3,4,,\n"
    )
    with pytest.raises(SystemExit):
        call_command("import_csv", "user-activity", file)
    captured = capsys.readouterr()
    assert (
        "line 2: column session_id: was deleted when its time of keeping was over, and stays so"
        " (row c-2026-01-31)" in captured.err
    )
    assert captured.out.splitlines()[-1] == ("rows: 1 created, 0 updated, 0 unchanged, 1 rejected")


def test_and_by_the_api(data, capsys, ada):
    run(30, capsys)
    client = Client()
    client.force_login(ada)
    for address, body, path in (
        ("/api/v1/session-documents/", documents(), "[0].sessions[0]._id"),
        (
            "/api/v1/recommendations/",
            [
                {
                    "recommendation_id": name,
                    "date": "2026-03-01",
                    "recommendation_type": "video",
                    "click_through_rate": 0.5,
                }
                for name in ("new", "r-2026-01-31")
            ],
            "[1].recommendation_id",
        ),
    ):
        answer = client.post(address, body, content_type="application/json")
        assert answer.status_code == 422
        message = "was deleted when its time of keeping was over, and stays so"
        assert answer.json()["errors"][0] == {"field": path, "message": message}
        assert not Recommendation.objects.filter(recommendation_id="new").exists()


def test_steps_are_small_and_a_run_that_was_stopped_goes_on(data, capsys, monkeypatch):
    monkeypatch.setattr(retention, "VIEWS_AT_ONCE", 2)
    taken = []

    def stop_after_one(n):
        taken.append(n)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(retention.delete_before(date(2026, 2, 1), stop_after_one))
    assert taken == [1]
    assert sorted(map(str, Session.objects.all())) == ["a2", "a3", "b1"]
    assert list(differences()) == []
    assert run(31, capsys)[-1] == "deleted 1 months from before 2026-02-01"
    assert list(differences()) == []


def test_months_are_those_of_the_time_zone(data, capsys):
    store_documents(
        [
            {
                "username": "bob",
                "sessions": [session("border", "2026-01-31T23:30:00Z")],
            }
        ]
    )
    with override_settings(TIME_ZONE="Europe/Prague"):
        days = [month.start for month in retention.months_before(date(2026, 2, 1))]
        assert days == [date(2026, 1, 1)]
        within = Session.objects.filter(started_at__lt=datetime(2026, 1, 31, 23, tzinfo=UTC))
        list(retention.delete_before(date(2026, 2, 1)))
        assert not within.exists()
        assert Session.objects.filter(public_id__in=("border", "a2")).count() == 2


def test_keeping_nothing_is_refused(db):
    with pytest.raises(CommandError, match="--keep-days: 0 is less than 1"):
        call_command("retention", "--keep-days", "0")
