"""Documents out, and in again."""

import json
from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.access import PORTAL, Forbidden
from analytics.imports.sessions import stored
from analytics.imports.sessions.export import documents, exported_lines
from analytics.imports.sessions.store import store_documents
from analytics.models import Moderator, Session, VideoView
from analytics.scope import Scope
from tests.imports.sessions import strategies

pytestmark = pytest.mark.django_db


def exported(**scope) -> list[dict]:
    return [json.loads(line) for line in exported_lines(Scope(PORTAL, **scope))]


def session(name: str, start: str = "2025-10-17T10:00:00Z", **fields) -> dict:
    """A session as it is given back."""
    return {
        "_id": name,
        "starttime": start,
        "endtime": None,
        "duration": None,
        "videos": [],
        "inactivity": [],
        "queues": [],
        **fields,
    }


def test_documents_are_given_back_as_they_were_said():
    whole = session(
        "s1",
        endtime="2025-10-17T10:30:00Z",
        duration=1799.5,
        client="ios",
        videos=[
            {
                "videoId": "v1",
                "status": " COMPLETED ",
                "watched": True,
                "loopTime": 2,
                "keys": ["a", "\\"],
                "soundMuted": "maybe",
                "speeds": [1, {"value": 1.5, "at": "2025-10-17T10:01:00.250000Z"}],
                "frameRate": 30,
            }
        ],
        inactivity=[{"type": "pause", "duration": 45, "startedAt": "2025-10-17T10:05:00Z"}],
        queues=[
            {
                "name": "Spam",
                "count": 40,
                "subqueues": {"Links": 10, "Bots": 30},
                "active": False,
                "createdAt": None,
            }
        ],
    )
    sent = [
        {"username": "ann", "sessions": [], "team": "blue"},
        {"username": "bob", "sessions": [session("s0", "2025-10-16T10:00:00Z"), whole]},
        {"username": "Zoë", "sessions": []},
    ]
    store_documents(sent[::-1])
    assert exported() == [sent[2], sent[0], sent[1]]


def test_somebody_with_many_sessions_has_several_lines(monkeypatch):
    monkeypatch.setattr("analytics.imports.sessions.export.SESSIONS_AT_ONCE", 2)
    store_documents(
        [
            {"username": "ann", "team": 1, "sessions": [session(f"a{n}") for n in range(3)]},
            {"username": "bob", "sessions": [session("b0")]},
        ]
    )
    found = [
        (document["username"], [s["_id"] for s in document["sessions"]], document.get("team"))
        for document in exported()
    ]
    assert found == [("ann", ["a0", "a1"], 1), ("ann", ["a2"], None), ("bob", ["b0"], None)]


def test_a_scope_chooses_people_and_sessions():
    sessions = [session("s1"), session("s2", "2025-10-18T00:00:00Z")]
    store_documents(
        [{"username": "ann", "sessions": sessions}, {"username": "bob", "sessions": []}]
    )
    ann = Moderator.objects.get(username="ann")
    bob = Moderator.objects.get(username="bob")
    assert exported(moderator=bob) == [{"username": "bob", "sessions": []}]
    assert exported(moderator=ann) == [{"username": "ann", "sessions": sessions}]
    chosen = [{"username": "ann", "sessions": sessions[1:]}]
    assert exported(start=date(2025, 10, 18)) == chosen
    assert exported(session=Session.objects.get(public_id="s2")) == chosen


def test_the_teams_totals_hold_no_documents(alice):
    with pytest.raises(Forbidden):
        exported_lines(Scope(alice, team=True))


def test_the_number_of_queries_does_not_grow_with_the_people():
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            exported()
        return len(captured)

    store_documents([{"username": "ann", "sessions": [session("s1")]}])
    few = queries()
    store_documents([{"username": f"u{n}", "sessions": [session(f"u{n}")]} for n in range(20)])
    assert queries() == few


def test_a_correction_in_the_database_is_given_back():
    store_documents(
        [{"username": "ann", "sessions": [session("s1", videos=[{"status": "COMPLETED"}])]}]
    )
    VideoView.objects.update(status="partial")
    (document,) = exported()
    assert document["sessions"][0]["videos"][0]["status"] == "Partially Watched"


class Undo(Exception):
    """Ends an example without leaving anything."""


def state() -> tuple[list, list]:
    """Everything that documents say of the portal."""
    sessions = Session.objects.in_bulk()
    contents = stored.contents(sessions)
    return (
        sorted((sessions[pk].public_id, content) for pk, content in contents.items()),
        list(Moderator.objects.order_by("username").values_list("username", "extra")),
    )


@given(st.lists(strategies.DOCUMENTS, max_size=3))
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_an_export_imported_elsewhere_gives_the_same_portal(db, sent):
    try:
        with transaction.atomic():
            store_documents(sent, partial=True)
            before = state()
            lines = list(documents(Session.objects.all(), Moderator.objects.all()))
            raise Undo
    except Undo:
        pass
    try:
        with transaction.atomic():
            assert store_documents(lines).rejections == []
            assert state() == before
            assert list(documents(Session.objects.all(), Moderator.objects.all())) == lines
            # Said again, it is all there.
            counts = store_documents(lines).counts
            assert (counts.created, counts.updated) == (0, 0)
            raise Undo
    except Undo:
        pass
