"""New sessions written by COPY, the fastest way into PostgreSQL.

The ORM has no COPY. The text format is written here rather than by ``copy.write_row`` because
that costs three times as much a row: most rows are made of a few values that recur.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.db import connection, models

from analytics.imports.sessions.records import SessionRecord, ViewRecord
from analytics.models import (
    Inactivity,
    PlaybackSpeed,
    QueueAssignment,
    Session,
    Video,
    VideoView,
)

# How the text format writes what would end a value or a row.
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
_NULL = r"\N"
_BOOLEANS = {True: "t", False: "f", None: _NULL}
_MAX_REMEMBERED = 20_000
_arrays: dict[tuple[str, ...], str] = {}
# Lines given to the server at a time: large enough to be quick, small enough to be little.
_LINES = 500


def escaped(text: str | None) -> str:
    """Return a text as COPY reads it."""
    if text is None:
        return _NULL
    if text.isprintable() and "\\" not in text:
        return text
    return text.translate(_ESCAPES)


def array(texts: tuple[str, ...]) -> str:
    """Return a PostgreSQL array of texts as COPY reads it."""
    known = _arrays.get(texts)
    if known is not None:
        return known
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    result = escaped("{" + ",".join(f'"{text}"' for text in quoted) + "}")
    if len(_arrays) >= _MAX_REMEMBERED:
        _arrays.clear()
    _arrays[texts] = result
    return result


def moment(time: datetime | None) -> str:
    """Return a time as COPY reads it."""
    return _NULL if time is None else time.isoformat()


def optional(value: float | None) -> str:
    """Return a number as COPY reads it."""
    return _NULL if value is None else repr(value)


def allocate(model: type[models.Model], how_many: int) -> list[int]:
    """Return ids that nobody else will be given. The ORM cannot ask a sequence."""
    if not how_many:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            # Materialized: or the sequence would be looked up again for every id.
            "WITH found AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS ids)"
            " SELECT array_agg(nextval(ids)) FROM found, generate_series(1, %s)",
            [table, how_many],
        )
        ids: list[int] = cursor.fetchone()[0]
    return ids


def copy_videos(ids: Mapping[str, int]) -> None:
    """Insert videos, by public id."""
    _copy(Video, "id, public_id", (f"{pk}\t{escaped(name)}\n" for name, pk in ids.items()))


def copy_sessions(
    found: Mapping[int, SessionRecord], moderators: Mapping[str, int], now: datetime
) -> None:
    """Insert rows of sessions, by the id they get; ``moderators`` gives ids by username."""
    _copy(
        Session,
        "id, moderator_id, public_id, started_at, ended_at, duration_us, extra, imported_at",
        (
            f"{pk}\t{moderators[record.username]}\t{escaped(record.public_id)}"
            f"\t{moment(record.content.started_at)}\t{moment(record.content.ended_at)}"
            f"\t{optional(record.content.duration_us)}\t{escaped(record.content.extra)}"
            f"\t{now.isoformat()}\n"
            for pk, record in found.items()
        ),
    )


def copy_children(found: Mapping[int, SessionRecord], videos: Mapping[str, int]) -> None:
    """Insert everything that happened in sessions; ``videos`` gives ids by public id."""
    how_many = sum(len(record.content.views) for record in found.values())
    ids = allocate(VideoView, how_many)
    video_ids: dict[str | None, int | str] = {None: _NULL}
    video_ids.update(videos)
    _copy(
        VideoView,
        "id, session_id, position, video_id, status, watched, loop_time, keys, sound, extra",
        _view_lines(found, iter(ids), video_ids),
    )
    _copy(
        PlaybackSpeed, "view_id, position, value, chosen_at, extra", _speed_lines(found, iter(ids))
    )
    _copy(
        Inactivity,
        "session_id, position, kind, duration_us, started_at, extra",
        (
            f"{pk}\t{position}\t{escaped(idle.kind)}\t{optional(idle.duration_us)}"
            f"\t{moment(idle.started_at)}\t{escaped(idle.extra)}\n"
            for pk, record in found.items()
            for position, idle in enumerate(record.content.idle)
        ),
    )
    _copy(
        QueueAssignment,
        "session_id, position, name, item_count, subqueues, active, created_at, extra",
        (
            f"{pk}\t{position}\t{escaped(queue.name)}\t{optional(queue.item_count)}"
            f"\t{escaped(queue.subqueues)}\t{_BOOLEANS[queue.active]}"
            f"\t{moment(queue.created_at)}\t{escaped(queue.extra)}\n"
            for pk, record in found.items()
            for position, queue in enumerate(record.content.queues)
        ),
    )


def _view_lines(
    found: Mapping[int, SessionRecord],
    ids: Iterator[int],
    videos: Mapping[str | None, int | str],
) -> Iterator[str]:
    for session, record in found.items():
        for position, view in enumerate(record.content.views):
            video, status, watched, loop_time, keys, sound, extra, _speeds = view
            yield (
                f"{next(ids)}\t{session}\t{position}\t{videos[video]}\t{escaped(status)}"
                f"\t{_BOOLEANS[watched]}\t{_NULL if loop_time is None else loop_time}"
                f"\t{array(keys)}\t{sound}\t{_NULL if extra is None else escaped(extra)}\n"
            )


def _speed_lines(found: Mapping[int, SessionRecord], ids: Iterator[int]) -> Iterator[str]:
    views: Iterator[ViewRecord] = (
        view for record in found.values() for view in record.content.views
    )
    for pk, view in zip(ids, views, strict=True):
        for position, speed in enumerate(view.speeds):
            yield (
                f"{pk}\t{position}\t{speed.value!r}\t{moment(speed.chosen_at)}"
                f"\t{escaped(speed.extra)}\n"
            )


def _copy(model: type[models.Model], columns: str, lines: Iterable[str]) -> None:
    """Send lines to COPY; says nothing to the server when there are none."""
    waiting = iter(lines)
    first = next(waiting, None)
    if first is None:
        return
    statement = f"COPY {model._meta.db_table} ({columns}) FROM STDIN"
    with (
        # Django turns psycopg's errors into its own in execute(), but not while copying.
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        chunk = [first]
        for line in waiting:
            chunk.append(line)
            if len(chunk) == _LINES:
                copy.write("".join(chunk))
                chunk.clear()
        copy.write("".join(chunk))
