"""``manage.py import_legacy URL``: sessions from the database of the script before the portal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import psycopg
from django.core.management.base import CommandError, CommandParser

from analytics.imports.ahead import prepared
from analytics.imports.command import ImportCommand
from analytics.imports.legacy.database import LegacyDatabase
from analytics.imports.legacy.reading import LegacyReader
from analytics.imports.legacy.tables import NotLegacy
from analytics.imports.memory import InputMemory
from analytics.imports.report import EXIT_NOTHING_READ, Counts, Rejection, progress_bar
from analytics.imports.sessions.batch import Entry
from analytics.imports.sessions.store import batched, with_lines
from analytics.imports.watching import watch_sessions


class Command(ImportCommand):
    """Takes over the data of the script that the portal replaces, again and again."""

    help = (
        "Import the users and sessions of the script's PostgreSQL database. Run again, it "
        "brings what is new and what has changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the database and the options."""
        parser.add_argument("url", metavar="URL", help="postgresql://user:password@host/database")
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            metavar="DATE",
            help="Only sessions that started on this day (YYYY-MM-DD) or later.",
        )
        self.add_import_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the old database and store what it holds."""
        with (
            self.open_report(options["rejects"]) as report,
            InputMemory() as memory,
            ExitStack() as resources,
        ):
            try:
                database = LegacyDatabase.open(options["url"], resources, options["since"])
            except (psycopg.Error, NotLegacy) as error:
                self.stdout.write(Counts().ending(self.counted))
                raise CommandError(
                    f"The database cannot be read: {sentence(error)}",
                    returncode=EXIT_NOTHING_READ,
                ) from None
            reader = LegacyReader(database)
            reading = Reading(database, reader)
            entries = watch_sessions(with_lines(reading.entries()), reader.notices, memory)
            batches = prepared(batched(entries, growing=True))
            counts = self.store_batches(batches, reject=report.reject)
            report.conclude()
            self.write_notices(reader.notices)
        stored = counts.created + counts.updated + counts.unchanged
        self.conclude(counts, options, nothing_read=reading.has_failed and not stored)


def sentence(error: Exception) -> str:
    """The first line of what a database says."""
    return (str(error).strip().splitlines() or ["no reason given"])[0]


class Reading:
    """The reading of an old database, with progress on a terminal."""

    def __init__(self, database: LegacyDatabase, reader: LegacyReader) -> None:
        self._database = database
        self._reader = reader
        #: Whether the old database refused to go on.
        self.has_failed = False

    def entries(self) -> Iterator[Entry]:
        """Yield people, then sessions."""
        count = self._database.count_sessions
        try:
            yield from self._reader.people()
            with progress_bar(count(), unit="sessions", description="Sessions") as bar:
                for entry in self._reader.sessions():
                    yield entry
                    bar.update()
            self._reader.find_missing()
            self._reader.find_orphans()
        except psycopg.Error as error:
            self.has_failed = True
            yield Rejection(
                f"cannot be read any further: {sentence(error)}", place="the old database"
            )
