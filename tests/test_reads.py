"""Reads: noted with what they gave, and all of them, or the whole counts for nothing."""

from dataclasses import dataclass
from datetime import date
from math import inf, nan
from types import SimpleNamespace

import numpy as np
import orjson
import pytest
from django.db import transaction

from analytics.access import PORTAL
from analytics.display import DEFAULT, DateFormat, Display, activate, for_reader
from analytics.formatting import day
from analytics.models import Moderator, Session
from analytics.reads import digest, noting_reads, read, read_before, reads_the_same
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state, snapshot
from tests.reviewed import write_march


@read
def name_of(key, *, upper=False):
    name = Moderator.objects.get(pk=key).username
    return name.upper() if upper else name


@read
def names_through(first):
    return [name_of(first)]


@read
def moderators():
    return list(Moderator.objects.order_by("pk"))


@read
def session_of(public_id, related=()):
    sessions = Session.objects.select_related(*related) if related else Session.objects
    return sessions.get(public_id=public_id)


@dataclass(frozen=True)
class Measured:
    low: float | None


@read
def anything(value):
    return value


@pytest.fixture
def amy(db):
    return Moderator.objects.create(username="amy")


def reads_of(function, *args, **kwargs):
    with noting_reads() as noted:
        function(*args, **kwargs)
    return read_before(noted)


def test_what_is_read_again_tells_whether_it_has_changed(amy):
    before = reads_of(name_of, amy.pk, upper=True)
    assert reads_the_same(before)
    Moderator.objects.filter(pk=amy.pk).update(username="AMY")
    assert reads_the_same(before)
    Moderator.objects.filter(pk=amy.pk).update(username="zoe")
    assert not reads_the_same(before)


def test_a_read_is_noted_as_one_whatever_it_reads_itself(amy):
    ((call, _),) = reads_of(names_through, amy.pk)
    assert (call.function.__name__, call.args) == ("names_through", (amy.pk,))
    # Noted by nobody, it is just a function.
    assert names_through(amy.pk) == ["amy"]


def test_what_reads_besides_makes_all_reads_count_for_nothing(amy):
    def statement():
        name_of(amy.pk)
        Moderator.objects.count()

    def version():
        name_of(amy.pk)
        with snapshot():
            return current_state().changed_at

    assert reads_of(statement) is None
    assert reads_of(version) is None
    assert reads_of(name_of, amy.pk) is not None


def test_a_place_to_go_back_to_is_no_read(amy):
    def in_savepoint():
        with transaction.atomic():
            name_of(amy.pk)

    assert len(reads_of(in_savepoint)) == 1


def test_what_is_refused_may_be_answered_next_time(amy):
    def refused():
        with pytest.raises(Moderator.DoesNotExist):
            name_of(0)

    assert reads_of(refused) is None
    before = reads_of(name_of, amy.pk)
    amy.delete()
    with pytest.raises(Moderator.DoesNotExist):
        reads_the_same(before)


@pytest.mark.parametrize("argument", [SimpleNamespace(name="amy"), ([1],), (object(), 1)])
def test_what_may_hold_what_was_read_is_no_argument(argument):
    class Asked:
        held = argument

    assert reads_of(anything, (Asked(),)) is None
    assert reads_of(anything, [argument]) is None


@pytest.mark.parametrize(
    "argument", [None, 1, "a", date(2026, 3, 1), (None, ("a", 1)), Scope(PORTAL)]
)
def test_values_are_arguments(argument, monkeypatch):
    with noting_reads() as noted:
        anything(argument)
    assert noted.is_complete


def test_what_the_database_has_loaded_of_an_object_meanwhile_belongs_to_it(db):
    write_march()

    def lazily():
        return session_of("alice-1").moderator.username

    # Not noted by anybody: a statement of its own.
    assert reads_of(lazily) is None
    before = reads_of(session_of, "alice-1", ("moderator",))
    assert reads_the_same(before)
    Moderator.objects.filter(username="alice").update(username="alicia")
    assert not reads_the_same(before)


def test_every_field_of_an_object_counts(amy):
    before = reads_of(moderators)
    Moderator.objects.update(extra={"team": 1})
    assert not reads_the_same(before)


def test_values_of_two_types_are_not_the_same():
    values = [1, 1.0, True, "1", None, [], {}, [1], [[1]], date(2026, 3, 1), 1.5]
    values += [np.array([1, 2]), np.array([1.0, 2.0]), frozenset("ab"), {"a": 1}, {"b": 1}]
    values += [DEFAULT, Display(time_zone="UTC")]
    assert len({digest(value) for value in values}) == len(values)
    turned = np.arange(6).reshape(2, 3).T
    assert digest(turned) == digest(np.array([[0, 3], [1, 4], [2, 5]])) != digest(turned.ravel())
    assert digest([np.float64(1.5), np.int64(2)]) == digest([1.5, 2])


def test_what_is_not_known_is_told_from_what_is_no_number():
    unknown = (None, nan, inf, -inf)
    of_dataclasses = {digest(Measured(value)) for value in unknown}
    of_arrays = {digest(np.array([1.0, value])) for value in unknown[1:]}
    assert (len(of_dataclasses), len(of_arrays)) == (4, 3)
    assert digest(np.array([None, 1], dtype=object)) == digest([None, 1])


def test_sentences_are_read_as_whoever_asks_reads_them():
    sentence = for_reader(lambda: day(date(2026, 3, 1)))
    plain = digest([sentence])
    with activate(Display(date_format=DateFormat.ISO)):
        assert digest([sentence]) == digest(["2026-03-01"]) != plain


def test_what_is_no_data_counts_for_nothing():
    with pytest.raises(orjson.JSONEncodeError):
        digest(object())
    assert reads_of(anything, print) is None
