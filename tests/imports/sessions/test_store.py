"""What storing documents does to the tables, and what it answers."""

import threading
from dataclasses import astuple

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from analytics.imports.modes import StoreMode
from analytics.imports.report import Counts, Rejection
from analytics.imports.sessions import batch, stored, turns
from analytics.imports.sessions import store as store_module
from analytics.imports.sessions.store import store, store_documents
from analytics.imports.sessions.validation import read_document, read_session
from analytics.models import (
    Moderator,
    PlaybackSpeed,
    Session,
    SessionTotals,
    StaleSession,
    Video,
    VideoView,
)
from analytics.summaries.writing import write_lock

pytestmark = pytest.mark.django_db

START = "2025-10-17T10:00:00Z"


def a_session(name: str = "s1", **fields) -> dict:
    return {
        "_id": name,
        "starttime": START,
        "duration": 60,
        "videos": [
            {"videoId": "v1", "keys": ["a"], "speeds": [1, 2], "soundMuted": "maybe"},
            {"videoId": None, "status": 'a "strange"\\\t\nstatus', "keys": ['"', "\\", ",", "é\t"]},
            {"videoId": "v\\1\n", "loopTime": 0.1, "watched": False},
        ],
        "inactivity": [{"type": "pause", "duration": 4.5}, {"startedAt": START}],
        "queues": [{"name": "Späm", "count": 4, "subqueues": {"a\\b": 1, "c": None}}],
        **fields,
    }


def send(*sessions: dict, username: str = "ann", partial: bool = False) -> tuple[int, ...]:
    """Send sessions as one document; returns created, updated, unchanged, rejected."""
    outcome = store_documents([{"username": username, "sessions": list(sessions)}], partial=partial)
    assert outcome.counts.rejected == len(outcome.rejections)
    return astuple(outcome.counts)


def content_of(name: str):
    pk = Session.objects.get(public_id=name).pk
    return stored.contents([pk])[pk]


def test_a_session_is_stored_as_it_was_read():
    assert send(a_session(), a_session("s2", videos=[])) == (2, 0, 0, 0)
    assert content_of("s1") == read_session(a_session())[1]
    assert Moderator.objects.get().username == "ann"
    assert list(Video.objects.order_by("pk").values_list("public_id", flat=True)) == [
        "v1",
        "v\\1\n",
    ]
    decisions = VideoView.objects.order_by("position").values_list("decision", flat=True)
    assert list(decisions) == ["accepted", "none", "none"]


def test_the_same_content_is_unchanged_whatever_its_form():
    send(a_session())
    again = dict(reversed(a_session().items()))
    again["duration"] = {"$numberInt": "60"}
    again["starttime"] = {"$date": {"$numberLong": "1760695200000"}}
    before = Session.objects.get()
    assert send(again) == (0, 0, 1, 0)
    assert Session.objects.get().imported_at == before.imported_at


@pytest.mark.parametrize(
    "change",
    [
        {"duration": 61},
        {"endtime": START},
        {"client": "ios"},
        {"videos": []},
        {"videos": [*a_session()["videos"][:2], {"videoId": "v\\1\n", "loopTime": 0.1}]},
        {"inactivity": a_session()["inactivity"][::-1]},
        {"queues": [{"name": "Späm", "count": 4, "subqueues": {"a\\b": 1, "c": 0}}]},
    ],
)
def test_another_content_replaces_the_session(change):
    send(a_session())
    pk = Session.objects.get().pk
    assert send(a_session(**change)) == (0, 1, 0, 0)
    assert Session.objects.get().pk == pk
    assert content_of("s1") == read_session(a_session(**change))[1]
    assert PlaybackSpeed.objects.count() == (
        0 if "videos" in change and not change["videos"] else 2
    )
    assert SessionTotals.objects.get().videos == len(change.get("videos", [1, 2, 3]))


def test_what_is_stored_is_compared_not_what_was_sent():
    send(a_session())
    VideoView.objects.filter(position=0).update(status="Skipped")
    assert send(a_session()) == (0, 1, 0, 0)
    assert content_of("s1") == read_session(a_session())[1]


def test_true_is_not_one():
    send(a_session(note=1))
    assert send(a_session(note=True)) == (0, 1, 0, 0)


def test_an_id_that_comes_twice_counts_twice_in_order():
    short = a_session(videos=[])
    assert send(a_session(), short, short, a_session()) == (1, 2, 1, 0)
    assert content_of("s1") == read_session(a_session())[1]
    assert send(a_session(), short) == (0, 1, 1, 0)
    assert content_of("s1") == read_session(short)[1]


def test_the_id_of_somebody_elses_session_is_rejected():
    send(a_session())
    outcome = store_documents(
        [
            {"username": "bob", "sessions": [a_session("s2"), a_session()]},
            {"username": "ann", "sessions": [a_session("s2")]},
        ],
        partial=True,
    )
    assert astuple(outcome.counts) == (1, 0, 0, 2)
    message = "is the id of another moderator's session"
    assert outcome.rejections == [
        Rejection(message, "sessions[1]._id", "s1", index=0),
        Rejection(message, "sessions[0]._id", "s2", index=1),
    ]
    assert Session.objects.get(public_id="s2").moderator.username == "bob"


def test_a_request_is_stored_whole_or_not_at_all():
    send(a_session())
    documents = [
        {"username": "bob", "sessions": [a_session("s2"), a_session("s1")]},
        {"username": "cid", "sessions": [a_session("s3", duration=-1)]},
        "nonsense",
    ]
    outcome = store_documents(documents)
    assert outcome.counts == Counts(rejected=3)
    # Also those that only the database knows of.
    assert [(r.index, r.path, r.key) for r in outcome.rejections] == [
        (0, "sessions[1]._id", "s1"),
        (1, "sessions[0].duration", "s3"),
        (2, "", None),
    ]
    assert Session.objects.count() == 1
    assert Moderator.objects.count() == 1
    # The conflict alone is only found while storing.
    assert store_documents(documents[:1]).counts == Counts(rejected=1)
    assert Session.objects.count() == 1
    outcome = store_documents(documents, partial=True)
    assert astuple(outcome.counts) == (1, 0, 0, 3)
    assert len(outcome.rejections) == 3


def test_people_come_without_sessions_and_keep_what_documents_add():
    store_documents([{"username": "ann", "team": "blue", "since": 2020, "sessions": []}])
    store_documents([{"username": "ann", "team": "red"}, {"username": "bob", "sessions": None}])
    assert list(Moderator.objects.values_list("username", "extra")) == [
        ("ann", {"team": "red", "since": 2020}),
        ("bob", None),
    ]


def test_a_session_is_summed_up_in_the_same_transaction():
    send(a_session())
    totals = SessionTotals.objects.get()
    assert (totals.videos, totals.accepted, totals.speed_changes) == (3, 1, 2)
    assert not StaleSession.objects.exists()


def test_video_ids_stay_dense():
    send(a_session(videos=[{"videoId": name} for name in "abc"]))
    for _ in range(3):
        send(a_session("s2", videos=[{"videoId": name} for name in "bca"]))
        send(a_session("s2", videos=[]))
    send(a_session("s3", videos=[{"videoId": "d"}]))
    ids = list(Video.objects.order_by("pk").values_list("pk", flat=True))
    assert ids == list(range(ids[0], ids[0] + 4))


def test_a_dry_run_says_what_would_happen(monkeypatch):
    monkeypatch.setattr(store_module, "BATCH_WEIGHT", 1)
    send(a_session(), a_session("s2"))
    documents = [
        {"username": "ann", "sessions": [a_session(), a_session("s2", videos=[]), a_session("s3")]},
        {"username": "bob", "sessions": [a_session("s3"), a_session("s4", queues=7)]},
        {"username": "ann", "sessions": [a_session("s2"), a_session("s2"), a_session("s3")]},
    ]
    entries = [entry for value in documents for entry in read_document(value)]
    rejections: list[Rejection] = []
    dry = store(entries, mode=StoreMode.DRY_RUN, reject=rejections.append)
    assert astuple(dry) == (1, 2, 3, 2)
    assert [rejection.key for rejection in rejections] == ["s3", "s4"]
    assert Session.objects.count() == 2
    assert not Moderator.objects.filter(username="bob").exists()
    # And it does happen.
    assert store(entries, reject=lambda rejection: None) == dry


@pytest.mark.parametrize("ahead", [False, True])
def test_batches_are_stored_in_order(monkeypatch, ahead):
    monkeypatch.setattr(store_module, "BATCH_WEIGHT", 10)
    sessions = [a_session(f"s{number % 7}", note=number) for number in range(20)]
    entries = read_document({"username": "ann", "sessions": [*sessions[:5], 7, *sessions[5:]]})
    rejections: list[Rejection] = []
    counts = store(entries, reject=rejections.append, ahead=ahead)
    assert astuple(counts) == (7, 13, 0, 1)
    assert [rejection.path for rejection in rejections] == ["sessions[5]"]
    notes = Session.objects.order_by("public_id").values_list("extra__note", flat=True)
    assert list(notes) == [14, 15, 16, 17, 18, 19, 13]


def test_an_error_while_reading_ahead_is_raised(monkeypatch):
    monkeypatch.setattr(store_module, "BATCH_WEIGHT", 1)

    def broken():
        yield from read_document({"username": "ann", "sessions": [a_session()]})
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        store(broken(), reject=lambda rejection: None, ahead=True)
    assert Session.objects.count() == 1


def statements(*sessions: dict) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        send(*sessions)
    return len(queries)


def test_the_number_of_statements_does_not_grow_with_the_sessions():
    many = [a_session(f"many{number}") for number in range(30)]
    send(a_session("warm"))
    assert statements(*many) <= statements(a_session("one")) + 2
    changed = [{**body, "note": 1} for body in many]
    few = statements(a_session("one", note=1))
    assert statements(*changed) <= few + 2
    # One or two more where the process has cached nothing yet.
    assert few <= 48


@pytest.mark.django_db(transaction=True)
def test_racing_clients_leave_one_whole_session():
    """Two threads send different contents of the same sessions, again and again."""
    contents = [a_session(), a_session(videos=a_session()["videos"] * 3, inactivity=[])]
    counts = Counts()
    errors: list[BaseException] = []
    start = threading.Barrier(2)

    def client(number: int) -> None:
        nonlocal counts
        try:
            start.wait(timeout=30)
            for _ in range(8):
                outcome = store_documents(
                    [{"username": "ann", "sessions": [contents[number], a_session("other")]}]
                )
                assert not outcome.rejections
                counts += outcome.counts
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert counts.created == 2
    assert counts.created + counts.updated + counts.unchanged == 32
    assert content_of("s1") in [read_session(body)[1] for body in contents]
    assert SessionTotals.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_session_that_another_program_adds_meanwhile_is_met_again(monkeypatch):
    """Without our lock: the unique constraint stops the first attempt, the second finds it."""
    attempts = []
    look_up = batch.known_sessions

    def insert() -> None:
        zoe = Moderator.objects.create(username="zoe")
        Session.objects.create(moderator=zoe, public_id="s1", started_at=START)
        connections.close_all()

    def interrupted(*arguments, **options):
        found = look_up(*arguments, **options)
        if not attempts:
            thread = threading.Thread(target=insert)
            thread.start()
            thread.join()
        attempts.append(1)
        return found

    monkeypatch.setattr(batch, "known_sessions", interrupted)
    rejections: list[Rejection] = []
    entries = read_document({"username": "ann", "sessions": [a_session(), a_session("s2")]})
    assert store(entries, reject=rejections.append) == Counts(created=1, rejected=1)
    assert [rejection.key for rejection in rejections] == ["s1"]
    assert len(attempts) == 2


def elsewhere(act) -> None:
    """Do something on a connection of another program, and wait for it."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            errors.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


@pytest.mark.django_db(transaction=True)
def test_nobody_deletes_a_session_while_it_is_replaced(monkeypatch):
    send(a_session())
    plan = batch.plan

    def delete() -> None:
        with transaction.atomic():
            list(Session.objects.select_for_update(nowait=True))

    def interrupted(*arguments):
        with pytest.raises(OperationalError, match="could not obtain lock"):
            elsewhere(delete)
        return plan(*arguments)

    monkeypatch.setattr(batch, "plan", interrupted)
    assert send(a_session(duration=61)) == (0, 1, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_moderator_whom_another_program_adds_meanwhile_is_met(monkeypatch):
    add = Moderator.objects.bulk_create
    calls = []

    def add_meanwhile(new, **options):
        calls.append([moderator.username for moderator in new])
        elsewhere(lambda: Moderator.objects.create(username="ann", extra={"team": "night"}))
        return add(new, **options)

    monkeypatch.setattr(Moderator.objects, "bulk_create", add_meanwhile)
    assert send(a_session()) == (1, 0, 0, 0)
    assert calls == [["ann"]]
    session = Session.objects.select_related("moderator").get()
    assert (session.moderator.username, session.moderator.extra) == ("ann", {"team": "night"})
    assert Moderator.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_made_again(monkeypatch):
    monkeypatch.setattr(turns, "_PAUSE_SECONDS", 0)
    attempts = []
    copy_children = batch.copy_children

    def interrupted(*arguments):
        attempts.append(1)
        if len(attempts) == 1:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        copy_children(*arguments)

    monkeypatch.setattr(batch, "copy_children", interrupted)
    assert send_file(a_session()) == Counts(created=1)
    assert content_of("s1") == read_session(a_session())[1]
    monkeypatch.setattr(turns, "_ATTEMPTS", 1)
    attempts.clear()
    with pytest.raises(OperationalError):
        send_file(a_session("s2"))
    assert Session.objects.count() == 1


def send_file(*sessions: dict) -> Counts:
    """Store sessions as a file's are."""
    entries = read_document({"username": "ann", "sessions": list(sessions)})
    return store(entries, reject=lambda rejection: None)


def test_nested_in_a_transaction_nothing_is_tried_again():
    with write_lock():
        assert send(a_session()) == (1, 0, 0, 0)


def watched_lock(monkeypatch, read: list) -> list[int]:
    """How much had been ``read`` each time that a writer's turn began."""
    turns = []

    def turn(**options):
        turns.append(len(read))
        return write_lock(**options)

    monkeypatch.setattr(store_module, "write_lock", turn)
    return turns


def entries_of(documents: list[dict], read: list):
    for document in documents:
        read.append(document)
        yield from read_document(document)


def test_a_strict_import_reads_everything_before_others_wait(monkeypatch):
    monkeypatch.setattr(store_module, "BATCH_WEIGHT", 3)
    documents = [{"username": "ann", "sessions": [a_session(f"s{n}")]} for n in range(4)]
    read, rejections = [], []
    turns = watched_lock(monkeypatch, read)
    counts = store(
        entries_of(documents, read),
        mode=StoreMode.ALL_OR_NOTHING,
        reject=rejections.append,
        ahead=True,
    )
    assert (counts, rejections, turns) == (Counts(created=4), [], [4])
    _id, content = read_session(a_session("s3"))
    pk = Session.objects.get(public_id="s3").pk
    assert stored.contents([pk]) == {pk: content}


def test_a_strict_import_that_is_refused_makes_nobody_wait(monkeypatch):
    monkeypatch.setattr(store_module, "BATCH_WEIGHT", 3)
    send(a_session("hers"), username="zoe")
    documents = [
        {"username": "ann", "sessions": [a_session("s1")]},
        {"username": "ann", "sessions": [a_session("hers")]},
        {"username": "ann", "sessions": [a_session("s2"), {"_id": "s3"}]},
        {"username": "bob", "sessions": [a_session("s1")]},
    ]
    read, rejections = [], []
    turns = watched_lock(monkeypatch, read)
    counts = store(
        entries_of(documents, read),
        mode=StoreMode.ALL_OR_NOTHING,
        reject=rejections.append,
        ahead=True,
    )
    assert (counts, turns) == (Counts(rejected=3), [])
    assert [(found.key, found.message) for found in rejections] == [
        ("hers", "is the id of another moderator's session"),
        ("s3", "missing"),
        ("s1", "is the id of another moderator's session"),
    ]
    assert list(Session.objects.values_list("public_id", flat=True)) == ["hers"]
