"""Checking the summaries: everything computed again from the raw rows, and compared."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from math import isclose
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from pyroaring import BitMap

from analytics.models import (
    Inactivity,
    PeriodAgreement,
    PeriodTotals,
    PeriodValue,
    PeriodVideos,
    PlaybackSpeed,
    QueueAssignment,
    RawDecisions,
    RawTotals,
    RawValue,
    Session,
    SessionDecisions,
    SessionTotals,
    SessionValue,
    SessionVideos,
    SummaryState,
    VideoView,
)
from analytics.summaries import agreement_rollups, rollups
from analytics.summaries.writing import SESSION_BATCH, refresh, shared_columns, write_lock

# Their changes are marked by triggers.
SUMMED_MODELS = (Session, VideoView, Inactivity, QueueAssignment, PlaybackSpeed)
# Their changes renew the versions of roll-ups, by triggers.
VERSIONED_MODELS = (PeriodTotals, PeriodValue, PeriodVideos)

Rows = dict[Any, tuple[Any, ...]]
Progress = Callable[[int, int], None]

# The last digits of a sum of fractions depend on the order in which they are added.
TOLERANCE = 1e-9


def differences(progress: Progress | None = None) -> Iterator[str]:
    """A sentence for each summary that differs from the raw rows.

    Marked sessions and pending days are refreshed first: they are known to be out of date, and
    no figure is read from them. ``progress`` is called with (sessions done, of how many).
    """
    yield from state_errors()
    if not SummaryState.objects.exists():
        # Nothing can be computed to compare with.
        return
    refresh()
    ids = list(Session.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), SESSION_BATCH):
        yield from session_differences(ids[start : start + SESSION_BATCH])
        if progress is not None:
            progress(min(start + SESSION_BATCH, len(ids)), len(ids))
    for model in (SessionTotals, SessionValue, SessionVideos, SessionDecisions):
        gone = model._default_manager.exclude(session_id__in=Session.objects.values("pk"))
        for session in gone.values_list("session_id", flat=True).distinct().order_by():
            yield f"session {session}: is gone, and has rows in {model._meta.db_table}"
    yield from rollup_differences()


def state_errors() -> Iterator[str]:
    """A sentence for each fault of the state row, and of the triggers that mark changes."""
    zone = SummaryState.objects.values_list("time_zone", flat=True).first()
    if zone is None:
        yield "the summaries have no state: run 'manage.py summaries rebuild'"
    elif zone != settings.TIME_ZONE:
        yield f"the days begin in {zone}, TIME_ZONE is {settings.TIME_ZONE}"
    with connection.cursor() as cursor:
        # The catalogue of triggers is PostgreSQL's own.
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
        )
        enabled = set(cursor.fetchall())
    wanted = ((SUMMED_MODELS, "summaries"), (VERSIONED_MODELS, "renewed"))
    for models, name in wanted:
        for model, event in product(models, ("insert", "update", "delete", "truncate")):
            table = model._meta.db_table
            if (table, f"{name}_{event}") not in enabled:
                yield f"{table}: the trigger {name}_{event} is missing or off"


def session_differences(ids: list[int]) -> Iterator[str]:
    """The differences of some sessions' own summaries, read in one transaction."""
    with write_lock():
        pairs = (
            ("totals", session_totals(RawTotals, ids), session_totals(SessionTotals, ids)),
            ("values", session_values(RawValue, ids), session_values(SessionValue, ids)),
            ("videos", raw_video_sets(ids), stored_video_sets(ids)),
            (
                "decisions",
                session_decisions(RawDecisions, ids),
                session_decisions(SessionDecisions, ids),
            ),
        )
    for label, raw, stored in pairs:
        yield from compare(f"session {label}", raw, stored)


def session_totals(model: type[SessionTotals] | type[RawTotals], ids: list[int]) -> Rows:
    """The counters by session."""
    names = [name for name in shared_columns(SessionTotals) if name != "session_id"]
    rows = model._default_manager.filter(session_id__in=ids).values_list("session_id", *names)
    return {row[0]: row[1:] for row in rows}


def session_values(model: type[SessionValue] | type[RawValue], ids: list[int]) -> Rows:
    """(n, amount) by session, subject, value and number."""
    names = ("session_id", "moderator_id", "day", "subject", "value", "number", "n", "amount")
    rows = model._default_manager.filter(session_id__in=ids).values_list(*names)
    return {row[:6]: row[6:] for row in rows}


def session_decisions(model: type[SessionDecisions] | type[RawDecisions], ids: list[int]) -> Rows:
    """Moderator, start, day and decisions by session."""
    names = ("session_id", "moderator_id", "started_at", "day", "decisions")
    rows = model._default_manager.filter(session_id__in=ids).values_list(*names)
    return {row[0]: (*row[1:4], bytes(row[4])) for row in rows}


def raw_video_sets(ids: list[int]) -> Rows:
    """Each session's videos, from the views."""
    videos_by_session: dict[int, set[int]] = {session: set() for session in ids}
    views = VideoView.objects.filter(session_id__in=ids, video__isnull=False)
    for session, video in views.order_by().values_list("session_id", "video_id"):
        videos_by_session[session].add(video or 0)
    return {session: tuple(sorted(videos)) for session, videos in videos_by_session.items()}


def stored_video_sets(ids: list[int]) -> Rows:
    """Each session's videos, from its bitmap."""
    rows = SessionVideos.objects.filter(session_id__in=ids).values_list("session_id", "videos")
    return {session: tuple(BitMap.deserialize(bytes(blob))) for session, blob in rows}


def compare(label: str, expected: Mapping[Any, Any], stored: Mapping[Any, Any]) -> Iterator[str]:
    """A sentence for each key whose row is missing, superfluous or different."""
    for key in {**expected, **stored}:
        if key not in stored:
            yield f"{label} {key}: missing, should be {expected[key]}"
        elif key not in expected:
            yield f"{label} {key}: should not be there, is {stored[key]}"
        elif not all(map(values_equal, expected[key], stored[key])):
            yield f"{label} {key}: is {stored[key]}, should be {expected[key]}"


def values_equal(value: object, other: object) -> bool:
    """Whether two values are equal; fractions to nine digits."""
    if isinstance(value, float) and isinstance(other, float):
        return isclose(value, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return value == other


def rollup_differences() -> Iterator[str]:
    """The differences of the roll-ups, by building them again in a savepoint that is rolled back.

    Nobody sees the ones built again; writers wait meanwhile, readers don't.
    """
    with write_lock():
        stored = all_rollups()
        days = list(SessionTotals.objects.values_list("day", flat=True).distinct().order_by())
        savepoint = transaction.savepoint()
        rollups.delete_all_rollups()
        rollups.build_days(days)
        rollups.build_longer_periods()
        for span in agreement_rollups.periods_without_agreement():
            agreement_rollups.count_agreement(span).save()
        expected = all_rollups()
        transaction.savepoint_rollback(savepoint)
    yield from compare("roll-up", expected, stored)


def all_rollups() -> Rows:
    """Every roll-up's values by model and key."""
    rows: Rows = {}
    keys: Iterable[tuple[Any, ...]] = (
        (PeriodTotals, ("period", "start", "moderator_id")),
        (PeriodValue, ("period", "start", "subject", "value", "number")),
        (PeriodVideos, ("period", "start")),
        (PeriodAgreement, ("period", "start")),
    )
    for model, key in keys:
        # Two builds of the same rows have two versions.
        left_out = ("id", "version", *key)
        names = [f.attname for f in model._meta.concrete_fields if f.attname not in left_out]
        for row in model._default_manager.values_list(*key, *names):
            values = tuple(bytes(v) if isinstance(v, memoryview) else v for v in row[len(key) :])
            rows[(model.__name__, *row[: len(key)])] = values
    return rows
