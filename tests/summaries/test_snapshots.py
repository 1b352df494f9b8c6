"""Snapshots: one state of the database for everything inside, and nothing left behind."""

import weakref
from datetime import date

import pytest
from django.db import connection, transaction

from analytics.models import Moderator
from analytics.summaries import snapshots, writing
from analytics.summaries.selection import RollupSelection
from analytics.summaries.snapshots import current_state, repeatable_read, snapshot
from tests.reviewed import write_march


def setting(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [name])
        return cursor.fetchone()[0] or ""


def levels():
    return setting("transaction_isolation"), setting("transaction_read_only")


def test_outside_of_a_snapshot_nothing_is_read():
    with pytest.raises(RuntimeError, match="summaries are read inside a snapshot"):
        current_state()


@pytest.mark.django_db
def test_a_snapshot_inside_another_is_that_one():
    with snapshot():
        state = current_state()
        with snapshot():
            assert current_state() is state
        assert current_state() is state
    with snapshot():
        assert current_state() is not state


@pytest.mark.django_db
def test_an_error_ends_the_snapshot():
    with pytest.raises(ValueError, match="inside"), snapshot():
        raise ValueError("inside")
    with pytest.raises(RuntimeError):
        current_state()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("reading", [snapshot, repeatable_read])
def test_a_snapshot_reads_one_state_and_writes_nothing(reading):
    with reading():
        assert levels() == ("repeatable read", "on")
        with reading():
            assert levels() == ("repeatable read", "on")
    with transaction.atomic(), reading():
        assert levels() == ("read committed", "off")
    assert levels() == ("read committed", "off")


@pytest.mark.django_db
def test_what_is_loaded_is_kept_by_its_key():
    loaded = []

    def load():
        loaded.append(len(loaded))
        return loaded[-1]

    with snapshot():
        found = [current_state().cached(key, load) for key in ("one", "two", "one")]
    assert found == [0, 1, 0]
    assert loaded == [0, 1]


@pytest.mark.django_db
def test_the_versions_are_those_of_the_beginning():
    with snapshot():
        state = current_state()
        before = (state.version, state.answer_version, state.changed_at)
        assert state.answer_version == f"{state.version} {state.last_change.edits}"
        Moderator.objects.create(username="amy")
        assert (state.version, state.answer_version, state.changed_at) == before
    with snapshot():
        assert current_state().version != before[0]


@pytest.mark.django_db
def test_the_database_is_named_by_its_place():
    at = connection.settings_dict
    with snapshot():
        assert current_state().database == f"{at['HOST']}:{at['PORT']}/{at['NAME']}"


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "changed"), [("UTC", False), ("Asia/Tokyo", True)])
def test_the_raw_rows_are_cut_by_a_changed_time_zone(settings, zone, changed):
    write_march()
    writing.refresh()
    settings.TIME_ZONE = zone
    no_rollups = RollupSelection()
    with snapshot():
        state = current_state()
        assert not state.time_zone_changed
        assert state.status.time_zone_changed is changed
        assert state.time_zone_changed is changed
        assert setting("portal.time_zone") == (zone if changed else "")
        march = state.select_rollups(date(2026, 3, 1), date(2026, 3, 31))
        assert (march == no_rollups) is changed
        assert state.select_rollups(date(2026, 3, 1), date(2026, 3, 31)) is march or changed
    assert setting("portal.time_zone") == ""


@pytest.mark.django_db
def test_a_snapshot_that_set_no_time_zone_resets_none(monkeypatch):
    given = []
    monkeypatch.setattr(snapshots, "set_time_zone", given.append)
    with snapshot():
        assert not current_state().status.time_zone_changed
    assert given == []


@pytest.mark.django_db
def test_of_what_is_large_the_one_asked_for_last_is_kept():
    loads = []

    def load(key):
        loads.append(key)
        return key

    with snapshot():
        latest = current_state().latest
        for key in ("one", "one", "two", "one"):
            assert latest("work", key, lambda key=key: load(key)) == key
        assert latest("other work", "one", lambda: load("other")) == "other"
        assert latest("work", "one", lambda: load("again")) == "one"
    assert loads == ["one", "two", "one", "other"]


@pytest.mark.django_db
def test_what_was_asked_for_before_is_gone_when_the_next_is_loaded():
    class Work:
        pass

    with snapshot():
        first = weakref.ref(current_state().latest("work", 1, Work))
        assert first() is not None
        current_state().latest("work", 2, lambda: first() is None and Work())
        assert current_state().latest("work", 2, Work)
