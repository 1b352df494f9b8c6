"""The table of fields: what one entry makes of a field, on every way in and out."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from analytics.access import PORTAL
from analytics.imports.sessions import fields, lines
from analytics.imports.sessions.export import exported_lines
from analytics.imports.sessions.store import store_documents
from analytics.imports.sessions.video_report import VIDEO_COLUMNS, video_rows
from analytics.models import Session, SessionValue, Subject, VideoView
from analytics.scope import Scope
from analytics.summaries import checking
from analytics.summaries.decided import decisions_by_name
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot
from analytics.summaries.writing import refresh
from tests.api.conftest import with_login

START = "2025-10-17T10:00:00Z"
DOCUMENT = {
    "username": "ann",
    "sessions": [
        {
            "_id": "s1",
            "starttime": START,
            "videos": [
                {
                    "videoId": "v1",
                    "keys": ["a"],
                    "queue": " Spam\u200b",
                    "reason": "Policy 4",
                    "startedAt": "2025-10-17T10:00:30Z",
                },
                {"videoId": "v2", "keys": ["q"], "queue": "Spam", "reason": "", "startedAt": None},
                {"videoId": "v3", "keys": ["q"], "queue": "Appeals"},
                {"videoId": "v4"},
            ],
        }
    ],
}
PARTS = (fields.SESSIONS, fields.VIDEOS, fields.SPEEDS, fields.INACTIVITY, fields.QUEUES)


@pytest.fixture
def stored(db):
    outcome = store_documents([DOCUMENT])
    assert (outcome.counts.created, outcome.rejections) == (1, [])


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_every_entry_names_a_column_of_its_model(part):
    columns = {field.column for field in part.model._meta.concrete_fields}
    assert {field.column for field in part.fields} <= columns
    assert len(lines.encoders_of(part)) == len(lines.columns_of(part).split(", "))
    assert part.record._fields[: len(part.fields)] == tuple(f.attribute for f in part.fields)


def test_a_queue_a_reason_and_a_start_are_stored(stored):
    rows = VideoView.objects.order_by("position").values_list("queue", "reason", "extra")
    assert list(rows) == [
        ("Spam", "Policy 4", {"queue": " Spam\u200b"}),
        ("Spam", None, {"reason": ""}),
        ("Appeals", None, None),
        (None, None, None),
    ]
    starts = VideoView.objects.order_by("position").values_list("started_at", flat=True)
    assert [start and start.isoformat() for start in starts] == [
        "2025-10-17T10:00:30+00:00",
        None,
        None,
        None,
    ]


def test_they_come_out_as_they_came_in(stored):
    (line,) = exported_lines(Scope(PORTAL))
    videos = json.loads(line)["sessions"][0]["videos"]
    names = ("queue", "reason", "startedAt")
    assert [{name: video[name] for name in names if name in video} for video in videos] == [
        {"queue": " Spam\u200b", "reason": "Policy 4", "startedAt": "2025-10-17T10:00:30Z"},
        {"queue": "Spam", "reason": ""},
        {"queue": "Appeals"},
        {},
    ]
    again = store_documents([json.loads(line)])
    assert (again.counts.unchanged, again.counts.updated) == (1, 0)


def test_the_report_of_views_has_them_after_the_older_columns(stored):
    at = VIDEO_COLUMNS.index("decision")
    assert VIDEO_COLUMNS[at : at + 4] == ("decision", "queue", "reason", "startedAt")
    rows = [row[at : at + 3] for row in video_rows(Scope(PORTAL))]
    assert rows[:2] == [("accepted", "Spam", "Policy 4"), ("rejected", "Spam", None)]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("startedAt", "2025-10-17T09:59:59Z", "is before the session's start"),
        ("startedAt", "soon", 'not a time in ISO 8601: "soon"'),
        ("queue", 7, "expected a string, got a number"),
        ("reason", ["x"], "expected a string, got a list"),
        ("queue", "x" * 501, "longer than 500 characters (501)"),
    ],
)
def test_what_is_not_taken(db, field, value, reason):
    session = {"_id": "s1", "starttime": START, "videos": [{field: value}]}
    (rejection,) = store_documents([{"username": "ann", "sessions": [session]}]).rejections
    assert (rejection.path, rejection.message) == (f"sessions[0].videos[0].{field}", reason)
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("parameters", "videos"),
    [
        ({"queue": "Spam"}, ["v1", "v2"]),
        ({"queue": "\u200bSpam "}, ["v1", "v2"]),
        ({"queue": "spam"}, []),
        ({"reason": "Policy 4"}, ["v1"]),
        ({"startedAt_min": "2025-10-17T10:00:30Z"}, ["v1"]),
        ({"startedAt_max": "2025-10-17T10:00:29Z"}, []),
    ],
)
def test_the_list_is_filtered_by_them(stored, lea, parameters, videos):
    answer = with_login(lea).read("videos/", parameters).json()
    assert sorted(row["videoId"] for row in answer["results"]) == videos


def test_a_row_of_the_list(stored, lea):
    row = with_login(lea).read("videos/", {"reason": "Policy 4"}).json()["results"][0]
    assert (row["queue"], row["reason"]) == ("Spam", "Policy 4")
    assert row["startedAt"] == "2025-10-17T10:00:30+00:00"


def test_a_session_s_page_shows_them(stored, lea):
    client = Client()
    client.force_login(lea)
    page = client.get(reverse("portal:session", args=["s1"])).text
    for shown in ("Queue", "Reason", "Started", "Appeals", "Policy 4", "10:00"):
        assert shown in page


def test_the_admin_s_list_has_columns_and_filters(stored, admin_client):
    session = Session.objects.get()
    address = reverse("admin:analytics_videoview_changelist")
    page = admin_client.get(address, {"session": session.pk})
    assert {"queue", "reason", "started_at"} <= set(page.context["cl"].list_display)
    chosen = admin_client.get(address, {"session": session.pk, "queue": "Spam"})
    rows = [row.video.public_id for row in chosen.context["cl"].result_list]
    assert rows == ["v1", "v2"]
    days = {"session": session.pk, "started_at_from": "2025-10-17", "started_at_to": "2025-10-17"}
    assert [row.position for row in admin_client.get(address, days).context["cl"].result_list] == [
        0
    ]


def decisions(subject):
    """Accepted and rejected by name, as the summaries have them."""
    with snapshot():
        found = decisions_by_name(read_summaries(Scope(PORTAL)), subject)
    return {name: (counts.accepted, counts.rejected) for name, counts in found.items() if name}


def test_summaries_count_queues_and_reasons_by_decision(stored):
    queues, reasons = {"Spam": (1, 1), "Appeals": (0, 1)}, {"Policy 4": (1, 0)}
    assert decisions(Subject.VIDEO_QUEUE) == queues
    assert decisions(Subject.VIDEO_REASON) == reasons
    refresh()
    assert decisions(Subject.VIDEO_QUEUE) == queues
    assert decisions(Subject.VIDEO_REASON) == reasons
    assert list(checking.differences()) == []


def test_a_wrong_count_of_a_queue_is_found(stored):
    refresh()
    SessionValue.objects.filter(subject=Subject.VIDEO_QUEUE, value="Appeals").update(n=7)
    found = list(checking.differences())
    assert any("Appeals" in sentence for sentence in found)
