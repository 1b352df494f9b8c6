"""The old database's tables: which columns are there, and how each is read, compared and sorted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg import sql

from analytics.imports.legacy.values import READERS, plain
from analytics.imports.sessions.field_types import TIME, Json
from analytics.imports.sessions.fields import PARTS, Part

_TIMES = frozenset(
    column for part in PARTS for column, field in part.old_fields.items() if field.type is TIME
)


class NotLegacy(Exception):
    """The database is not one of the script; the message says what is missing."""


#: The script's tables: the columns without which their rows say nothing, and the others.
SCRIPT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "users": (("id", "name"), ()),
    "sessions": (("id", "user_id", "starttime"), ("endtime", "duration")),
    "videos": (("session_id",), ("video_id", "status", "watched", "loop_time", "sound_muted")),
    "video_keys": (("video_id", "key_value"), ()),
    "video_speeds": (("video_id", "speed_value"), ("created_at",)),
    "inactivity": (("session_id",), ("type", "duration")),
    "queues": (
        ("session_id", "name"),
        ("main_queue_count", "subqueues", "subqueue_counts", "active", "created_at"),
    ),
}


def old_columns(part: Part) -> tuple[str, ...]:
    """The old database's columns for the fields of a part, in their order."""
    return tuple(part.old_fields)


def document_of(part: Part, row: Iterable[object]) -> Json:
    """What a row of ``old_columns`` says, by the fields' names in documents."""
    return {
        field.name: READERS.get(field.type, plain)(value)
        for field, value in zip(part.old_fields.values(), row, strict=True)
    }


@dataclass(frozen=True)
class Table:
    """A table of the script, with the columns of it that are there and their types."""

    name: str
    types: dict[str, str]

    def check(self, columns: Iterable[str]) -> None:
        """Raise NotLegacy unless the columns are there."""
        for column in columns:
            if column not in self.types:
                raise NotLegacy(f"it has no column {self.name}.{column}")

    def column(self, name: str) -> sql.Composable:
        """The expression that reads a column: times as text, so that none is refused."""
        if name not in self.types:
            return sql.SQL("NULL")
        column = sql.Identifier(self.name, name)
        if name in _TIMES:
            return sql.SQL("{}::text").format(column)
        if self.types[name] == "interval":
            return sql.SQL("extract(epoch FROM {})").format(column)
        if self.types[name] == "character":
            # As a text it loses the blanks that fill it up.
            return sql.SQL("{}::text").format(column)
        return column

    def columns(self, names: Iterable[str]) -> sql.Composable:
        """The expressions that read columns, separated by commas."""
        return sql.SQL(", ").join(map(self.column, names))

    def key(self, name: str) -> sql.Composable:
        """A key as it is compared and sorted, whatever its type."""
        if name not in self.types:
            return sql.SQL("NULL::text")
        return sql.SQL('({}::text COLLATE "C")').format(sql.Identifier(self.name, name))

    def order(self, names: Iterable[str]) -> list[sql.Composable]:
        """What its rows are ordered by: the id, or else the values."""
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
