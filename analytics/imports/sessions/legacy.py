"""Documents out of the database of the script that the portal replaces.

Each table is read once, sorted by session, through a server-side cursor, and the streams are
merged: memory holds one session, and the old database needs no index. Everything is read in one
read-only snapshot.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg
from psycopg import sql

from analytics.imports.report import Rejection
from analytics.imports.sessions import values
from analytics.imports.sessions.field_types import Json, at
from analytics.imports.sessions.records import ModeratorRecord, SessionRecord
from analytics.imports.sessions.validation import read_session
from analytics.imports.sessions.values import Invalid
from analytics.scope import day_start

_ROWS_AT_ONCE = 5000
VIDEO_COLUMNS = ("video_id", "status", "watched", "loop_time", "sound_muted")
QUEUE_COLUMNS = (
    "name",
    "main_queue_count",
    "subqueues",
    "subqueue_counts",
    "active",
    "created_at",
)
_TIMES = frozenset({"starttime", "endtime", "created_at"})

Row = tuple[Any, ...]


class NotLegacy(Exception):
    """The database is not one of the script; the message says what is missing."""


@dataclass(frozen=True)
class Table:
    """A table of the script, with the columns of it that are there and their types."""

    name: str
    types: dict[str, str]

    def column(self, name: str) -> sql.Composable:
        """Return the expression that reads a column: times as text, so that none is refused."""
        if name not in self.types:
            return sql.SQL("NULL")
        column = sql.Identifier(self.name, name)
        if name in _TIMES:
            return sql.SQL("{}::text").format(column)
        if self.types[name] == "interval":
            return sql.SQL("extract(epoch FROM {})").format(column)
        return column

    def order(self, names: Iterable[str]) -> list[sql.Composable]:
        """Return what its rows are ordered by: the id, or else the values."""
        if "id" in self.types:
            return [sql.Identifier(self.name, "id")]
        return [
            # Not every type (json) can be sorted as it is; numbers must be.
            sql.SQL("{}::text" if self.types[name].startswith("json") else "{}").format(
                sql.Identifier(self.name, name)
            )
            for name in names
            if name in self.types
        ]


class Legacy:
    """The script's database, open for reading."""

    def __init__(self, connection: psycopg.Connection[Row], since: date | None = None) -> None:
        self._connection = connection
        self._since = since
        self._users = self._table("users", ("id", "name"))
        self._sessions = self._table("sessions", ("id", "user_id", "starttime"))
        self._videos = self._table("videos")

    @classmethod
    def open(cls, url: str, resources: ExitStack, since: date | None = None) -> Legacy:
        """Connect; ``resources`` closes the connection. Raises psycopg.Error and NotLegacy."""
        scheme, separator, rest = url.partition("://")
        # SQLAlchemy's way of writing it, as in the script's own configuration.
        url = scheme.partition("+")[0] + separator + rest
        connection: psycopg.Connection[Row] = psycopg.connect(
            url, options="-c TimeZone=UTC -c DateStyle=ISO -c client_encoding=UTF8"
        )
        resources.enter_context(connection)
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return cls(connection, since)

    def _table(self, name: str, required: Iterable[str] = ()) -> Table:
        """Return what a table has; one that is not there at all has nothing."""
        rows = self._connection.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
            " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
            [name],
        )
        table = Table(name, dict(rows.fetchall()))
        for column in required:
            if column not in table.types:
                raise NotLegacy(f"it has no column {name}.{column}")
        return table

    def count(self) -> int:
        """Return how many sessions there are to read."""
        query = sql.SQL("SELECT count(*) FROM sessions {}").format(self._chosen())
        row = self._connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    def _chosen(self) -> sql.Composable:
        """Return the condition on the sessions."""
        if self._since is None:
            return sql.SQL("")
        start = day_start(self._since).astimezone(UTC).replace(tzinfo=None)
        return sql.SQL("WHERE sessions.starttime >= {}::timestamp").format(
            sql.Literal(start.isoformat())
        )

    def _stream(self, query: sql.SQL | sql.Composed, name: str) -> Iterator[Row]:
        with self._connection.cursor(name) as cursor:
            cursor.itersize = _ROWS_AT_ONCE
            cursor.execute(query)
            yield from cursor

    def people(self) -> Iterator[ModeratorRecord | Rejection]:
        """Yield everybody, those without sessions too."""
        for user, name in self._stream(sql.SQL("SELECT id, name FROM users ORDER BY id"), "people"):
            try:
                yield ModeratorRecord(at("name", values.name, plain(name)), None)
            except Invalid as reason:
                yield Rejection(reason.message, reason.path, place=f"users.id {user}")

    def sessions(self) -> Iterator[SessionRecord | Rejection]:
        """Yield the sessions by id, validated."""
        names = ("id", "starttime", "endtime", "duration")
        query = sql.SQL(
            "SELECT {}, users.name FROM sessions LEFT JOIN users ON users.id = sessions.user_id"
            " {} ORDER BY sessions.id"
        ).format(sql.SQL(", ").join(self._sessions.column(name) for name in names), self._chosen())
        videos = Groups(self._children(self._videos, ("id", *VIDEO_COLUMNS)))
        keys = Groups(self._grandchildren("video_keys", ("key_value",)))
        speeds = Groups(self._grandchildren("video_speeds", ("speed_value", "created_at")))
        idle = Groups(self._children(self._table("inactivity"), ("type", "duration")))
        queue_table = self._table("queues")
        queues = Groups(self._children(queue_table, QUEUE_COLUMNS))
        for key, start, end, duration, name in self._stream(query, "sessions"):
            raw: Json = {
                "_id": str(key),
                "starttime": start,
                "endtime": end,
                "duration": plain(duration),
                "videos": _videos(videos.of(key), keys.of(key), speeds.of(key)),
                "inactivity": [
                    {"type": kind, "duration": plain(length)} for kind, length in idle.of(key)
                ],
                "queues": [_queue(queue_table, row) for row in queues.of(key)],
            }
            place = f"sessions.id {key}"
            try:
                username = at("users.name", values.name, plain(name))
                public_id, content = read_session(raw)
            except Invalid as reason:
                yield Rejection(reason.message, reason.path, str(key), place=place)
            else:
                yield SessionRecord(username, public_id, content, "_id", place)

    def _children(self, table: Table, names: tuple[str, ...]) -> Iterator[Row]:
        """Yield (session, columns...) of a table, by session."""
        if "session_id" not in table.types:
            return iter(())
        query = sql.SQL(
            "SELECT sessions.id, {} FROM {} JOIN sessions ON sessions.id = {} {} ORDER BY {}"
        ).format(
            sql.SQL(", ").join(table.column(name) for name in names),
            sql.Identifier(table.name),
            sql.Identifier(table.name, "session_id"),
            self._chosen(),
            sql.SQL(", ").join([sql.SQL("sessions.id"), *table.order(names)]),
        )
        return self._stream(query, table.name)

    def _grandchildren(self, name: str, names: tuple[str, ...]) -> Iterator[Row]:
        """Yield (session, video, columns...) of what belongs to a video, by session."""
        table = self._table(name)
        if "video_id" not in table.types:
            return iter(())
        query = sql.SQL(
            "SELECT sessions.id, videos.id, {} FROM {} JOIN videos ON videos.id = {}"
            " JOIN sessions ON sessions.id = videos.session_id {} ORDER BY {}"
        ).format(
            sql.SQL(", ").join(table.column(column) for column in names),
            sql.Identifier(name),
            sql.Identifier(name, "video_id"),
            self._chosen(),
            sql.SQL(", ").join(
                [sql.SQL("sessions.id, videos.id"), *table.order(names)],
            ),
        )
        return self._stream(query, name)

    def orphans(self) -> Iterator[str]:
        """Yield a sentence about every table with rows of no session: they cannot come."""
        for name in ("videos", "inactivity", "queues"):
            table = self._table(name)
            if "session_id" not in table.types:
                continue
            row = self._connection.execute(
                sql.SQL(
                    "SELECT count(*) FROM {} AS child WHERE NOT EXISTS"
                    " (SELECT FROM sessions WHERE sessions.id = child.session_id)"
                ).format(sql.Identifier(name))
            ).fetchone()
            if row and row[0]:
                yield f"{row[0]} rows of {name} belong to no session and were left out"


class Groups:
    """A stream of rows sorted by session, handed out session by session.

    The sessions must be asked for in the order of the stream; every row belongs to one of them.
    """

    def __init__(self, rows: Iterator[Row]) -> None:
        self._groups = groupby(rows, key=itemgetter(0))
        self._next = next(self._groups, None)

    def of(self, key: object) -> list[Row]:
        """Return the rows of a session, without the session's id."""
        if self._next is None or self._next[0] != key:
            return []
        found = [row[1:] for row in self._next[1]]
        self._next = next(self._groups, None)
        return found


def plain(value: object) -> object:
    """Return a database's value as JSON would have it."""
    match value:
        case Decimal():
            if value.is_finite() and value == value.to_integral_value():
                return int(value)
            return float(value)
        case timedelta():
            return value.total_seconds()
        case _:
            return value


def _text(value: object) -> object:
    return None if value is None else str(value)


def _flag(value: object) -> object:
    """Return a truth value; some databases keep 0 and 1."""
    return bool(value) if type(value) is int and value in (0, 1) else value


def _parsed(value: object) -> object:
    """Return what a text of JSON holds; anything else as it is."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            pass
    return value


def _videos(rows: list[Row], keys: list[Row], speeds: list[Row]) -> list[object]:
    pressed: dict[object, list[object]] = {}
    for view, key in keys:
        pressed.setdefault(view, []).append(key)
    chosen: dict[object, list[object]] = {}
    for view, value, moment in speeds:
        chosen.setdefault(view, []).append({"value": plain(value), "at": moment})
    return [
        {
            "videoId": _text(video),
            "status": status,
            "watched": _flag(watched),
            "loopTime": plain(loop_time),
            "soundMuted": plain(sound),
            "keys": pressed.get(view, []),
            "speeds": chosen.get(view, []),
        }
        for view, video, status, watched, loop_time, sound in rows
    ]


def _queue(table: Table, row: Row) -> Json:
    name, count, names, counts, active, created_at = row
    queue: Json = {
        "name": name,
        "count": plain(count),
        "subqueues": _subqueues(_parsed(names), _parsed(counts)),
        "createdAt": created_at,
    }
    if "active" in table.types:
        queue["active"] = _flag(active)
    return queue


def _subqueues(names: object, counts: object) -> object:
    """Return the items by subqueue; of one that has no count they are unknown.

    What is neither a list of names nor a map of counts is returned as it is, to be rejected.
    """
    if counts is not None and not isinstance(counts, dict):
        return counts
    if names is not None and not (
        isinstance(names, list) and all(isinstance(name, str) for name in names)
    ):
        return names
    return {**dict.fromkeys(names or ()), **(counts or {})}
