"""The figures of each kind of scope, wherever they are read from."""

from datetime import date, timedelta

import pytest

from analytics.access import PORTAL
from analytics.models import Moderator, Session, VideoView
from analytics.scope import Scope
from analytics.summaries import writing
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot
from tests.reviewed import write_march

TENTH, ELEVENTH, TWELFTH = (date(2026, 3, day) for day in (10, 11, 12))
ALICE_QUEUES = {(TENTH, "=Minors"): (1, 0), (TENTH, "Spam"): (1, 40)}
STATUSES = ("completed", "partial", "not_started")
BOB_QUEUES = {(TWELFTH, "Spam"): (1, 5)}


@pytest.fixture(
    params=["raw rows", "sums of sessions", "roll-ups", "one out of date", "other zone"]
)
def march(request, db, settings, keeping):
    """The three sessions, to be read from the places named; no figure below differs by that."""
    sessions = write_march()
    if request.param != "raw rows":
        writing.refresh_sessions()
    if request.param not in ("raw rows", "sums of sessions"):
        writing.refresh()
    if request.param == "one out of date":
        Session.objects.filter(public_id="alice-2").update(duration_us=5_000_000)
    if request.param == "other zone":
        settings.TIME_ZONE = "Europe/Berlin"
    return sessions


def scopes(sessions):
    alice = Moderator.objects.get(username="alice")
    return {
        "everyone": Scope(PORTAL),
        "March": Scope(PORTAL, start=date(2026, 3, 1), end=date(2026, 3, 31)),
        "alice": Scope(PORTAL, moderator=alice),
        "bob-1": Scope(PORTAL, session=sessions["bob-1"]),
        "two days": Scope(PORTAL, start=ELEVENTH, end=TWELFTH),
        "alice's day": Scope(PORTAL, moderator=alice, end=TENTH),
        "before": Scope(PORTAL, end=date(2026, 3, 9)),
        "nobody": Scope(PORTAL, moderator=Moderator.objects.create(username="zoe")),
    }


#: Of each scope: sessions, videos, accepted, rejected; moderators; unique videos; the videos of
#: each status; the queues; sessions and videos by moderator; the sessions in order.
ALL = (
    (3, 8, 3, 2), 2, 5, (6, 1, 1), ALICE_QUEUES | BOB_QUEUES,
    [("alice", 2, 5), ("bob", 1, 3)], ["alice-1", "alice-2", "bob-1"],
)  # fmt: skip
NOTHING = ((0, 0, 0, 0), 0, 0, (0, 0, 0), {}, [], [])
FIGURES = {
    "everyone": ALL,
    "March": ALL,
    "alice": (
        (2, 5, 2, 2), 1, 3, (3, 1, 1), ALICE_QUEUES, [("alice", 2, 5)], ["alice-1", "alice-2"],
    ),
    "bob-1": ((1, 3, 1, 0), 1, 3, (3, 0, 0), BOB_QUEUES, [("bob", 1, 3)], ["bob-1"]),
    "two days": (
        (2, 4, 1, 1), 2, 4, (4, 0, 0), BOB_QUEUES,
        [("alice", 1, 1), ("bob", 1, 3)], ["alice-2", "bob-1"],
    ),
    "alice's day": (
        (1, 4, 2, 1), 1, 2, (2, 1, 1), ALICE_QUEUES, [("alice", 1, 4)], ["alice-1"],
    ),
    "before": NOTHING,
    "nobody": NOTHING,
}  # fmt: skip


def figures(reader):
    names = ("sessions", "videos", "accepted", "rejected")
    found = reader.values.get("status", {})
    return (
        tuple(reader.totals[name] or 0 for name in names),
        reader.moderators,
        reader.unique_videos,
        tuple(found.get((status, 0.0), (0, 0))[0] for status in STATUSES),
        reader.queues_by_day,
        [(row.username, row.sessions, row.videos) for row in reader.by_moderator],
        [row["public_id"] for row in reader.session_rows],
    )


def test_figures(march):
    for name, scope in scopes(march).items():
        with snapshot():
            reader = read_summaries(scope)
            assert read_summaries(scope) is reader
            assert figures(reader) == FIGURES[name], name
            assert list(reader.queues_by_day) == sorted(reader.queues_by_day), name
            assert len(reader.seen_videos) == reader.unique_videos, name
            assert sum(row["sessions"] for row in reader.by_day.values()) == FIGURES[name][0][0]


def test_the_moderators_of_each_day(march):
    with snapshot():
        by_day = read_summaries(Scope(PORTAL)).by_day
    found = {
        day: (row["sessions"], row["moderators"], row["videos"]) for day, row in by_day.items()
    }
    assert list(found.items()) == [
        (TENTH, (1, 1, 4)), (ELEVENTH, (1, 1, 1)), (TWELFTH, (1, 1, 3)),
    ]  # fmt: skip


def test_a_session_that_is_summed_on_another_day_than_its_marks_counts_once(db, keeping):
    """It is changed past the portal, then sent again with another start, and an import ends."""
    session = write_march()["alice-1"]
    writing.refresh()
    VideoView.objects.filter(session=session).update(keys=["q"])
    moved = session.started_at + timedelta(days=3)
    with writing.write_lock():
        Session.objects.filter(pk=session.pk).update(started_at=moved, ended_at=None)
        writing.summarise([session.pk])
    # Another program adds to it at the same time: its mark is of the day that it has seen.
    with writing.unmarked_writes():
        VideoView.objects.filter(session=session).update(keys=["a"])
    writing.build_rollups()

    with snapshot():
        assert read_summaries(Scope(PORTAL)).totals["sessions"] == 3
        day = read_summaries(Scope(PORTAL, start=moved.date(), end=moved.date())).totals
        assert (day["sessions"], day["accepted"]) == (1, session.views.count())
