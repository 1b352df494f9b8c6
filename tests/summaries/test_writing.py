"""Summing marked sessions while others write."""

import threading

import psycopg
import pytest
from django.db import OperationalError, connection

from analytics.metrics.seen_values import seen_values
from analytics.models import Session, StaleSession, Subject
from analytics.summaries import checking, writing
from analytics.summaries.snapshots import snapshot
from analytics.summaries.version import data_version
from moderation_portal import advisory_locks
from moderation_portal.advisory_locks import AdvisoryLock
from tests.brute import PlainSession, PlainView
from tests.factory import NOON, write_session


@pytest.mark.django_db(transaction=True)
def test_a_change_committed_during_the_summing_leaves_its_mark(monkeypatch):
    view = PlainView(video="v1", status="completed", keys=["a"], sound="muted", speeds=[])
    session = write_session(PlainSession("s1", "amy", NOON, None, [view], [], []))
    summarise = writing.summarise

    def change_it() -> None:
        try:
            Session.objects.filter(pk=session.pk).update(duration_us=60_000_000)
        finally:
            connection.close()

    def summarise_then_change(ids) -> None:
        summarise(ids)
        other = threading.Thread(target=change_it)
        other.start()
        other.join()

    monkeypatch.setattr(writing, "summarise", summarise_then_change)
    writing.refresh_sessions()
    monkeypatch.undo()

    assert StaleSession.objects.filter(session_id=session.pk).exists()
    writing.refresh()
    assert not StaleSession.objects.exists()
    assert list(checking.differences()) == []


@pytest.mark.django_db
def test_who_sums_up_what_it_writes_marks_nothing():
    with writing.write_lock():
        session = write_session(PlainSession("s1", "amy", NOON, None, [], [], []))
        writing.summarise([session.pk])
    assert not StaleSession.objects.exists()
    # In the rest of the transaction others do not.
    Session.objects.filter(pk=session.pk).update(duration_us=60_000_000)
    assert StaleSession.objects.filter(session_id=session.pk).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("refresh", [writing.refresh_sessions, writing.refresh_days])
def test_refreshing_takes_turn_after_turn(monkeypatch, refresh):
    taken = []
    monkeypatch.setattr(advisory_locks, "acquire", taken.append)
    assert refresh() == 0
    assert taken == [AdvisoryLock.BULK_WRITERS, AdvisoryLock.WRITERS]


def store(name: str, statuses: list[str], queue: str) -> Session:
    views = [PlainView("v1", status, ["a"], "muted", []) for status in statuses]
    with writing.write_lock():
        session = write_session(
            PlainSession(name, "amy", NOON, None, views, [], [(queue, 1, True, {})])
        )
        writing.summarise([session.pk])
    return session


@pytest.mark.django_db
def test_a_value_is_seen_once_in_the_order_of_the_imports_and_for_good():
    store("s1", ["later", "completed"], "Spam")
    store("s2", ["checked", "later"], "Appeals").delete()
    store("s3", ["checked"], "Spam")
    with snapshot():
        assert seen_values(Subject.STATUS) == ("completed", "later", "checked")
        assert seen_values(Subject.QUEUE) == ("Spam", "Appeals")


@pytest.mark.django_db
def test_a_refresh_that_sees_a_new_value_makes_another_version():
    """Charts colour it by its place among those seen: what was drawn before is not kept."""
    session = store("s1", ["completed"], "Spam")
    writing.refresh()
    session.views.update(status="later")
    before = data_version()

    writing.refresh()

    after = data_version()
    assert after.data != before.data
    # The data themselves are as they were.
    assert after.changed_at == before.changed_at
    session.views.update(status="completed")
    before = data_version()
    writing.refresh()
    assert data_version() == before


@pytest.mark.django_db
def test_a_server_that_ends_the_connection_during_the_copying_is_djangos_error(monkeypatch):
    """So that an import tries again, and a command says it in a sentence."""
    view = PlainView(video="v1", status="completed", keys=["a"], sound="muted", speeds=[])
    session = write_session(PlainSession("s1", "amy", NOON, None, [view], [], []))

    def ended(_videos):
        raise psycopg.errors.AdminShutdown("terminating connection due to administrator command")

    monkeypatch.setattr(writing, "BitMap", ended)
    with pytest.raises(OperationalError, match="terminating connection"), writing.write_lock():
        writing.summarise([session.pk])
