"""New sessions written by COPY, the fastest way into PostgreSQL, which the ORM does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from operator import call
from typing import Any

from django.db import connection, models

from analytics.imports.sessions.encoding import NULL, encode_text
from analytics.imports.sessions.fields import INACTIVITY, QUEUES, SESSIONS, SPEEDS, VIDEOS, Part
from analytics.imports.sessions.records import SessionRecord
from analytics.models import Session, Video, VideoView

# Lines given to the server at a time: large enough to be quick, small enough to be little.
_LINES = 500

Encoders = tuple[Callable[[Any], str], ...]


def allocate(model: type[models.Model], count: int) -> list[int]:
    """Ids that nobody else will be given. The ORM cannot ask a sequence."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            # Materialized: or the sequence would be looked up again for every id.
            "WITH serial AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS ids)"
            " SELECT array_agg(nextval(ids)) FROM serial, generate_series(1, %s)",
            [table, count],
        )
        ids: list[int] = cursor.fetchone()[0]
    return ids


def encoders_of(part: Part, **references: Callable[[Any], str]) -> Encoders:
    """The writers of a record's values, in order; ``references`` are those of foreign keys."""
    own = (references.get(field.attribute, field.type.encode) for field in part.fields)
    return (*own, encode_text)


def columns_of(part: Part) -> str:
    """The columns that ``encoders_of`` writes."""
    return ", ".join((*(field.column for field in part.fields), "extra"))


def copy_videos(ids: Mapping[str, int]) -> None:
    """Insert videos, by public id."""
    _copy(Video, "id, public_id", (f"{pk}\t{encode_text(name)}\n" for name, pk in ids.items()))


def copy_sessions(
    records: Mapping[int, SessionRecord], moderators: Mapping[str, int], now: datetime
) -> None:
    """Insert rows of sessions, by the id they get; ``moderators`` gives ids by username."""
    encoders = encoders_of(SESSIONS)
    _copy(
        Session,
        f"id, moderator_id, public_id, imported_at, {columns_of(SESSIONS)}",
        (
            f"{pk}\t{moderators[record.username]}\t{encode_text(record.public_id)}"
            f"\t{now.isoformat()}\t" + "\t".join(map(call, encoders, record.content)) + "\n"
            for pk, record in records.items()
        ),
    )


def copy_children(records: Mapping[int, SessionRecord], videos: Mapping[str, int]) -> None:
    """Insert everything that happened in sessions; ``videos`` gives ids by public id."""
    count = sum(len(record.content.views) for record in records.values())
    ids = allocate(VideoView, count)
    video_ids: dict[str | None, str] = {None: NULL}
    video_ids.update((name, str(pk)) for name, pk in videos.items())
    _copy(
        VideoView,
        f"id, session_id, position, {columns_of(VIDEOS)}",
        _view_lines(records, iter(ids), encoders_of(VIDEOS, video=video_ids.__getitem__)),
    )
    views = (view for record in records.values() for view in record.content.views)
    _copy_lists(SPEEDS, "view_id", ((pk, view.speeds) for pk, view in zip(ids, views, strict=True)))
    _copy_lists(
        INACTIVITY, "session_id", ((pk, record.content.idle) for pk, record in records.items())
    )
    _copy_lists(
        QUEUES, "session_id", ((pk, record.content.queues) for pk, record in records.items())
    )


def _view_lines(
    records: Mapping[int, SessionRecord], ids: Iterator[int], encoders: Encoders
) -> Iterator[str]:
    join = "\t".join
    for session, record in records.items():
        for position, view in enumerate(record.content.views):
            yield f"{next(ids)}\t{session}\t{position}\t{join(map(call, encoders, view))}\n"


def _copy_lists(part: Part, parent: str, lists: Iterable[tuple[int, Iterable[Any]]]) -> None:
    """Insert the records of lists, each given with the id of what the list belongs to."""
    encoders = encoders_of(part)
    join = "\t".join
    _copy(
        part.model,
        f"{parent}, position, {columns_of(part)}",
        (
            f"{pk}\t{position}\t{join(map(call, encoders, record))}\n"
            for pk, records in lists
            for position, record in enumerate(records)
        ),
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
