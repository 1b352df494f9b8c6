"""Batches stored by two connections: in order, exact, and in nobody's way."""

import threading
import time
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, OperationalError, connection, connections

from analytics.imports.refused import refuse_ids
from analytics.imports.report import Counts
from analytics.imports.sessions import batch, begun, stored, turns
from analytics.imports.sessions import store as store_module
from analytics.imports.sessions.store import store, store_documents
from analytics.imports.sessions.validation import read_document, read_session
from analytics.models import (
    Moderator,
    RefusedKind,
    RefusedReason,
    Session,
    SessionTotals,
    StaleSession,
    Video,
    VideoView,
)
from analytics.summaries import checking
from analytics.summaries.writing import (
    refresh,
    reset_summaries,
    unmarked_writes,
    write_lock,
)

START = datetime(2025, 10, 17, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


def body(name: str, *videos: str, **fields) -> dict:
    views = [{"videoId": video, "keys": ["a"], "speeds": [1, 2]} for video in videos]
    return {"_id": name, "starttime": "2025-10-17T10:00:00Z", "videos": views, **fields}


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(store_module, "BATCH_WEIGHT", 3)
    monkeypatch.setattr(turns, "_PAUSE_SECONDS", 0)


@pytest.fixture
def early(monkeypatch):
    """Of each batch whether it was begun before its turn."""
    begun = []
    plan_new, begin = turns.plan_new, turns.begin

    def planned(*arguments):
        plan = plan_new(*arguments)
        if plan is None:
            begun.append(False)
        return plan

    def watched(plan):
        days = begin(plan)
        begun.append(True)
        return days

    monkeypatch.setattr(turns, "plan_new", planned)
    monkeypatch.setattr(turns, "begin", watched)
    return begun


@pytest.fixture
def alone(monkeypatch):
    """The batches that are stored as if there were one connection."""
    batches = []
    store_in_turn = turns.store_in_turn

    def watched(entries, *arguments):
        batches.append(entries)
        return store_in_turn(entries, *arguments)

    monkeypatch.setattr(turns, "store_in_turn", watched)
    return batches


def send(*bodies: dict, username: str = "ann") -> tuple[Counts, list]:
    """Store sessions as an import command does, a batch each."""
    rejections = []
    documents = ({"username": username, "sessions": [each]} for each in bodies)
    entries = (entry for document in documents for entry in read_document(document))
    return store(entries, reject=rejections.append, ahead=True), rejections


def check(*bodies: dict) -> None:
    """Everything is stored as it was read, and summed up."""
    expected = {each["_id"]: read_session(each)[1] for each in bodies}
    sessions = dict(Session.objects.values_list("pk", "public_id"))
    found = {sessions[pk]: content for pk, content in stored.contents(sessions).items()}
    assert found == expected
    assert SessionTotals.objects.count() == len(expected)
    assert not StaleSession.objects.exists()
    assert list(checking.differences()) == []


def writers() -> list[str]:
    """The threads that store."""
    return [each.name for each in threading.enumerate() if each.name.startswith("writer")]


def elsewhere(action) -> None:
    """Do something in another connection, as another program does."""

    def run() -> None:
        action()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_new_sessions_are_begun_early_and_stored_in_order(early, alone):
    bodies = [body(f"s{n}", f"v{n}", f"v{n + 1}", f"v{n % 3}") for n in range(12)]
    assert send(*bodies) == (Counts(created=12), [])
    check(*bodies)
    assert early == [True] * 12
    assert alone == []
    # In order, and each video once: ids are dense.
    assert list(Session.objects.order_by("pk").values_list("public_id", flat=True)) == [
        f"s{n}" for n in range(12)
    ]
    keys = sorted(Video.objects.values_list("pk", flat=True))
    assert keys == list(range(keys[0], keys[0] + 13))


def test_a_batch_of_what_is_stored_is_looked_at_in_its_turn(early):
    bodies = [body(f"s{n}", "v1", "v2") for n in range(5)]
    send(*bodies)
    early.clear()
    changed = [{**each, "note": 1} if each["_id"] == "s3" else each for each in bodies]
    assert send(*changed, body("new", "v3")) == (Counts(created=1, updated=1, unchanged=4), [])
    check(*changed, body("new", "v3"))
    assert not any(early[:-1])


def test_an_id_that_comes_again_in_the_next_batch_counts_twice():
    first, second = body("s1", "v1", "v2"), body("s1", "v2", "v3", "v3")
    assert send(first, second, second, body("s2", "v3")) == (
        Counts(created=2, updated=1, unchanged=1),
        [],
    )
    check(second, body("s2", "v3"))


def meanwhile(monkeypatch, action, *, before: str = "s2") -> None:
    """Do something after a session's batch was begun, and before it has its turn."""
    begin = turns.begin

    def watched(plan):
        days = begin(plan)
        if before in {record.public_id for record in plan.created.values()}:
            elsewhere(action)
        return days

    monkeypatch.setattr(turns, "begin", watched)


def test_a_session_that_somebody_sends_meanwhile_is_met(monkeypatch, alone):
    # Its batch is begun while nobody has the turn, or the one before has it and waits for nobody.
    hers = {"username": "ann", "sessions": [body("s2", "v9")]}
    meanwhile(monkeypatch, lambda: store_documents([hers]))
    bodies = [body(f"s{n}", "v1", f"v{n}") for n in range(1, 5)]
    assert send(*bodies) == (Counts(created=3, updated=1), [])
    check(*bodies)
    assert batch.public_ids(alone[0]) == {"s2"}


def test_a_video_that_somebody_adds_meanwhile_is_met(monkeypatch, alone):
    meanwhile(monkeypatch, lambda: Video.objects.create(public_id="v2"))
    bodies = [body(f"s{n}", "v1", f"v{n}") for n in range(1, 5)]
    assert send(*bodies) == (Counts(created=4), [])
    check(*bodies)
    assert batch.public_ids(alone[0]) == {"s2"}


def test_a_video_that_somebody_deletes_meanwhile_is_added_again(monkeypatch):
    Video.objects.create(public_id="v2")
    meanwhile(monkeypatch, lambda: Video.objects.filter(public_id="v2").delete())
    bodies = [body(f"s{n}", "v1", f"v{n}") for n in range(1, 5)]
    assert send(*bodies) == (Counts(created=4), [])
    check(*bodies)


def test_a_person_who_is_renamed_meanwhile_gets_no_session_under_the_old_name(monkeypatch, alone):
    ann = Moderator.objects.create(username="ann")

    def rename() -> None:
        Moderator.objects.filter(pk=ann.pk).update(username="anna")

    meanwhile(monkeypatch, rename)
    bodies = [body(f"s{n}", "v1", f"v{n}") for n in range(1, 5)]
    assert send(*bodies) == (Counts(created=4), [])
    check(*bodies)
    assert batch.public_ids(alone[0]) == {"s2"}
    holders = dict(Session.objects.values_list("public_id", "moderator__username"))
    assert holders == {"s1": "anna", "s2": "ann", "s3": "ann", "s4": "ann"}


def test_a_person_whom_somebody_adds_meanwhile_is_met(monkeypatch, alone):
    meanwhile(monkeypatch, lambda: Moderator.objects.create(username="ann"), before="s1")
    bodies = [body(f"s{n}", "v1", f"v{n}") for n in range(1, 5)]
    assert send(*bodies) == (Counts(created=4), [])
    check(*bodies)
    assert batch.public_ids(alone[0]) == {"s1"}
    assert Moderator.objects.count() == 1


def test_a_person_who_is_deleted_meanwhile_is_added_again(monkeypatch):
    Moderator.objects.create(username="ann")
    bodies = [body(f"s{n}", "v1", f"v{n}") for n in range(1, 5)]
    meanwhile(monkeypatch, lambda: Moderator.objects.all().delete(), before="s1")
    assert send(*bodies) == (Counts(created=4), [])
    check(*bodies)


def test_people_new_in_several_batches_are_created_once(early, alone):
    names = ["ann", "bob", "ann", "bob", "eve", "ann", "eve"]
    documents = [
        {"username": name, "sessions": [body(f"s{n}", "v1", f"v{n}")]}
        for n, name in enumerate(names)
    ]
    entries = (entry for document in documents for entry in read_document(document))
    assert store(entries, reject=pytest.fail, ahead=True) == Counts(created=7)
    assert early == [True] * 7
    assert alone == []
    sessions = Session.objects.order_by("pk").values_list("moderator__username", flat=True)
    assert list(sessions) == names
    assert list(checking.differences()) == []


def test_days_that_are_cut_by_another_time_zone_meanwhile_are_cut_by_that(
    monkeypatch, settings, alone
):
    def move() -> None:
        settings.TIME_ZONE = "Pacific/Auckland"
        reset_summaries()

    meanwhile(monkeypatch, move)
    at = "2025-10-17T12:00:00Z"
    bodies = [body(f"s{n}", "v1", f"v{n}", starttime=at) for n in range(1, 4)]
    assert send(*bodies) == (Counts(created=3), [])
    assert {"s2"} in map(batch.public_ids, alone)
    # One in the morning of the next day.
    assert {day.day for day in SessionTotals.objects.values_list("day", flat=True)} == {18}
    refresh()
    check(*bodies)


def test_foreign_keys_within_a_batch_are_checked_before_its_turn(monkeypatch):
    monkeypatch.setattr(begun, "copy_sessions", lambda *arguments: None)
    document = read_document({"username": "ann", "sessions": [body("s1", "v1")]})
    plan = begun.plan_new(list(store_module.with_lines(document)), begun.NOTHING)
    with pytest.raises(IntegrityError, match="analytics_videoview"), unmarked_writes():
        begun.begin(plan)


def test_until_its_turn_a_batch_has_names_that_nobody_knows(early):
    seen = []

    def run() -> None:
        send(body("s1", "v1", "v2"))
        connections.close_all()

    thread = threading.Thread(target=run)
    with write_lock():
        thread.start()
        until = time.monotonic() + 60
        while not early:
            assert time.monotonic() < until
            time.sleep(0.01)
        # Whoever may not wait can add the same names.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
        ann = Moderator.objects.create(username="ann")
        seen.append(Session.objects.create(public_id="s1", moderator=ann, started_at=START))
    thread.join()
    assert Session.objects.get().pk == seen[0].pk


def test_a_session_that_is_refused_meanwhile_is_not_stored(monkeypatch):
    meanwhile(monkeypatch, lambda: refuse_ids(RefusedKind.SESSION, ["s2"], RefusedReason.RETENTION))
    bodies = [body(f"s{n}", "v1", f"v{n}") for n in range(1, 5)]
    counts, rejections = send(*bodies)
    assert (counts.created, counts.rejected) == (3, 1)
    assert rejections[0].key == "s2"
    check(bodies[0], *bodies[2:])


def test_what_is_copied_early_makes_nobody_wait(early):
    finished = threading.Event()
    outcome = []

    def run() -> None:
        outcome.append(send(body("s1", "v1", "v2"), body("s2", "v1", "v3")))
        finished.set()
        connections.close_all()

    thread = threading.Thread(target=run)
    with write_lock():
        thread.start()
        until = time.monotonic() + 60
        while len(early) < 2:
            assert time.monotonic() < until
            time.sleep(0.01)
        # Both batches are begun; the same sessions and videos go in before them.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
        assert not VideoView.objects.exists()
        hers = [body("s1", "v1", "v2"), body("s2", "v4", "v3")]
        document = read_document({"username": "ann", "sessions": hers})
        batch.store_batch(list(store_module.with_lines(document)))
        assert not finished.is_set()
    thread.join()
    assert outcome == [(Counts(updated=1, unchanged=1), [])]
    check(body("s1", "v1", "v2"), body("s2", "v1", "v3"))


def test_the_moderators_of_others_are_told_from_the_batch_before():
    documents = [
        {"username": "ann", "sessions": [body("s1", "v1", "v2")]},
        {"username": "bob", "sessions": [body("s1", "v1", "v2")]},
        {"username": "bob", "sessions": [body("s2", "v1", "v2")]},
    ]
    rejections = []
    entries = (entry for document in documents for entry in read_document(document))
    counts = store(entries, reject=rejections.append, ahead=True)
    assert (counts.created, counts.rejected) == (2, 1)
    assert [each.key for each in rejections] == ["s1"]
    assert set(Moderator.objects.values_list("username", flat=True)) == {"ann", "bob"}


@pytest.mark.parametrize("error", [IntegrityError, OperationalError])
def test_after_an_error_nothing_later_is_stored(monkeypatch, error):
    def broken(entries):
        if "s2" in batch.public_ids(entries):
            raise error("the disk is full")
        return batch.store_batch(entries)

    def complete(entries, *arguments):
        if "s2" in batch.public_ids(entries):
            raise error("the disk is full")
        return begun.complete(entries, *arguments)

    monkeypatch.setattr(turns, "store_batch", broken)
    monkeypatch.setattr(turns, "complete", complete)
    with pytest.raises(error, match="the disk is full"):
        send(*(body(f"s{n}", "v1", f"v{n}") for n in range(1, 6)))
    check(body("s1", "v1", "v1"))
    assert not writers()


def test_what_was_read_before_an_error_is_stored():
    def broken():
        for n in range(4):
            yield from read_document({"username": "ann", "sessions": [body(f"s{n}", "v", "w")]})
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        store(broken(), reject=lambda rejection: None, ahead=True)
    check(*(body(f"s{n}", "v", "w") for n in range(4)))


def test_ctrl_c_ends_what_waits_for_others_and_leaves_whole_batches():
    def stopped():
        for n in range(2):
            yield from read_document({"username": "ann", "sessions": [body(f"s{n}", "v", "w")]})
        # Both batches are under way.
        raise KeyboardInterrupt

    def run() -> None:
        with pytest.raises(KeyboardInterrupt):
            store(stopped(), reject=lambda rejection: None, ahead=True)
        connections.close_all()

    with write_lock():
        thread = threading.Thread(target=run)
        thread.start()
        thread.join(timeout=60)
        assert not thread.is_alive()
    check()
    assert not writers()


def idle_transactions() -> int:
    """How many others hold a transaction open and say nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]


def test_what_is_copied_early_is_given_up_where_the_batch_before_has_to_wait(early, monkeypatch):
    """Others may wait for the tables of a batch that waits for one that waits for them."""
    monkeypatch.setattr(turns, "_PATIENCE_SECONDS", 0.1)
    outcome = []
    bodies = [body("s1", "v1", "v2"), body("s2", "v1", "v3")]

    def run() -> None:
        outcome.append(send(*bodies))
        connections.close_all()

    thread = threading.Thread(target=run)
    with write_lock():
        thread.start()
        until = time.monotonic() + 60
        while len(early) < 2 or idle_transactions():
            assert time.monotonic() < until
            time.sleep(0.01)
    thread.join()
    assert outcome == [(Counts(created=2), [])]
    check(*bodies)


def test_where_there_is_one_connection_only_it_is_enough(monkeypatch, early):
    opened = []
    open_connection = turns._open_connection

    def one_only():
        opened.append(threading.current_thread())
        if len(opened) > 1:
            raise OperationalError("sorry, too many clients already")
        # Nor is that of the command there any more.
        assert connection.connection is None
        return open_connection()

    monkeypatch.setattr(turns, "_open_connection", one_only)
    bodies = [body(f"s{n}", "v1", f"v{n}") for n in range(6)]
    assert send(*bodies) == (Counts(created=6), [])
    check(*bodies)
    assert len(opened) == 2
    assert early == [True] * 6
    assert not writers()


def test_ctrl_c_again_ends_the_same(monkeypatch):
    pressed = []
    stop_statements = turns._Writers._stop_statements

    def impatient(writers):
        if not pressed:
            pressed.append(True)
            raise KeyboardInterrupt
        stop_statements(writers)

    monkeypatch.setattr(turns._Writers, "_stop_statements", impatient)
    test_ctrl_c_ends_what_waits_for_others_and_leaves_whole_batches()
    assert pressed
