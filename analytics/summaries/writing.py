"""Keeping the summaries: with every write, and after what other programs did.

One writer at a time, by an advisory lock held to the end of the transaction; readers take no
lock. ``docs/summaries.md`` says why every interleaving leaves the figures exact.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from pyroaring import BitMap

from analytics.models import (
    PendingDay,
    RawDecisions,
    RawTotals,
    RawValue,
    SeenValue,
    SessionDecisions,
    SessionTotals,
    SessionValue,
    SessionVideos,
    StaleSession,
    Subject,
    SummaryState,
    VideoView,
)
from analytics.summaries import agreement_rollups, rollups
from analytics.summaries.snapshots import repeatable_read
from analytics.summaries.version import delete_old_changes, renew_version
from moderation_portal.advisory_locks import AdvisoryLock, take_turn
from moderation_portal.postgres.copying import copying

SESSION_BATCH = 500
DAY_BATCH = 62

Progress = Callable[[int, int], None]

#: What charts colour by when it was first seen.
COLORED = (Subject.STATUS, Subject.IDLE, Subject.QUEUE)


@contextmanager
def write_lock(*, bulk: bool = False) -> Iterator[None]:
    """Open a transaction in which the caller writes raw rows and then calls ``summarise``.

    Other writers wait; see ``take_turn``.
    """
    with unmarked_writes():
        take_turn(AdvisoryLock.WRITERS, bulk=bulk)
        yield


@contextmanager
def unmarked_writes() -> Iterator[None]:
    """Open a transaction that ``take_turn`` makes the writers' only one, at its end at the latest.

    The triggers leave the marking to the caller. Before its turn it may write what nobody else can
    meet: rows of sessions that are not there yet.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # Settings of a session are PostgreSQL's own: the ORM has no words for them. The statements
        # of a batch look costly and are quick: compiling them takes longer than they do.
        cursor.execute(
            "SELECT set_config('portal.summed', 'on', true), set_config('jit', 'off', true)"
        )
        yield
        cursor.execute("SELECT set_config('portal.summed', 'off', true)")
        delete_old_changes()


# Ways to join that read a whole table.
WHOLE_TABLE_PLANS = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")


@contextmanager
def prefer_indexes() -> Iterator[None]:
    """Let PostgreSQL look up the rows of sessions by index.

    In a first import the tables have no statistics yet; guessing without them it would read all
    speeds for every session.
    """
    # Settings of the planner are PostgreSQL's own: the ORM has no words for them.
    change = "SELECT set_config(name, %s, true) FROM unnest(%s::text[]) AS name"
    with connection.cursor() as cursor:
        cursor.execute(change, ["off", list(WHOLE_TABLE_PLANS)])
        yield
        cursor.execute(change, ["on", list(WHOLE_TABLE_PLANS)])


def shared_columns(
    model: type[SessionTotals] | type[SessionValue] | type[SessionDecisions],
) -> list[str]:
    """The columns that a summary shares with its view: all but a key of its own."""
    return [field.attname for field in model._meta.concrete_fields if field.name != "id"]


# What a session's summary is filled from.
SUMMED_VIEWS = (
    (SessionTotals, RawTotals),
    (SessionValue, RawValue),
    (SessionDecisions, RawDecisions),
)


def summarise(session_ids: Collection[int]) -> None:
    """Sum up these sessions again from their raw rows; those that are gone lose their summary.

    Must be called inside ``write_lock``, in the transaction that wrote the raw rows. The days they
    were and are on become pending. In as few statements as can be, in SQL: the ORM has neither
    INSERT ... SELECT nor arrays in place of a parameter for each session.
    """
    ids = list(session_ids)
    if not ids:
        return
    with prefer_indexes(), connection.cursor() as cursor:
        days = delete_summaries(cursor, ids)
        days |= _sum_up(cursor, ids)
    announce_summaries(ids, days)


def sum_up_new(session_ids: Collection[int]) -> set[date]:
    """Sum up sessions that nobody else can see yet; returns the days they are on.

    Must be called inside ``unmarked_writes``; ``announce_summaries`` does the rest in the writers'
    turn.
    """
    with prefer_indexes(), connection.cursor() as cursor:
        return _sum_up(cursor, list(session_ids))


def announce_summaries(session_ids: Collection[int], days: Iterable[date]) -> None:
    """After sessions were summed up, note what is new in them and that their days changed.

    Must be called inside ``write_lock``.
    """
    with connection.cursor() as cursor:
        keep_seen_values(cursor, list(session_ids))
    PendingDay.objects.bulk_create((PendingDay(day=day) for day in days), ignore_conflicts=True)


def _sum_up(cursor: CursorWrapper, ids: list[int]) -> set[date]:
    """Fill the summaries of sessions that have none; returns the days they are on."""
    for stored, raw in SUMMED_VIEWS:
        names = ", ".join(shared_columns(stored))
        cursor.execute(
            f"INSERT INTO {stored._meta.db_table} ({names})"
            f" SELECT {names} FROM {raw._meta.db_table} WHERE session_id = ANY(%s)",
            [ids],
        )
    return store_video_sets(cursor, ids)


def delete_summaries(cursor: CursorWrapper, ids: list[int]) -> set[date]:
    """Delete the summaries of sessions; returns the days that they were on."""
    totals, *others = (
        model._meta.db_table
        for model in (SessionTotals, SessionValue, SessionVideos, SessionDecisions)
    )
    deleted = ", ".join(
        f"from_{table} AS (DELETE FROM {table} WHERE session_id = ANY(%(ids)s) RETURNING day)"
        for table in (totals, *others)
    )
    cursor.execute(f"WITH {deleted} SELECT DISTINCT day FROM from_{totals}", {"ids": ids})
    return {day for (day,) in cursor.fetchall()}


def keep_seen_values(cursor: CursorWrapper, ids: list[int]) -> None:
    """Note the values of sessions that were never seen before, those of one import by name.

    The lock of the writers makes their order one for all. They are of other colours from now on,
    which a refresh that sums up what others have written tells by a version of its own.
    """
    cursor.execute(
        f"INSERT INTO {SeenValue._meta.db_table} (subject, value)"
        f" SELECT DISTINCT subject, value FROM {SessionValue._meta.db_table} AS found"
        " WHERE session_id = ANY(%s) AND subject = ANY(%s) AND NOT EXISTS"
        f" (SELECT FROM {SeenValue._meta.db_table} AS seen"
        " WHERE seen.subject = found.subject AND seen.value = found.value)"
        " ORDER BY subject, value",
        [ids, [subject.value for subject in COLORED]],
    )
    if cursor.rowcount:
        renew_version()


def store_video_sets(cursor: CursorWrapper, ids: list[int]) -> set[date]:
    """Store the bitmap of each session's videos; returns the days of the sessions."""
    cursor.execute(
        "SELECT session_id, moderator_id, day,"
        f" ARRAY(SELECT video_id FROM {VideoView._meta.db_table} AS viewed"
        " WHERE viewed.session_id = totals.session_id AND video_id IS NOT NULL)"
        f" FROM {SessionTotals._meta.db_table} AS totals WHERE session_id = ANY(%s)",
        [ids],
    )
    rows = cursor.fetchall()
    statement = (
        f"COPY {SessionVideos._meta.db_table} (session_id, moderator_id, day, videos) FROM STDIN"
    )
    with copying(connection, statement) as copy:
        for session, moderator, day, videos in rows:
            copy.write_row((session, moderator, day, BitMap(videos).serialize()))
    return {day for _session, _moderator, day, _videos in rows}


def refresh(progress: Progress | None = None) -> None:
    """Bring the summaries up to date: marked sessions first, then the pending days' roll-ups.

    In short transactions, so that it can be stopped anywhere and run again. ``progress`` is
    called with (done, of how many), counting sessions and days.
    """
    report = progress or (lambda done, total: None)
    done = 0
    while True:
        left = StaleSession.objects.values("session_id").distinct().count()
        left += PendingDay.objects.count()
        report(done, done + left)
        step = refresh_sessions() or refresh_days()
        if not step:
            break
        done += step
    with write_lock(bulk=True):
        rollups.build_longer_periods()
    build_agreement()
    report(done, done)


def build_agreement() -> None:
    """Count the agreement of the periods where it is missing, and store it.

    Counted without the lock, so that no writer waits for it. What was counted of a period that has
    been built anew meanwhile is left to the next refresh; of one with a day that is pending now it
    is not used, and goes when that day is built.
    """
    for span in agreement_rollups.periods_without_agreement():
        with repeatable_read():
            built = agreement_rollups.built_as(span)
            counted = agreement_rollups.count_agreement(span)
        with write_lock(bulk=True):
            if built is not None and agreement_rollups.built_as(span) == built:
                agreement_rollups.delete_agreement(span)
                counted.save()


def refresh_sessions() -> int:
    """Sum up some of the marked sessions; returns how many, 0 when none is marked.

    The marks are read before the raw rows: a change that is committed later leaves its own
    mark behind, whether or not the sums already hold it.
    """
    with write_lock(bulk=True):
        newest = StaleSession.objects.order_by("pk").values_list("session_id", flat=True)
        ids = set(newest[:SESSION_BATCH])
        marks = list(StaleSession.objects.filter(session_id__in=ids).values_list("pk", "day"))
        summarise(ids)
        days = {day for _pk, day in marks}
        PendingDay.objects.bulk_create((PendingDay(day=day) for day in days), ignore_conflicts=True)
        StaleSession.objects.filter(pk__in=[pk for pk, _day in marks]).delete()
    return len(ids)


def refresh_days() -> int:
    """Build the roll-ups of some pending days; returns how many, 0 when none is pending."""
    with write_lock(bulk=True):
        days = list(PendingDay.objects.order_by("day").values_list("day", flat=True)[:DAY_BATCH])
        if days:
            rollups.build_days(days)
            PendingDay.objects.filter(day__in=days).delete()
    return len(days)


def build_rollups() -> None:
    """Build the roll-ups of pending days: one round, however much an import adds meanwhile."""
    refresh_days()
    with write_lock():
        rollups.build_longer_periods()


def reset_summaries() -> None:
    """Forget all summaries and mark every session, to be summed again by ``refresh``.

    The days are cut by the TIME_ZONE of the settings from now on. Until the refresh is done
    every figure is computed from the raw rows: slower, and right.
    """
    with write_lock(), connection.cursor() as cursor:
        SummaryState.objects.update_or_create(pk=1, defaults={"time_zone": settings.TIME_ZONE})
        # Not TRUNCATE: it empties a table even for snapshots that were taken before.
        for model in (
            SessionTotals,
            SessionValue,
            SessionVideos,
            SessionDecisions,
            StaleSession,
            PendingDay,
        ):
            model._default_manager.all().delete()
        rollups.delete_all_rollups()
        # What was computed from wrong summaries must not be kept.
        renew_version()
        # INSERT ... SELECT: see summarise.
        cursor.execute(
            "INSERT INTO analytics_stalesession (session_id, day)"
            " SELECT s.id, (s.started_at AT TIME ZONE state.time_zone)::date"
            " FROM analytics_session s, analytics_summarystate state"
        )


def ensure_state() -> None:
    """Put the state back where it is missing; summaries cut by who knows what are reset."""
    if SummaryState.objects.exists():
        return
    SummaryState.objects.create(pk=1, time_zone=settings.TIME_ZONE)
    if SessionTotals.objects.exists():
        reset_summaries()
