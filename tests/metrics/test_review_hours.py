"""Review work by weekday and hour, by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command

from accounts.models import Role
from analytics.access import PORTAL, NotVisible, ScopeError
from analytics.metrics.registry import METRICS
from analytics.models import Moderator, Session
from analytics.rows.kinds import record_list
from analytics.rows.selection import select
from analytics.scope import Scope, WeekHour
from analytics.summaries.snapshots import snapshot
from tests.brute import PlainSession
from tests.conftest import make_user
from tests.factory import write_session
from tests.reviewed import view, write_march

BY_HOUR = METRICS["review-by-hour"]


def rows(**scope):
    return [tuple(row.values()) for row in BY_HOUR(Scope(PORTAL, **scope)).rows]


def write(public_id, started_at, *keys, moderator="amy", duration_us=60_000_000):
    return write_session(
        PlainSession(
            public_id=public_id,
            moderator=moderator,
            started_at=started_at,
            duration_us=duration_us,
            views=[view(f"{public_id}-{n}", key) for n, key in enumerate(keys)],
            idle=[],
            queues=[],
        )
    )


def test_march(db):
    write_march()
    # Tuesday, Wednesday and Thursday from 9:30: 510 active seconds over 3 decided videos, an
    # unknown time, and 100 seconds over 1.
    assert rows() == [
        (2, 9, 1, 4, 2, 1, 1 / 3, 170.0),
        (3, 9, 1, 1, 0, 1, 1.0, None),
        (4, 9, 1, 3, 1, 0, 0.0, 100.0),
    ]
    assert BY_HOUR(Scope(PORTAL)).n == 8
    bob = Moderator.objects.get(username="bob")
    assert rows(moderator=bob) == [(4, 9, 1, 3, 1, 0, 0.0, 100.0)]
    assert rows(session=Session.objects.get(public_id="alice-2")) == [(3, 9, 1, 1, 0, 1, 1.0, None)]
    assert rows(start=date(2026, 4, 1)) == []


def test_an_hour_sums_over_weeks_and_is_a_rate_over_all_its_decisions(db):
    monday = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
    write("one", monday, "a")
    write("two", monday + timedelta(days=7, minutes=59, seconds=59), "a", "q", "q", "")
    write("three", monday + timedelta(days=14, hours=1), "q")
    # 2 of 4, not the mean of 0 and 2/3; 120 seconds over 4 decided.
    assert rows() == [(1, 14, 2, 5, 2, 2, 0.5, 30.0), (1, 15, 1, 1, 0, 1, 1.0, 60.0)]
    call_command("summaries", "refresh")
    assert rows() == [(1, 14, 2, 5, 2, 2, 0.5, 30.0), (1, 15, 1, 1, 0, 1, 1.0, 60.0)]
    assert rows(end=date(2026, 3, 8)) == [(1, 14, 1, 1, 1, 0, 0.0, 60.0)]


def test_midnight_and_the_end_of_the_week(db):
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    write("last", monday - timedelta(microseconds=1), "a")
    write("first", monday, "q")
    assert [row[:3] for row in rows()] == [(1, 0, 1), (7, 23, 1)]
    assert [row[:3] for row in rows(start=date(2026, 3, 2))] == [(1, 0, 1)]


@pytest.fixture
def berlin(db, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    call_command("summaries", "rebuild", verbosity=0)


# In 2026 Berlin's clock jumps on 29 March from 2:00 to 3:00, and on 25 October from 3:00 back to
# 2:00: both are Sundays, at 1:00 UTC.
CHANGES = {
    datetime(2026, 3, 29, 0, 59, tzinfo=UTC): (7, 1),
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC): (7, 3),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC): (7, 2),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC): (7, 2),
    datetime(2026, 10, 25, 2, 0, tzinfo=UTC): (7, 3),
    # Monday there, Sunday in UTC.
    datetime(2026, 10, 25, 23, 0, tzinfo=UTC): (1, 0),
}


@pytest.mark.parametrize("built", [False, True], ids=["of sessions", "of roll-ups"])
def test_hours_are_those_of_the_portals_clock(berlin, built):
    for n, at in enumerate(CHANGES):
        write(f"s{n}", at, "a")
    if built:
        call_command("summaries", "refresh")
    assert [row[:3] for row in rows()] == [(1, 0, 1), (7, 1, 1), (7, 2, 2), (7, 3, 2)]
    with snapshot():
        found = record_list(
            select(BY_HOUR, {"weekday": "7", "hour": "2"}, make_user("lea", Role.LEAD))
        )
        assert [e.record.public_id for e in found.page(10).entries] == ["s3", "s2"]


def test_the_rows_of_an_hour(db):
    write_march()
    lead = make_user("lea", Role.LEAD)
    with snapshot():
        selection = select(BY_HOUR, {"weekday": "2", "hour": "9", "column": "reject_rate"}, lead)
        assert selection.scope.week_hour == WeekHour(2, 9)
        found = record_list(selection)
        entries = found.page(10).entries
        assert [(e.record.position, e.counted) for e in entries] == [
            (2, False),
            (1, True),
            (0, False),
        ]
        assert found.shown == pytest.approx(1 / 3)
        with pytest.raises(NotVisible, match="weekday '1'"):
            select(BY_HOUR, {"weekday": "1", "hour": "9"}, lead)
        with pytest.raises(ScopeError, match="named by weekday, hour together"):
            select(BY_HOUR, {"weekday": "2"}, lead)
