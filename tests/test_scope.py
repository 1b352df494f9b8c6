"""Scopes: every parameter parsed, and access decided, in one place."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Q
from django.http import QueryDict

from accounts.models import Role
from analytics import scope as scope_module
from analytics.access import Forbidden, NotVisible, ScopeError
from analytics.metrics.registry import METRICS
from analytics.models import Moderator, Session
from analytics.scope import (
    DATE_PARAMETERS,
    Scope,
    parse_flag,
    visible_moderators,
    visible_sessions,
)
from analytics.scope_filters import SCOPE_FILTERS
from tests.brute import PlainSession, PlainView
from tests.conftest import make_user
from tests.factory import write_session

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def session_of(user, name: str, start: datetime = NOON) -> Session:
    return Session.objects.create(moderator=user.moderator, public_id=name, started_at=start)


def refused(kind, viewer, query: str, **options) -> ScopeError:
    with pytest.raises(kind) as caught:
        Scope.parse(QueryDict(query), viewer, **options)
    assert type(caught.value) is kind
    return caught.value


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        (
            "colour=red",
            "colour",
            "unknown parameter; this takes moderator, session, start, end, team",
        ),
        ("start=2026-1-1", "start", "'2026-1-1' is not a date; write it as YYYY-MM-DD"),
        ("start=20260101", "start", "'20260101' is not a date; write it as YYYY-MM-DD"),
        ("end=2026-02-30", "end", "'2026-02-30' is not a date; write it as YYYY-MM-DD"),
        ("end=9999-12-31", "end", "'9999-12-31' is not a date; write it as YYYY-MM-DD"),
        ("start=2026-02-02&end=2026-02-01", "start", "2026-02-02 is after the end, 2026-02-01"),
        ("start=2026-02-02&start=2026-02-03", "start", "given more than once"),
        ("start=", "start", "is empty; leave it out for all"),
        ("moderator=%00", "moderator", "holds a NUL character"),
        ("team=maybe", "team", "'maybe' is neither true nor false"),
        ("team=true&moderator=alice", "team", "can't be combined with a moderator or a session"),
    ],
)
def test_bad_input_names_the_field_and_the_reason(lea, query, field, message) -> None:
    error = refused(ScopeError, lea, query)
    assert (error.status, error.field, error.message) == (400, field, message)


def test_a_lead_sees_everyone_and_each(lea, alice) -> None:
    own = session_of(alice, "s1")
    assert Scope.parse(QueryDict(""), lea) == Scope(lea)
    query = "moderator=alice&session=s1&start=2026-03-01&end=2026-03-31"
    assert Scope.parse(QueryDict(query), lea) == Scope(
        lea, alice.moderator, own, date(2026, 3, 1), date(2026, 3, 31)
    )
    assert refused(NotVisible, lea, "moderator=nobody").status == 404
    assert refused(NotVisible, lea, "session=none").status == 404


def test_a_session_of_somebody_else_is_an_error_for_a_lead(lea, alice, bob) -> None:
    session_of(bob, "s1")
    error = refused(ScopeError, lea, "moderator=alice&session=s1")
    assert error.message == "s1 is not a session of alice"


def test_a_moderator_gets_their_own_work_and_no_hint_of_others(alice, bob) -> None:
    session_of(bob, "theirs")
    assert Scope.parse(QueryDict(""), alice).moderator == alice.moderator
    assert Scope.parse(QueryDict("moderator=alice"), alice).moderator == alice.moderator
    texts = {
        str(refused(NotVisible, alice, query)) for query in ("moderator=bob", "moderator=nobody")
    }
    assert texts == {"moderator: no such moderator"}
    texts = {
        str(refused(NotVisible, alice, query))
        for query in ("session=theirs", "session=none", "moderator=alice&session=theirs")
    }
    assert texts == {"session: no such session"}


def test_an_account_without_a_moderator_has_nothing_of_its_own(db) -> None:
    stray = make_user("stray", Role.MODERATOR)
    assert "not linked" in refused(Forbidden, stray, "").message


def test_what_belongs_to_no_moderator_is_not_a_moderators_to_see(alice, lea) -> None:
    assert refused(Forbidden, alice, "", accepts=DATE_PARAMETERS).status == 403
    assert Scope.parse(QueryDict(""), lea, accepts=DATE_PARAMETERS) == Scope(lea)


MARCH = "team=true&start=2026-03-01&end=2026-03-31"


def team(size: int, month: int = 3) -> None:
    for number in range(size):
        moderator = Moderator.objects.get_or_create(username=f"m{number}")[0]
        Session.objects.create(
            moderator=moderator,
            public_id=f"{month}-{number}",
            started_at=NOON.replace(month=month),
        )


def test_team_totals_are_of_whole_months_that_have_ended(alice) -> None:
    scope = Scope.parse(QueryDict(MARCH), alice)
    assert (scope.moderator, scope.team, scope.is_team_totals) == (None, True, True)
    for query in (
        "team=true",
        "team=true&start=2026-03-01",
        "team=true&start=2026-03-01&end=2026-03-30",
        "team=true&start=2026-03-02&end=2026-03-31",
    ):
        assert "whole calendar months" in refused(ScopeError, alice, query).message


@pytest.mark.parametrize(
    ("now", "ended"),
    [
        (datetime(2026, 3, 31, 23, 59, tzinfo=UTC), False),
        (datetime(2026, 4, 1, tzinfo=UTC), True),
    ],
)
def test_the_running_month_tells_nothing(alice, lea, monkeypatch, now, ended) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    assert Scope.parse(QueryDict(MARCH), lea).team
    if ended:
        assert Scope.parse(QueryDict(MARCH), alice).team
    else:
        assert refused(ScopeError, alice, MARCH).message == "2026-03 has not ended"


def test_team_totals_name_nobody(alice) -> None:
    team(5)
    scope = Scope.parse(QueryDict(MARCH), alice)
    for slug in ("moderator-review", "unique-videos-per-session", "playback-speed-per-session"):
        with pytest.raises(Forbidden):
            METRICS[slug](scope)
        with pytest.raises(Forbidden):
            METRICS[slug].for_chart(scope)


def test_days_begin_in_the_time_zone(lea, alice, settings) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    session_of(alice, "late", datetime(2026, 3, 10, 15, tzinfo=UTC))
    session_of(alice, "early", datetime(2026, 3, 10, 14, 59, 59, tzinfo=UTC))
    scope = Scope(lea, start=date(2026, 3, 11), end=date(2026, 3, 11))
    assert [session.public_id for session in scope.sessions()] == ["late"]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_a_session_at_midnight_belongs_to_the_day_that_begins(lea, alice, settings, zone) -> None:
    settings.TIME_ZONE = zone
    midnight = datetime(2026, 3, 11, tzinfo=ZoneInfo(zone))
    session_of(alice, "before", midnight - timedelta(microseconds=1))
    session_of(alice, "midnight", midnight)
    session_of(alice, "next midnight", midnight + timedelta(days=1))

    def of_day(day: date) -> list[str]:
        return [session.public_id for session in Scope(lea, start=day, end=day).sessions()]

    assert of_day(date(2026, 3, 10)) == ["before"]
    assert of_day(date(2026, 3, 11)) == ["midnight"]
    assert of_day(date(2026, 3, 12)) == ["next midnight"]


@pytest.mark.parametrize(
    ("days", "earlier"), [(1, 7), (7, 7), (8, 14), (28, 28), (30, 35), (91, 91), (364, 364)]
)
def test_the_period_before_has_the_same_length_and_weekdays(lea, days, earlier) -> None:
    scope = Scope(lea, start=date(2026, 3, 1), end=date(2026, 3, 1) + timedelta(days=days - 1))
    before = scope.previous()
    assert before is not None
    assert before.start == date(2026, 3, 1) - timedelta(days=earlier)
    assert before.end == scope.end - timedelta(days=earlier)


def test_without_dates_there_is_no_period_before(lea) -> None:
    assert Scope(lea, start=date(2026, 3, 1)).previous() is None


def test_team_totals_open_no_rows(alice, client) -> None:
    team(5)
    client.force_login(alice)
    for address in (
        "/export/videos.csv",
        "/api/v1/export/videos.csv",
        "/api/v1/export/session-documents.jsonl",
        "/api/v1/sessions/",
        "/api/v1/videos/",
    ):
        answer = client.get(f"{address}?{MARCH}")
        assert answer.status_code in (400, 403), address


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("True", True), ("1", True), ("false", False), ("FALSE", False), ("0", False)],
)
def test_a_flag_is_true_or_false(text, value) -> None:
    assert parse_flag("team", text) is value


def test_a_period_before_the_first_date_there_can_be_is_none(lea) -> None:
    # 52 weeks before is still in the year 1, 53 are not.
    first = date(2, 1, 1)
    scope = Scope(lea, start=first, end=first + timedelta(days=363))
    assert scope.previous() == Scope(lea, start=date(1, 1, 2), end=date(1, 12, 31))
    assert replace(scope, end=first + timedelta(days=364)).previous() is None


def test_what_roll_ups_know_is_no_filter_of_sessions_alone(lea, alice, monkeypatch) -> None:
    session = session_of(alice, "s1")
    scope = Scope(lea, alice.moderator, session, date(2026, 3, 1), date(2026, 3, 31))
    assert scope.session_only_filter == Q()
    moderator, *others = SCOPE_FILTERS
    unknown = replace(moderator, in_rollups=False)
    monkeypatch.setattr(scope_module, "SCOPE_FILTERS", (unknown, *others))
    assert scope.session_only_filter == Q(moderator=alice.moderator)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"team": "true"},
        {"moderator": "alice", "session": "s1", "start": "2026-03-01", "end": "2026-03-31"},
    ],
)
def test_a_scope_gives_its_parameters_again(lea, alice, params) -> None:
    session_of(alice, "s1")
    assert Scope.parse(params, lea).as_params() == params


def test_rows_are_for_those_who_may_see_them(lea, alice) -> None:
    for scope in (Scope(lea), Scope(lea, team=True), Scope(alice, alice.moderator)):
        scope.require_row_access("a list")
    with pytest.raises(Forbidden, match="team: a list names people; ask for your own"):
        Scope(alice, team=True).require_row_access("a list")


def test_equal_scopes_are_one_key(lea) -> None:
    assert len({Scope(lea, start=date(2026, 3, 1)), Scope(lea, start=date(2026, 3, 1))}) == 1


def test_every_row_of_a_scope_is_of_its_sessions(lea, alice, bob) -> None:
    """Views, speeds, idle intervals and queues, those of others left out."""
    for user in (alice, bob):
        views = [PlainView(f"{user.username}-v", "completed", ["a"], "muted", [1.5])]
        idle = [(f"{user.username}-idle", None, None)]
        queues = [(f"{user.username}-queue", None, False, {})]
        write_session(PlainSession(user.username, user.username, NOON, None, views, idle, queues))
    scope = Scope(lea, alice.moderator)
    assert [view.video.public_id for view in scope.views()] == ["alice-v"]
    assert [speed.view.session.public_id for speed in scope.speeds()] == ["alice"]
    assert [idle.kind for idle in scope.idle()] == ["alice-idle"]
    assert [queue.name for queue in scope.queues()] == ["alice-queue"]
    assert Scope(lea).views().count() == 2


def test_all_sessions_or_ones_own_are_visible(lea, alice, bob) -> None:
    for user in (alice, bob):
        session_of(user, user.username)
    assert {session.public_id for session in visible_sessions(lea)} == {"alice", "bob"}
    assert [session.public_id for session in visible_sessions(alice)] == ["alice"]
    assert [person.username for person in visible_moderators(lea)] == ["alice", "bob"]
    assert [person.username for person in visible_moderators(alice)] == ["alice"]
    unlinked = make_user("zoe", Role.MODERATOR)
    for visible in (visible_sessions, visible_moderators):
        with pytest.raises(Forbidden):
            visible(unlinked)


def test_parameters_come_from_a_request_or_a_plain_mapping(lea, alice) -> None:
    assert Scope.parse({"moderator": "alice"}, lea) == Scope(lea, alice.moderator)
    with pytest.raises(AssertionError):
        Scope.parse([("moderator", "alice")], lea)
