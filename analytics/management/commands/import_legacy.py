"""``manage.py import_legacy URL``: sessions from the database of the script before the portal."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser

from analytics.imports.ahead import read_ahead
from analytics.imports.command import ImportCommand
from analytics.imports.legacy.batches import read_database
from analytics.imports.report import EXIT_NOTHING_READ, Counts
from analytics.imports.session_files import with_progress
from analytics.imports.sources import Unreadable


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
        """Import the old database: read by one process, stored by this."""
        with self.open_report(options["rejects"]) as report:
            try:
                with read_ahead(read_database(options["url"], options["since"])) as reading:
                    batches = with_progress(reading, unit="sessions")
                    counts = self.store_batches(batches, reject=report.reject)
            except Unreadable as error:
                self.stdout.write(Counts().ending(self.counted))
                raise CommandError(
                    f"The database cannot be read: {error}", returncode=EXIT_NOTHING_READ
                ) from None
            report.conclude()
        has_failed, notices = reading.result
        self.write_notices(notices)
        stored = counts.created + counts.updated + counts.unchanged
        self.conclude(counts, options, nothing_read=has_failed and not stored)
