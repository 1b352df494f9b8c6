"""The state of the summaries: without it nothing is counted or kept, and in another time zone
the raw rows answer."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from analytics.access import PORTAL
from analytics.metrics.registry import METRICS
from analytics.models import Moderator, Session, SummaryState
from analytics.scope import Scope
from analytics.summaries import checking, writing
from analytics.summaries.selection import MissingStateError
from analytics.summaries.snapshots import snapshot
from analytics.summaries.version import data_version
from tests.brute import PlainSession, PlainView
from tests.factory import write_session

# 1 March in UTC, 2 March in Tokyo.
EVENING = datetime(2026, 3, 1, 20, tzinfo=UTC)


def write_evening() -> Session:
    return write_session(
        PlainSession(
            public_id="s1",
            moderator="amy",
            started_at=EVENING,
            duration_us=60_000_000,
            views=[PlainView(video="v1", status="completed", keys=["a"], sound="muted")],
            idle=[("pause", 5_000_000, None)],
            queues=[("Spam", 4, True, {})],
        )
    )


@pytest.mark.django_db
def test_the_migrations_leave_the_state() -> None:
    assert list(SummaryState.objects.values_list("pk", "time_zone")) == [(1, "UTC")]


@pytest.mark.django_db
def test_without_the_state_nothing_is_written_or_counted() -> None:
    SummaryState.objects.all().delete()
    moderator = Moderator.objects.create(username="amy")
    with pytest.raises(DatabaseError, match="has no row"), transaction.atomic():
        Session.objects.create(moderator=moderator, public_id="s1", started_at=EVENING)
    with pytest.raises(MissingStateError):
        METRICS["review-summary"](Scope(PORTAL))
    assert list(checking.differences()) == [
        "the summaries have no state: run 'manage.py summaries rebuild'"
    ]
    call_command("summaries", "rebuild", stdout=StringIO())
    write_evening()
    assert METRICS["review-summary"](Scope(PORTAL)).rows[0]["sessions"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize("refreshed", [True, False])
def test_under_another_time_zone_the_raw_rows_answer(settings, refreshed: bool) -> None:
    write_evening()
    if refreshed:
        writing.refresh()
    before = data_version()[0]
    settings.TIME_ZONE = "Asia/Tokyo"
    assert data_version()[0] != before
    second = Scope(PORTAL, start=date(2026, 3, 2), end=date(2026, 3, 2))
    first = Scope(PORTAL, start=date(2026, 3, 1), end=date(2026, 3, 1))
    amy = Scope(PORTAL, moderator=Moderator.objects.get())
    for scope, sessions in ((second, 1), (first, 0), (Scope(PORTAL), 1), (amy, 1)):
        row = METRICS["review-summary"](scope).rows[0]
        assert (row["sessions"], row["unique_videos"], row["moderators"]) == (sessions,) * 3
    for slug in ("review-by-day", "queue-by-day"):
        for scope in (Scope(PORTAL), amy, Scope(PORTAL, session=Session.objects.get())):
            assert [row["day"] for row in METRICS[slug](scope).rows] == [date(2026, 3, 2)]
    # The marks of what is written meanwhile are of the summaries' own days.
    write_session(
        PlainSession("s2", "amy", EVENING, None, views=[], idle=[], queues=[]),
    )
    assert set(checking.differences()) == {"the days begin in UTC, TIME_ZONE is Asia/Tokyo"}
    call_command("summaries", "rebuild", stdout=StringIO())
    assert list(checking.differences()) == []
    assert METRICS["review-summary"](second).rows[0]["sessions"] == 2


@pytest.mark.django_db
def test_check_names_a_trigger_that_is_off() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE analytics_session DISABLE TRIGGER summaries_update")
    assert list(checking.differences()) == [
        "analytics_session: the trigger summaries_update is missing or off"
    ]


@pytest.mark.django_db
def test_a_snapshot_inside_a_transaction_leaves_no_time_zone_behind(settings) -> None:
    write_evening()
    settings.TIME_ZONE = "Asia/Tokyo"
    with snapshot():
        METRICS["review-by-day"].compute(Scope(PORTAL))
    with connection.cursor() as cursor:
        cursor.execute("SELECT analytics_time_zone()")
        assert cursor.fetchone() == ("UTC",)


@pytest.mark.django_db
def test_pages_say_that_the_time_zone_is_another(settings, client, lea) -> None:
    write_evening()
    client.force_login(lea)
    words = "Days begin in Asia/Tokyo now."
    assert words not in client.get("/review/?start=").content.decode()
    settings.TIME_ZONE = "Asia/Tokyo"
    assert words in client.get("/review/?start=").content.decode()
