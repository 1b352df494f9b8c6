"""Metrics of a page: one that fails fails for itself alone."""

import logging
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import connection

from analytics.access import PORTAL, ScopeError, TooFewPeople
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Result
from analytics.models import Moderator, Session
from analytics.presentation import outcomes
from analytics.presentation.outcomes import (
    Failure,
    Refused,
    accepted_scope,
    compute,
    has_no_rows,
    successful_results,
)
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state

EVERYTHING = Scope(PORTAL)
MARCH = Scope(PORTAL, start=date(2026, 3, 1), end=date(2026, 3, 31))
RESULT = Result([{"n": 1}])


def breaks_the_transaction(scope):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def reads_the_database(scope):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 41 + 1")
        return Result([{"n": value} for value in cursor.fetchone()])


def refuses(error):
    def compute_nothing(scope):
        raise error

    return compute_nothing


@pytest.fixture
def declare(monkeypatch):
    """Declare the metrics that there are, by slug."""

    def declare(**computed):
        metrics = {
            slug: SimpleNamespace(
                slug=slug,
                parameters=("start", "end"),
                for_chart=for_chart,
            )
            for slug, for_chart in computed.items()
        }
        monkeypatch.setattr(outcomes, "METRICS", metrics)

    return declare


@pytest.mark.django_db
def test_each_metric_is_computed_once_for_a_scope_without_what_it_does_not_take(declare):
    asked = []
    declare(first=lambda scope: asked.append(scope) or RESULT)
    of_person = replace(MARCH, moderator=Moderator(pk=7, username="ann"))

    found = compute([("first", of_person), ("first", of_person), ("first", EVERYTHING)])

    assert found == {("first", of_person): RESULT, ("first", EVERYTHING): RESULT}
    assert asked == [MARCH, EVERYTHING]


@pytest.mark.django_db
def test_too_few_people_are_an_answer(declare):
    declare(few=refuses(TooFewPeople("team", "of fewer than 5 people")))

    assert compute([("few", MARCH)]) == {("few", MARCH): Refused("of fewer than 5 people")}


@pytest.mark.django_db
def test_a_metric_that_breaks_its_transaction_leaves_the_others_whole(declare, caplog):
    declare(first=reads_the_database, broken=breaks_the_transaction, last=reads_the_database)

    with caplog.at_level(logging.ERROR, "analytics.presentation.outcomes"):
        found = compute([(slug, MARCH) for slug in ("first", "broken", "last")])

    failure = found["broken", MARCH]
    assert isinstance(failure, Failure)
    assert found == {
        ("first", MARCH): Result([{"n": 42}]),
        ("broken", MARCH): failure,
        ("last", MARCH): Result([{"n": 42}]),
    }
    assert [record.getMessage() for record in caplog.records] == [
        "Metrics failed together; trying each by itself",
        f"Metric broken failed, reference {failure.reference}",
    ]


def tells_where_days_begin(scope):
    """As whatever reads the summaries: it looks which may be used."""
    assert current_state().status.time_zone_changed
    with connection.cursor() as cursor:
        cursor.execute("SELECT analytics_time_zone()")
        return Result([{"zone": zone} for zone in cursor.fetchone()])


@pytest.mark.django_db
def test_beside_a_failure_days_begin_where_they_do_otherwise(declare, settings):
    declare(first=tells_where_days_begin, broken=breaks_the_transaction)
    settings.TIME_ZONE = "Asia/Tokyo"

    found = compute([(slug, MARCH) for slug in ("first", "broken")])

    assert isinstance(found["broken", MARCH], Failure)
    assert found["first", MARCH] == Result([{"zone": "Asia/Tokyo"}])


@pytest.mark.django_db
def test_a_scope_that_makes_no_sense_is_nobodys_failure(declare):
    declare(broken=breaks_the_transaction, wrong=refuses(ScopeError("start", "is no day")))

    for requests in (["wrong"], ["broken", "wrong"]):
        with pytest.raises(ScopeError, match="start: is no day"):
            compute([(slug, MARCH) for slug in requests])


def test_a_metric_keeps_of_a_scope_what_it_takes():
    ann = Moderator(pk=7, username="ann")
    scope = replace(MARCH, moderator=ann, session=Session(pk=3, public_id="s1"))

    assert accepted_scope(METRICS["moderator-performance"], scope) == replace(MARCH, moderator=ann)
    assert accepted_scope(METRICS["activity-by-rating"], scope) == MARCH


def test_what_was_computed_is_told_from_what_failed():
    empty = Result([])
    mixed = {"a": RESULT, "b": Failure("1f"), "c": Refused("few"), "d": empty}

    assert successful_results(mixed) == {"a": RESULT, "d": empty}
    assert [has_no_rows(outcome) for outcome in mixed.values()] == [False, False, False, True]
