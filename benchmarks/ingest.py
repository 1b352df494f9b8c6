"""Importing a file, against COPY of the same rows ready in memory and INSERTs session by session.

The portal reads, validates, stores and sums up what a file says. Bare COPY only hands over the
rows that resulted, to the same tables with their indexes, constraints and triggers (which are
told, as by the portal's own way in, that nothing has to be marked).
"""

import os
import statistics
import sys
from collections import defaultdict
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from analytics.models import Session, VideoView
from analytics.summaries import writing
from benchmarks import databases, documents, memory
from benchmarks.generator import Generator, Size
from benchmarks.serving import PROJECT
from benchmarks.timing import Times, timed

# What belongs to sessions, in the order of foreign keys, and by which column.
PARENTS = {
    "analytics_session": "id",
    "analytics_videoview": "session_id",
    "analytics_playbackspeed": "view_id",
    "analytics_inactivity": "session_id",
    "analytics_queueassignment": "session_id",
}
TABLES = ("analytics_moderator", "analytics_video", *PARENTS)
# Bare INSERTs are slow: some sessions tell their speed.
INSERTED_SESSIONS = 100

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """A table's columns and rows, as an import left them."""

    name: str
    columns: tuple[str, ...]
    rows: list[Row]

    def statement(self, form: str) -> sql.Composed:
        """A statement with the table's name and columns filled in."""
        names = sql.SQL(", ").join(map(sql.Identifier, self.columns))
        values = sql.SQL(", ").join([sql.Placeholder()] * len(self.columns))
        template = sql.SQL(form)
        return template.format(table=sql.Identifier(self.name), columns=names, values=values)


@dataclass(frozen=True)
class Ingested:
    """What came out: seconds of each way, for so many views."""

    views: int
    rows: int
    file_mebibytes: float
    times: dict[str, Times]
    inserted_views: int
    """Views that the INSERTs took in their time."""
    memory: dict[str, float]

    def speed(self, name: str) -> float:
        """Views a second, by the median round."""
        views = self.inserted_views if name == "INSERT" else self.views
        return views / statistics.median(self.times[name].seconds)


def measure(size: Size, *, rounds: int) -> Ingested:
    """Import, copy and insert the same sessions in turn, each into empty tables."""
    database = databases.name_of("ingest")
    path = databases.folder() / "ingest.jsonl"
    data = Generator(size)
    file_bytes = documents.write(data.sessions(), path)
    databases.create(database)
    times: dict[str, Times] = defaultdict(Times)
    tables: list[Table] = []
    with databases.using(database):
        writing.ensure_state()
        for _ in range(rounds):
            empty()
            with timed(times["import"]):
                import_file(path)
            if not tables:
                views = VideoView.objects.count()
                tables = [read(name) for name in TABLES]
                sessions = list(
                    Session.objects.order_by("pk").values_list("pk", flat=True)[:INSERTED_SESSIONS]
                )
                inserted = VideoView.objects.filter(session__in=sessions).count()
            empty()
            with timed(times["COPY"]):
                copy(tables)
            empty()
            by_session = rows_of_sessions(tables, sessions)
            with timed(times["INSERT"]):
                insert(by_session)
        peaks = peak_memory(database, path, size)
    databases.drop(database)
    path.unlink()
    return Ingested(
        views=views,
        rows=sum(len(table.rows) for table in tables),
        file_mebibytes=file_bytes / 2**20,
        times=dict(times),
        inserted_views=inserted,
        memory=peaks,
    )


def import_file(path: Path) -> None:
    """Import a file as ``manage.py import_sessions`` does."""
    call_command("import_sessions", str(path), stdout=StringIO())


def empty() -> None:
    """Empty everything that an import fills."""
    with writing.write_lock(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'analytics_%'")
        keep = {"analytics_summarystate", "analytics_target"}
        names = ", ".join(row[0] for row in cursor.fetchall() if row[0] not in keep)
        # Accounts refer to moderators; a database that is measured needs none.
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


def read(name: str) -> Table:
    """A table as it is. JSON stays text, so that nothing is left to convert."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [name],
        )
        kinds: dict[str, str] = dict(cursor.fetchall())
        names = ", ".join(f"{c}::text" if kind == "jsonb" else c for c, kind in kinds.items())
        cursor.execute(f"SELECT {names} FROM {name} ORDER BY id")
        return Table(name, tuple(kinds), cursor.fetchall())


def plain_connection() -> psycopg.Connection[Row]:
    """Connect to Django's database with psycopg alone."""
    info = databases.conninfo(str(connection.settings_dict["NAME"]))
    return psycopg.connect(info, autocommit=True, options="-c portal.summed=on")


def copy(tables: list[Table]) -> None:
    """Hand over all rows by COPY, in one transaction."""
    with plain_connection() as plain, plain.transaction(), plain.cursor() as cursor:
        for table in tables:
            statement = table.statement("COPY {table} ({columns}) FROM STDIN")
            with cursor.copy(statement) as into:
                for row in table.rows:
                    into.write_row(row)


def rows_of_sessions(tables: list[Table], sessions: list[int]) -> list[list[tuple[Table, Row]]]:
    """The rows of each session, with the videos first shown there; people before all."""
    by_name = {table.name: table for table in tables}
    moderators = by_name["analytics_moderator"]
    groups: dict[int | None, list[tuple[Table, Row]]] = {pk: [] for pk in sessions}
    session_ids: set[int] = set()
    session_of_view: dict[int, int | None] = {}
    videos = {row[0]: row for row in by_name["analytics_video"].rows}
    for name in PARENTS:
        table = by_name[name]
        parent = PARENTS[name]
        key = table.columns.index(parent)
        for row in table.rows:
            session = session_of_view.get(row[key]) if parent == "view_id" else row[key]
            if session not in groups:
                continue
            if name == "analytics_videoview":
                session_of_view[row[0]] = session
                video = row[table.columns.index("video_id")]
                if video is not None and video not in session_ids:
                    session_ids.add(video)
                    groups[session].append((by_name["analytics_video"], videos[video]))
            groups[session].append((table, row))
    return [[(moderators, row) for row in moderators.rows], *groups.values()]


def insert(groups: list[list[tuple[Table, Row]]]) -> None:
    """Insert row by row, a transaction a session."""
    with plain_connection() as plain, plain.cursor() as cursor:
        for group in groups:
            with plain.transaction():
                for table, row in group:
                    cursor.execute(
                        table.statement("INSERT INTO {table} ({columns}) VALUES ({values})"), row
                    )


def peak_memory(database: str, path: Path, size: Size) -> dict[str, float]:
    """The peak memory, in MiB, of the import's processes for a file and one four times it."""
    larger = path.with_name("ingest-4.jsonl")
    documents.write(Generator(Size(f"{size.name}x4", size.views * 4)).sessions(), larger)
    environment = {**os.environ, "DATABASE_URL": databases.url_of(database)}
    peaks = {}
    for name, file in (("the file", path), ("a file four times as large", larger)):
        empty()
        command = [sys.executable, "manage.py", "import_sessions", str(file)]
        peaks[name] = memory.peak_mebibytes(command, PROJECT, environment)
    larger.unlink()
    return peaks
