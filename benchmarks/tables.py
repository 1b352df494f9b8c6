"""Generated sessions as rows of the portal's own tables, loaded by COPY."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.db import connection, models

from analytics.models import (
    Inactivity,
    Moderator,
    PlaybackSpeed,
    QueueAssignment,
    Session,
    Video,
    VideoView,
)
from analytics.summaries import writing
from benchmarks import documents, generator
from benchmarks.generator import DAYS, FIRST_DAY, Generator, Size

SESSIONS_AT_ONCE = 1000

# The fields that are filled, of each model, in the order of foreign keys.
FILLED: dict[type[models.Model], tuple[str, ...]] = {
    Moderator: ("id", "username", "created_at"),
    Video: ("id", "public_id"),
    Session: (
        *("id", "moderator", "public_id", "started_at", "ended_at", "duration_us"),
        "imported_at",
    ),
    VideoView: (
        *("id", "session", "position", "video", "status", "watched", "loop_time", "keys"),
        *("sound", "extra"),
    ),
    PlaybackSpeed: ("id", "view", "position", "value", "chosen_at"),
    Inactivity: ("id", "session", "position", "kind", "duration_us", "started_at"),
    QueueAssignment: (
        *("id", "session", "position", "name", "item_count", "subqueues", "active"),
        "created_at",
    ),
}

Progress = Callable[[str, int, int], None]
Lines = dict[type[models.Model], list[str]]


def load(size: Size, report_progress: Progress) -> None:
    """Fill the empty tables with the data of a size, and sum them up.

    ``report_progress`` is called with (what, done, of how many).
    """
    data = Generator(size)
    sessions = data.sessions()
    writer = RowWriter()
    with writing.write_lock():
        copy(Moderator, writer.moderators(size.moderators))
    views = 0
    while batch := list(islice(sessions, SESSIONS_AT_ONCE)):
        with writing.write_lock():
            for model, lines in writer.rows(batch, data.videos).items():
                copy(model, lines)
        views += sum(len(session.views) for session in batch)
        report_progress("views stored", views, size.views)
    set_sequences()
    analyse()
    writing.reset_summaries()
    analyse()
    writing.refresh(lambda done, total: report_progress("sessions summed", done, total))
    analyse()


def copy(model: type[models.Model], lines: Iterable[str]) -> None:
    """Copy lines in COPY's text format into a model's table. The ORM has no COPY."""
    column_of = {field.name: field.column for field in model._meta.concrete_fields}
    columns = ", ".join(str(column_of[name]) for name in FILLED[model])
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN") as into,
    ):
        into.write("".join(lines).encode())


def set_sequences() -> None:
    """Let the next ids follow the ones that were copied."""
    with connection.cursor() as cursor:
        for model in FILLED:
            table = model._meta.db_table
            # Sequences are PostgreSQL's own.
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )


def analyse() -> None:
    """Bring PostgreSQL's statistics and visibility maps up to date, as autovacuum does in time."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


class RowWriter:
    """Writes sessions as lines of COPY's text format, with ids of their own from 1."""

    def __init__(self) -> None:
        """Begin at the first ids."""
        self._videos = 0
        self._ids: dict[type[models.Model], int] = dict.fromkeys(FILLED, 0)
        self._kinds: dict[int, str] = {}

    def moderators(self, count: int) -> Iterator[str]:
        """Yield the rows of all moderators."""
        for moderator in range(1, count + 1):
            yield line(moderator, documents.username(moderator), FIRST_DAY)

    def rows(self, sessions: Sequence[generator.Session], videos: int) -> Lines:
        """The rows of sessions, and of the videos up to number ``videos``."""
        lines: Lines = {model: [] for model in FILLED if model is not Moderator}
        lines[Video] = [
            f"{video}\t{documents.video_id(video)}\n"
            for video in range(self._videos + 1, videos + 1)
        ]
        self._videos = videos
        for session in sessions:
            self._add(lines, session)
        return lines

    def _add(self, lines: Lines, session: generator.Session) -> None:
        start, number = session.started_at, session.number
        length = session.duration_ms
        lines[Session].append(
            line(
                *(number, session.moderator, documents.public_id(number), start),
                *(after(start, length), None if length is None else length * 1000),
                start + timedelta(days=1),
            )
        )
        self._add_views(lines, session)
        for position, idle in enumerate(session.idle):
            duration_us = None if idle.duration_ms is None else idle.duration_ms * 1000
            lines[Inactivity].append(
                line(
                    *(self._next(Inactivity), number, position, idle.kind, duration_us),
                    after(start, idle.after_ms),
                )
            )
        for position, queue in enumerate(session.queues):
            lines[QueueAssignment].append(
                line(self._next(QueueAssignment), number, position, *queue, start)
            )

    def _add_views(self, lines: Lines, session: generator.Session) -> None:
        views, speeds = lines[VideoView], lines[PlaybackSpeed]
        for position, view in enumerate(session.views):
            pk = self._next(VideoView)
            video = "\\N" if view.video is None else view.video
            # The many: written without `line`, their few kinds once each.
            kind = self._kinds.get(id(view.kind))
            if kind is None:
                kind = self._kinds[id(view.kind)] = line(*view.kind.stored)
            views.append(f"{pk}\t{session.number}\t{position}\t{video}\t{kind}")
            for place, speed in enumerate(view.speeds):
                speeds.append(
                    line(
                        *(self._next(PlaybackSpeed), pk, place, speed.value),
                        after(session.started_at, speed.after_ms),
                    )
                )

    def _next(self, model: type[models.Model]) -> int:
        self._ids[model] += 1
        return self._ids[model]


def after(start: datetime, milliseconds: int | None) -> datetime | None:
    """The moment so many milliseconds after ``start``; None stays None."""
    return None if milliseconds is None else start + timedelta(milliseconds=milliseconds)


def line(*values: object) -> str:
    """A row in COPY's text format."""
    return "\t".join(map(text, values)) + "\n"


def text(value: object) -> str:
    """A value in COPY's text format; a tuple is an array of plain words."""
    match value:
        case None:
            return "\\N"
        case bool():
            return "t" if value else "f"
        case tuple():
            return "{" + ",".join(map(str, value)) + "}"
        case str():
            return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
        case _:
            return str(value)


def last_day() -> datetime:
    """The last day that has data."""
    return FIRST_DAY + timedelta(days=DAYS - 1)
