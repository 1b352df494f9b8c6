"""Documents out of the database of the script that the portal replaces.

Each table is read once, sorted by session, through a server-side cursor, and the streams are
merged: memory holds one session, and the old database needs no index. Keys are compared as text,
whatever the types of their columns, and a row that is there twice multiplies nothing. Everything
is read in one read-only snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from analytics.imports.notices import Notices
from analytics.imports.report import Rejection, quoted
from analytics.imports.sessions import values
from analytics.imports.sessions.field_types import TIME, Json, at
from analytics.imports.sessions.fields import INACTIVITY, QUEUES, SESSIONS, SPEEDS, VIDEOS, Part
from analytics.imports.sessions.legacy_values import READ, as_text, plain, subqueue_counts
from analytics.imports.sessions.records import ModeratorRecord, SessionRecord
from analytics.imports.sessions.validation import read_session, with_original
from analytics.imports.sessions.values import Invalid
from analytics.scope_filters import day_start

_ROWS_AT_ONCE = 5000
_SETTINGS = "-c TimeZone=UTC -c DateStyle=ISO"
_TIMES = frozenset(
    field.old_column
    for part in (SESSIONS, VIDEOS, SPEEDS, INACTIVITY, QUEUES)
    for field in part.fields
    if field.type is TIME
)
# Two columns are one field of the documents.
_SUBQUEUES = ("subqueues", "subqueue_counts")

Row = tuple[Any, ...]


class NotLegacy(Exception):
    """The database is not one of the script; the message says what is missing."""


def old_fields(part: Part) -> tuple[tuple[str, str], ...]:
    """The fields of a part that the old database has columns for: name and column."""
    return tuple((field.name, field.old_column) for field in part.fields if field.old_column)


def document_of(part: Part, row: Iterable[object]) -> Json:
    """What a row of the part's columns says, by the fields' names."""
    return {
        name: READ.get(part[name].type, plain)(value)
        for (name, _column), value in zip(old_fields(part), row, strict=False)
    }


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

    def key(self, name: str) -> sql.Composable:
        """Return a key as it is compared and sorted, whatever its type."""
        if name not in self.types:
            return sql.SQL("NULL::text")
        return sql.SQL('({}::text COLLATE "C")').format(sql.Identifier(self.name, name))

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
        self._since = None if since is None else day_start(since).astimezone(UTC)
        self._users = self._table("users", ("id", "name"))
        self._sessions = self._table("sessions", ("id", "user_id", "starttime"))
        self._videos = self._table("videos")
        self._names: dict[str, set[object]] = {}
        self.notices = Notices()

    @classmethod
    def open(cls, url: str, resources: ExitStack, since: date | None = None) -> Legacy:
        """Connect; ``resources`` closes the connection. Raises psycopg.Error and NotLegacy."""
        scheme, separator, rest = url.partition("://")
        # SQLAlchemy's way of writing it, as in the script's own configuration.
        url = scheme.partition("+")[0] + separator + rest
        own = str(conninfo_to_dict(url).get("options") or "")
        connection: psycopg.Connection[Row] = psycopg.connect(
            url, options=f"{own} {_SETTINGS}".strip(), client_encoding="UTF8"
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
        """Return how many rows of sessions there are to read."""
        query = sql.SQL("SELECT count(*) FROM sessions {}").format(self._chosen())
        row = self._connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    def _chosen(self) -> sql.Composable:
        """Return the condition on the sessions; times kept as text are compared later."""
        if self._since is None or not self._sessions.types["starttime"].startswith(
            ("timestamp", "date")
        ):
            return sql.SQL("")
        return sql.SQL("WHERE sessions.starttime >= {}::timestamp").format(
            sql.Literal(self._since.replace(tzinfo=None).isoformat())
        )

    def _is_early(self, start: object) -> bool:
        """Return whether a session began before the first day that was asked for."""
        if self._since is None:
            return False
        try:
            return values.instant(start) < self._since
        except Invalid:
            return False

    def _stream(self, query: sql.SQL | sql.Composed, name: str) -> Iterator[Row]:
        with self._connection.cursor(name) as cursor:
            cursor.itersize = _ROWS_AT_ONCE
            cursor.execute(query)
            yield from cursor

    def people(self) -> Iterator[ModeratorRecord | Rejection]:
        """Yield everybody, those without sessions too."""
        key = self._users.key("id")
        query = sql.SQL("SELECT {}, {} FROM users ORDER BY 1").format(
            key, self._users.column("name")
        )
        for user, rows in groupby(self._stream(query, "people"), key=itemgetter(0)):
            names = [plain(name) for _user, name in rows]
            place = f"users.id {user}"
            if user is None:
                for _name in names:
                    yield Rejection("missing", "id", place="users")
                continue
            self._names[user] = set(map(as_text, names))
            if len(self._names[user]) > 1:
                yield Rejection("is there twice with different names", place=place)
                continue
            if len(names) > 1:
                self.notices.add("repeated rows", f"{place} is there {len(names)} times")
            try:
                yield ModeratorRecord(at("name", values.name, names[0]), None)
            except Invalid as reason:
                yield Rejection(reason.message, reason.path, place=place)

    def sessions(self) -> Iterator[SessionRecord | Rejection]:
        """Yield the sessions by id, validated; ``people`` must have been read."""
        columns = [column for _name, column in old_fields(SESSIONS)]
        query = sql.SQL("SELECT {}, {}, {} FROM sessions {} ORDER BY 1").format(
            self._sessions.key("id"),
            self._sessions.key("user_id"),
            sql.SQL(", ").join(self._sessions.column(name) for name in columns),
            self._chosen(),
        )
        children = Children(self)
        for key, group in groupby(self._stream(query, "sessions"), key=itemgetter(0)):
            rows = list(group)
            if key is None:
                yield from (Rejection("missing", "_id", place="sessions.id NULL") for _row in rows)
                continue
            parts = children.of(key)
            _key, user, *columns_read = rows[0]
            if self._is_early(document_of(SESSIONS, columns_read)["starttime"]):
                continue
            place = f"sessions.id {key}"
            if any(row != rows[0] for row in rows):
                yield Rejection("is there twice with different content", "_id", key, place=place)
                continue
            if len(rows) > 1:
                self.notices.add("repeated rows", f"{place} is there {len(rows)} times")
            yield self._session(key, user, columns_read, parts)

    def _session(
        self, key: str, user: str | None, row: list[object], parts: Json
    ) -> SessionRecord | Rejection:
        place = f"sessions.id {key}"
        try:
            fault = parts.pop("fault", None)
            if fault is not None:
                raise Invalid(str(fault), "videos")
            original = at("users.name", values.identifier, self._name_of(user))
            username = at("users.name", values.name, original)
            public_id, content = read_session({"_id": key, **document_of(SESSIONS, row), **parts})
            if original != username:
                content = with_original(content, "username", original)
        except Invalid as reason:
            return Rejection(reason.message, reason.path, key, place=place)
        return SessionRecord(username, public_id, content, "_id", place)

    def _name_of(self, user: str | None) -> object:
        names = self._names.get(user, set()) if user is not None else set()
        if len(names) > 1:
            raise Invalid(f"users.id {quoted(str(user))} is there twice with different names")
        return next(iter(names), None)

    def children(self, table: Table, names: tuple[str, ...]) -> Iterator[Row]:
        """Yield (session, columns...) of a table, by session; of no session: left out."""
        if "session_id" not in table.types:
            return iter(())
        query = sql.SQL(
            "SELECT {key}, {columns} FROM {table} WHERE {key} IN (SELECT {session} FROM sessions"
            " {chosen}) ORDER BY {order}"
        ).format(
            key=table.key("session_id"),
            columns=sql.SQL(", ").join(table.column(name) for name in names),
            table=sql.Identifier(table.name),
            session=self._sessions.key("id"),
            chosen=self._chosen(),
            order=sql.SQL(", ").join([table.key("session_id"), *table.order(names)]),
        )
        return self._stream(query, table.name)

    def videos(self) -> Iterator[Row]:
        """Yield (session, video's key, columns...) of the videos."""
        names = tuple(column for _name, column in old_fields(VIDEOS))
        return self.children(self._videos, ("id", *names))

    def grandchildren(self, name: str, names: tuple[str, ...]) -> Iterator[Row]:
        """Yield (session, video, columns...) of what belongs to a video, by session."""
        table = self._table(name)
        if "video_id" not in table.types or "id" not in self._videos.types:
            return iter(())
        query = sql.SQL(
            "SELECT owner.session, owner.video, {columns} FROM {table} JOIN"
            " (SELECT DISTINCT {session} AS session, {video} AS video FROM videos) AS owner"
            " ON {key} = owner.video WHERE owner.session IN (SELECT {id} FROM sessions {chosen})"
            ' ORDER BY owner.session COLLATE "C", owner.video, {order}'
        ).format(
            columns=sql.SQL(", ").join(table.column(column) for column in names),
            table=sql.Identifier(name),
            session=self._videos.key("session_id"),
            video=self._videos.key("id"),
            key=table.key("video_id"),
            id=self._sessions.key("id"),
            chosen=self._chosen(),
            order=sql.SQL(", ").join(table.order(names) or [sql.SQL("owner.video")]),
        )
        return self._stream(query, name)

    def shared_videos(self) -> set[str]:
        """Return the ids of videos that stand in more than one session."""
        if not {"id", "session_id"} <= self._videos.types.keys():
            return set()
        rows = self._connection.execute(
            sql.SQL(
                "SELECT {id} FROM videos WHERE {id} IS NOT NULL"
                " GROUP BY {id} HAVING count(DISTINCT {session}) > 1"
            ).format(id=self._videos.key("id"), session=self._videos.key("session_id"))
        )
        return {row[0] for row in rows}

    def find_orphans(self) -> None:
        """Note every table with rows of no session: they cannot come."""
        for name in ("videos", "inactivity", "queues"):
            table = self._table(name)
            if "session_id" not in table.types:
                continue
            row = self._connection.execute(
                sql.SQL(
                    "SELECT count(*) FROM {} WHERE {key} IS NULL"
                    " OR {key} NOT IN (SELECT {id} FROM sessions WHERE id IS NOT NULL)"
                ).format(
                    sql.Identifier(name), key=table.key("session_id"), id=self._sessions.key("id")
                )
            ).fetchone()
            if row and row[0]:
                self.notices.add(
                    "orphans", f"{row[0]} rows of {name} belong to no session and were left out"
                )

    def has_video_ids(self) -> bool:
        """Return whether videos have ids at all: keys and speeds go by them."""
        return "id" in self._videos.types

    def queue_table(self) -> Table:
        """Return the table of queues: whether it says which are active."""
        return self._table("queues")

    def table(self, name: str) -> Table:
        """Return a table."""
        return self._table(name)


class Children:
    """What belongs to sessions, handed out session by session in the order of their ids."""

    def __init__(self, legacy: Legacy) -> None:
        self._legacy = legacy
        self._queue_table = legacy.queue_table()
        self._has_ids = legacy.has_video_ids()
        self._shared = legacy.shared_videos()
        idle = tuple(column for _name, column in old_fields(INACTIVITY))
        queues = tuple(column for _name, column in old_fields(QUEUES))
        speeds = tuple(column for _name, column in old_fields(SPEEDS))
        self._videos = Groups(legacy.videos())
        self._keys = Groups(legacy.grandchildren("video_keys", ("key_value",)))
        self._speeds = Groups(legacy.grandchildren("video_speeds", speeds))
        self._idle = Groups(legacy.children(legacy.table("inactivity"), idle))
        self._queues = Groups(legacy.children(self._queue_table, (*queues, *_SUBQUEUES)))

    def of(self, key: str) -> Json:
        """Return the lists of a session's document; ``fault``: why they cannot be taken."""
        rows = self._videos.of(key)
        keys, speeds = self._keys.of(key), self._speeds.of(key)
        lists: Json = {
            "inactivity": [document_of(INACTIVITY, row) for row in self._idle.of(key)],
            "queues": [self._queue(row) for row in self._queues.of(key)],
        }
        try:
            return {**lists, "videos": self._views(key, rows, keys, speeds)}
        except Invalid as reason:
            return {**lists, "fault": reason.message}

    def _views(
        self, session: str, rows: list[Row], keys: list[Row], speeds: list[Row]
    ) -> list[object]:
        pressed: dict[object, list[object]] = {}
        for view, key in keys:
            pressed.setdefault(view, []).append(plain(key))
        chosen: dict[object, list[object]] = {}
        for view, *speed in speeds:
            chosen.setdefault(view, []).append(document_of(SPEEDS, speed))
        views: list[object] = []
        seen: dict[str, Row] = {}
        for view, *row in rows:
            number = None if view is None else str(view)
            if self._has_ids:
                self._check(number, tuple(row), seen)
                if number in seen:
                    self._legacy.notices.add(
                        "repeated rows", f"videos.id {number} of session {session} is there twice"
                    )
                    continue
                seen[str(number)] = tuple(row)
            views.append(
                {
                    **document_of(VIDEOS, row),
                    "keys": pressed.get(number, []),
                    "speeds": chosen.get(number, []),
                }
            )
        return views

    def _check(self, number: str | None, row: Row, seen: dict[str, Row]) -> None:
        """Raise Invalid for a video without an id, or with that of another one."""
        if number is None:
            raise Invalid("a row of videos has no id")
        before = seen.get(number)
        if number in self._shared or (before is not None and before != row):
            raise Invalid(f"videos.id {number} is there twice with different content")

    def _queue(self, row: Row) -> Json:
        *own, names, counts = row
        queue = document_of(QUEUES, own)
        queue["subqueues"] = subqueue_counts(names, counts)
        if "active" not in self._queue_table.types:
            del queue["active"]
        return queue


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
