"""Plain SQL on the portal's raw tables: in PostgreSQL itself, and in DuckDB on the same data."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

import duckdb
import psycopg
from psycopg import sql

from benchmarks import databases
from benchmarks.generator import VERSION

THREADS = 2

Values = Sequence[Any]

# Changes with what is copied, so that no copy of before is taken for it.
COPY_VERSION = 2
# What DuckDB is given of each table: its columns with their types, times in UTC.
TABLES: dict[str, dict[str, str]] = {
    "analytics_moderator": {"id": "BIGINT", "username": "VARCHAR"},
    "analytics_session": {
        "id": "BIGINT",
        "moderator_id": "BIGINT",
        "public_id": "VARCHAR",
        "started_at": "TIMESTAMP",
        "ended_at": "TIMESTAMP",
        "duration_us": "BIGINT",
    },
    "analytics_video": {"id": "INTEGER", "public_id": "VARCHAR"},
    "analytics_videoview": {
        "id": "BIGINT",
        "session_id": "BIGINT",
        "position": "INTEGER",
        "video_id": "INTEGER",
        "status": "VARCHAR",
        "decision": "VARCHAR",
        "sound": "VARCHAR",
    },
    "analytics_playbackspeed": {"id": "BIGINT", "view_id": "BIGINT", "value": "DOUBLE"},
    "analytics_inactivity": {
        "id": "BIGINT",
        "session_id": "BIGINT",
        "kind": "VARCHAR",
        "duration_us": "BIGINT",
        "started_at": "TIMESTAMP",
    },
    "analytics_queueassignment": {
        "id": "BIGINT",
        "session_id": "BIGINT",
        "position": "INTEGER",
        "name": "VARCHAR",
        "item_count": "BIGINT",
        "subqueues": "VARCHAR",
        "active": "BOOLEAN",
    },
}


class Engine(Protocol):
    """Something that answers a statement of ``benchmarks.queries``."""

    name: str

    def rows(self, statement: str) -> list[Values]:
        """All rows, numbers as Python's own and times aware."""


class PostgreSQL:
    """A plain connection to a database, beside Django's."""

    name = "plain SQL"

    def __init__(self, database: str) -> None:
        """Connect, with days in UTC, and define what the statements need."""
        self._connection = psycopg.connect(
            databases.conninfo(database), autocommit=True, options="-c TimeZone=UTC"
        )
        # Inlined by the planner: they cost nothing.
        self._connection.execute("""
            CREATE OR REPLACE FUNCTION epoch_us(timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE
                AS 'SELECT (extract(epoch FROM $1) * 1000000)::bigint';
            CREATE OR REPLACE FUNCTION whole_seconds(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
                AS 'SELECT $1 / 1000000';
        """)

    def rows(self, statement: str) -> list[Values]:
        """All rows."""
        rows = self._connection.execute(sql.SQL(statement)).fetchall()
        return [tuple(map(plain, row)) for row in rows]

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()


class DuckDB:
    """DuckDB on a copy of the raw tables in a file of its own, with both of two cores."""

    name = "DuckDB"

    def __init__(self, path: Path) -> None:
        """Open the copy."""
        self._connection = duckdb.connect(str(path))
        self._connection.execute(f"SET threads = {THREADS}")
        self._connection.execute("SET TimeZone = 'UTC'")

    def rows(self, statement: str) -> list[Values]:
        """All rows."""
        return [tuple(map(plain, row)) for row in self._connection.execute(statement).fetchall()]

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def plain(value: Any) -> Any:
    """A number as int or float, a time with its zone."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value


def duckdb_path(database: str) -> Path:
    """Where DuckDB's copy of a database is."""
    return databases.folder() / f"{database}.v{VERSION}.{COPY_VERSION}.duckdb"


def copy_to_duckdb(database: str) -> Path:
    """Copy the raw tables into a file of DuckDB's, unless it is there; return its path."""
    path = duckdb_path(database)
    if path.exists():
        return path
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    csv = path.with_suffix(".csv")
    copy = duckdb.connect(str(unfinished))
    try:
        with psycopg.connect(databases.conninfo(database)) as source:
            source.execute("SET TimeZone = 'UTC'")
            for table, types in TABLES.items():
                export(source, table, types, csv)
                definition = ", ".join(f"{name} {kind}" for name, kind in types.items())
                copy.execute(f"CREATE TABLE {table} ({definition})")
                copy.execute(f"COPY {table} FROM '{csv}' (HEADER FALSE)")
        copy.execute("CREATE MACRO whole_seconds(us) AS us // 1000000")
    finally:
        copy.close()
        csv.unlink(missing_ok=True)
    unfinished.rename(path)
    return path


def export(source: psycopg.Connection[Any], table: str, types: dict[str, str], path: Path) -> None:
    """Write a table's columns as CSV."""
    names = ", ".join(
        f"{name}::timestamp" if kind == "TIMESTAMP" else name for name, kind in types.items()
    )
    statement = sql.SQL(f"COPY (SELECT {names} FROM {table} ORDER BY id) TO STDOUT (FORMAT csv)")
    with path.open("wb") as file, source.cursor().copy(statement) as copy:
        for block in copy:
            file.write(block)
