"""``manage.py import_legacy URL``: sessions from the database of the script before the portal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any

import psycopg
from django.core.management.base import CommandError, CommandParser

from analytics.imports.command import ImportCommand
from analytics.imports.report import EXIT_NOTHING_READ, Rejection, progress_bar
from analytics.imports.sessions.batch import Entry
from analytics.imports.sessions.legacy import Legacy, NotLegacy


class Command(ImportCommand):
    """Takes over the data of the script that the portal replaces, again and again."""

    help = (
        "Import the users and sessions of the script's PostgreSQL database. Said again, it "
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
        with self.reporting(options["rejects"]) as report, ExitStack() as resources:
            try:
                legacy = Legacy.open(options["url"], resources, options["since"])
            except (psycopg.Error, NotLegacy) as error:
                raise CommandError(
                    f"The database cannot be read: {error}", returncode=EXIT_NOTHING_READ
                ) from None
            counts = self.stored(everything(legacy), options, reject=report.reject)
            for sentence in legacy.orphans():
                self.stderr.write(sentence)
        self.conclude(counts, options)


def everything(legacy: Legacy) -> Iterator[Entry]:
    """Yield people, then sessions, with progress on a terminal."""
    try:
        yield from legacy.people()
        with progress_bar(legacy.count(), unit="sessions", description="Sessions") as bar:
            for entry in legacy.sessions():
                yield entry
                bar.update()
    except psycopg.Error as error:
        yield Rejection(f"cannot be read any further: {error}", place="the old database")
