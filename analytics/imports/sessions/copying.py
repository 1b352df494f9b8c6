"""New sessions written by COPY, the fastest way into PostgreSQL, which the ORM does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.db import connection, models

from analytics.imports.sessions.encoding import NULL, encode_text, encode_texts
from analytics.imports.sessions.fields import INACTIVITY, QUEUES, SESSIONS, SPEEDS, VIDEOS, Part
from analytics.imports.sessions.lines import SessionLines, columns_of, encode_columns, split
from analytics.imports.sessions.records import SessionRecord
from analytics.models import Session, Video, VideoView
from moderation_portal.postgres.copying import copying

# How many characters are sent at once.
_BLOCK_LENGTH = 64 * 1024


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


def copy_videos(ids: Mapping[str, int]) -> None:
    """Insert videos, by public id."""
    names = encode_texts(list(ids))
    lines = [f"{pk}\t{name}\n" for pk, name in zip(ids.values(), names, strict=True)]
    _copy(Video, "id, public_id", ["".join(lines)])


def copy_sessions(
    records: Mapping[int, SessionRecord],
    moderators: Mapping[str, int],
    now: datetime,
    names: Iterable[str] | None = None,
) -> None:
    """Insert rows of sessions, by the id they get; ``moderators`` gives ids by username.

    ``names`` are their public ids, where they are to have others than they say.
    """
    public_ids = names or (record.public_id for record in records.values())
    imported_at = now.isoformat()
    lines = (
        f"{pk}\t{moderators[record.username]}\t{encode_text(name)}"
        f"\t{imported_at}\t{encode_columns(record.content.columns)}\n"
        for (pk, record), name in zip(records.items(), public_ids, strict=True)
    )
    columns = f"id, moderator_id, public_id, imported_at, {columns_of(SESSIONS)}"
    _copy(Session, columns, ["".join(lines)])


def copy_children(records: Mapping[int, SessionRecord], videos: Mapping[str, int]) -> None:
    """Insert everything that happened in sessions; ``videos`` gives ids by public id."""
    contents: dict[int, SessionLines] = {pk: record.content for pk, record in records.items()}
    ids = allocate(VideoView, sum(len(content.videos) for content in contents.values()))
    _copy(
        VideoView,
        f"id, session_id, video_id, {_columns(VIDEOS)}",
        _view_lines(contents, ids, videos),
    )
    _copy(SPEEDS.model, f"view_id, {_columns(SPEEDS)}", _speed_lines(contents.values(), ids))
    for part, lists in (
        (INACTIVITY, {pk: content.idle for pk, content in contents.items()}),
        (QUEUES, {pk: content.queues for pk, content in contents.items()}),
    ):
        columns = f"session_id, {_columns(part)}"
        _copy(part.model, columns, (_numbered(pk, text) for pk, text in lists.items() if text))


def _columns(part: Part) -> str:
    return f"position, {columns_of(part)}"


def _view_lines(
    contents: Mapping[int, SessionLines],
    ids: list[int],
    videos: Mapping[str, int],
) -> Iterator[str]:
    """Yield the lines of each session's views: the server stores them while the next are made."""
    video_ids: dict[str | None, int | str] = {None: NULL}
    video_ids.update(videos.items())
    video_id = video_ids.__getitem__
    end = 0
    for session, content in contents.items():
        first, end = end, end + len(content.videos)
        lines = split(content.views)
        views = zip(ids[first:end], map(video_id, content.videos), lines, strict=True)
        yield "".join([f"{pk}\t{session}\t{video}\t{line}\n" for pk, video, line in views])


def _speed_lines(contents: Iterable[SessionLines], ids: list[int]) -> Iterator[str]:
    """Yield the lines of the speeds of each session's views, whose ids are in order."""
    first = 0
    for content in contents:
        numbered = (line.split("\t", 1) for line in split(content.speeds))
        yield "".join([f"{ids[first + int(view)]}\t{line}\n" for view, line in numbered])
        first += len(content.videos)


def _numbered(pk: int, lines: str) -> str:
    """The lines of a session, each with the session's id before it."""
    return f"{pk}\t" + lines.replace("\n", f"\n{pk}\t") + "\n"


def _copy(model: type[models.Model], columns: str, parts: Iterable[str]) -> None:
    """Send parts of lines to COPY; says nothing to the server when there are none."""
    blocks = _joined(parts)
    first = next(blocks, None)
    if first is None:
        return
    statement = f"COPY {model._meta.db_table} ({columns}) FROM STDIN"
    with copying(connection, statement) as copy:
        copy.write(first)
        for block in blocks:
            copy.write(block)


def _joined(parts: Iterable[str]) -> Iterator[str]:
    """Yield the parts together in blocks: sending one takes as long as making some lines."""
    block: list[str] = []
    size = 0
    for part in parts:
        block.append(part)
        size += len(part)
        if size >= _BLOCK_LENGTH:
            yield "".join(block)
            block.clear()
            size = 0
    if size:
        yield "".join(block)
