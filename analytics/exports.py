"""Streamed exports: CSV that a spreadsheet opens safely, and the report of views.

Shared by pages and REST. A stream reads through a server-side cursor in one snapshot of the
database: it starts at once, its memory does not grow with the rows, and what comes in meanwhile
is not in it.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from analytics.models import Session, VideoView
from analytics.scope import Scope

# What a spreadsheet takes for the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

# Sessions whose views are read at a time; a session has about 150.
SESSIONS_AT_ONCE = 100
# Rows that are sent at a time.
ROWS_AT_ONCE = 500

VIDEO_COLUMNS = (
    "username",
    "session_id",
    "session_start",
    "session_end",
    "session_duration",
    "status",
    "watched",
    "loopTime",
    "videoId",
    "soundMuted",
    "keys",
    "decision",
)


def moment(value: datetime) -> str:
    """Return a time as ISO 8601 in TIME_ZONE, with its offset."""
    return value.astimezone(timezone.get_default_timezone()).isoformat()


def cell(value: object) -> str:
    """Return ``value`` as a CSV cell: empty for None, ISO 8601 for times, lists as JSON.

    A text that a spreadsheet would compute gets an apostrophe in front.
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}" if value.startswith(FORMULA_STARTS) else value
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime():
            return moment(value)
        case date():
            return value.isoformat()
        case list() | tuple() | dict():
            return json.dumps(value, ensure_ascii=False)
    return str(value)


class Line:
    """A file for ``csv.writer`` that keeps only what was written last."""

    def write(self, text: str) -> str:
        """Return ``text``: the writer hands it on."""
        return text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield a CSV file in pieces: the header by itself at once, then many rows at a time."""
    writer = csv.writer(Line())
    yield str(writer.writerow([cell(name) for name in header]))
    rows = iter(rows)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield "".join(str(writer.writerow([cell(value) for value in row])) for row in batch)


@contextmanager
def one_state() -> Iterator[None]:
    """Read everything inside from one state of the database, as of the first query."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                # The ORM has no words for the isolation level.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def seconds(microseconds: int | None) -> float | None:
    """Return whole microseconds as seconds."""
    return None if microseconds is None else microseconds / 1e6


def video_rows(scope: Scope) -> Iterator[tuple[Any, ...]]:
    """Yield a row of ``VIDEO_COLUMNS`` for each view in scope: oldest session first, in order.

    Durations are in seconds.
    """
    with one_state():
        chosen = scope.sessions().select_related("moderator").defer("extra", "moderator__extra")
        ordered = chosen.order_by("started_at", "public_id")
        sessions = ordered.iterator(chunk_size=SESSIONS_AT_ONCE)
        while batch := {session.pk: session for session in islice(sessions, SESSIONS_AT_ONCE)}:
            yield from _rows_of(batch)


def _rows_of(sessions: dict[int, Session]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of some sessions, in the sessions' order."""
    views: dict[int, list[VideoView]] = {pk: [] for pk in sessions}
    found = VideoView.objects.filter(session__in=list(sessions))
    for view in found.select_related("video").defer("extra").order_by("position"):
        views[view.session_id].append(view)
    for pk, session in sessions.items():
        for view in views[pk]:
            yield (
                session.moderator.username,
                session.public_id,
                session.started_at,
                session.ended_at,
                seconds(session.duration_us),
                view.status,
                view.watched,
                view.loop_time,
                view.video.public_id if view.video else None,
                view.sound,
                view.keys,
                view.decision,
            )
