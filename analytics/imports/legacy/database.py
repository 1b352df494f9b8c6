"""The old database, open for reading: its queries, each a stream sorted by session.

Each table is read once, through a server-side cursor, in one read-only snapshot; the old
database needs no index. Keys are compared as text, whatever the types of their columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from analytics.imports.legacy.tables import SCRIPT, Table, old_columns
from analytics.imports.sessions.fields import SESSIONS, VIDEOS
from analytics.scope_filters import day_start

_ROWS_AT_ONCE = 5000
_SETTINGS = "-c TimeZone=UTC -c DateStyle=ISO"

Row = tuple[Any, ...]


class LegacyDatabase:
    """The script's database, open for reading."""

    def __init__(self, connection: psycopg.Connection[Row], since: date | None = None) -> None:
        self._connection = connection
        #: The first moment of the first day that is asked for.
        self.since: datetime | None = None if since is None else day_start(since).astimezone(UTC)
        self._tables = {name: self._described(name) for name in SCRIPT}
        self.users, self.sessions, self.videos = map(self.table, ("users", "sessions", "videos"))
        for name in ("users", "sessions"):
            self.table(name).check(SCRIPT[name][0])
        if any(self.table(name).types for name in ("video_keys", "video_speeds")):
            self.videos.check(("id",))

    @classmethod
    def open(cls, url: str, resources: ExitStack, since: date | None = None) -> LegacyDatabase:
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

    def table(self, name: str) -> Table:
        """What a table has; one that is not there at all has nothing."""
        return self._tables[name]

    def _described(self, name: str) -> Table:
        """What a table has. Raises NotLegacy for one whose rows would say nothing."""
        rows = self._connection.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
            " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
            [name],
        )
        table = Table(name, dict(rows.fetchall()))
        if table.types:
            table.check(SCRIPT[name][0])
        return table

    def missing(self) -> list[str]:
        """The script's tables that are not there, and the columns missing in those that are."""
        names = []
        for name, (_required, columns) in SCRIPT.items():
            if types := self.table(name).types:
                names += [f"{name}.{column}" for column in columns if column not in types]
            else:
                names.append(name)
        return names

    def owners(self) -> Iterator[tuple[str, str]]:
        """Yield the tables that are there whose rows belong to something, and to what."""
        for name, (required, _columns) in SCRIPT.items():
            owner = required[0].removesuffix("_id")
            if owner in ("session", "video") and self.table(name).types:
                yield name, owner

    def count_sessions(self) -> int:
        """How many rows of sessions there are to read."""
        query = sql.SQL("SELECT count(*) FROM sessions {}").format(self._chosen())
        row = self._connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    def _chosen(self) -> sql.Composable:
        """The condition on the sessions; times kept as text are compared later."""
        if self.since is None or not self.sessions.types["starttime"].startswith(
            ("timestamp", "date")
        ):
            return sql.SQL("")
        return sql.SQL("WHERE sessions.starttime >= {}::timestamp").format(
            sql.Literal(self.since.replace(tzinfo=None).isoformat())
        )

    def _stream(self, query: sql.SQL | sql.Composed, name: str) -> Iterator[Row]:
        with self._connection.cursor(name) as cursor:
            cursor.itersize = _ROWS_AT_ONCE
            cursor.execute(query)
            yield from cursor

    def user_rows(self) -> Iterator[Row]:
        """Yield (id, name) of everybody, by id."""
        query = sql.SQL("SELECT {}, {} FROM users ORDER BY 1").format(
            self.users.key("id"), self.users.column("name")
        )
        return self._stream(query, "people")

    def session_rows(self) -> Iterator[Row]:
        """Yield (id, user, columns...) of the sessions, by id."""
        query = sql.SQL("SELECT {}, {}, {} FROM sessions {} ORDER BY 1").format(
            self.sessions.key("id"),
            self.sessions.key("user_id"),
            self.sessions.columns(old_columns(SESSIONS)),
            self._chosen(),
        )
        return self._stream(query, "sessions")

    def video_rows(self) -> Iterator[Row]:
        """Yield (session, video's key, columns...) of the videos, by session."""
        return self.rows_by_session(self.videos, ("id", *old_columns(VIDEOS)))

    def rows_by_session(self, table: Table, names: tuple[str, ...]) -> Iterator[Row]:
        """Yield (session, columns...) of a table, by session; of no session: left out."""
        if not table.types:
            return iter(())
        query = sql.SQL(
            "SELECT {key}, {columns} FROM {table} WHERE {key} IN (SELECT {session} FROM sessions"
            " {chosen}) ORDER BY {order}"
        ).format(
            key=table.key("session_id"),
            columns=table.columns(names),
            table=sql.Identifier(table.name),
            session=self.sessions.key("id"),
            chosen=self._chosen(),
            order=sql.SQL(", ").join([table.key("session_id"), *table.order(names)]),
        )
        return self._stream(query, table.name)

    def rows_by_video(self, name: str, names: tuple[str, ...]) -> Iterator[Row]:
        """Yield (session, video, columns...) of what belongs to a video, by session."""
        table = self.table(name)
        if not table.types or not self.videos.types:
            return iter(())
        query = sql.SQL(
            "SELECT owner.session, owner.video, {columns} FROM {table} JOIN"
            " (SELECT DISTINCT {session} AS session, {video} AS video FROM videos) AS owner"
            " ON {key} = owner.video WHERE owner.session IN (SELECT {id} FROM sessions {chosen})"
            ' ORDER BY owner.session COLLATE "C", owner.video, {order}'
        ).format(
            columns=table.columns(names),
            table=sql.Identifier(name),
            session=self.videos.key("session_id"),
            video=self.videos.key("id"),
            key=table.key("video_id"),
            id=self.sessions.key("id"),
            chosen=self._chosen(),
            order=sql.SQL(", ").join(table.order(names) or [sql.SQL("owner.video")]),
        )
        return self._stream(query, name)

    def shared_videos(self) -> set[str]:
        """The ids of videos that stand in more than one session."""
        if not {"id", "session_id"} <= self.videos.types.keys():
            return set()
        rows = self._connection.execute(
            sql.SQL(
                "SELECT {id} FROM videos WHERE {id} IS NOT NULL"
                " GROUP BY {id} HAVING count(DISTINCT {session}) > 1"
            ).format(id=self.videos.key("id"), session=self.videos.key("session_id"))
        )
        return {row[0] for row in rows}

    def count_orphans(self, name: str, owner: str) -> int:
        """How many rows of a table belong to no ``session`` or ``video``, its owner."""
        owners = self.sessions if owner == "session" else self.videos
        row = self._connection.execute(
            sql.SQL(
                "SELECT count(*) FROM {table} WHERE {key} IS NULL"
                " OR {key} NOT IN (SELECT {id} FROM {owners} WHERE id IS NOT NULL)"
            ).format(
                table=sql.Identifier(name),
                key=self.table(name).key(f"{owner}_id"),
                id=owners.key("id"),
                owners=sql.Identifier(owners.name),
            )
        ).fetchone()
        return int(row[0]) if row else 0

    def has_video_ids(self) -> bool:
        """Whether videos have ids at all: keys and speeds go by them."""
        return "id" in self.videos.types
