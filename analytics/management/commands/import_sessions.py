"""``manage.py import_sessions FILE...``: session documents from files."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from analytics.imports.ahead import read_ahead
from analytics.imports.command import ImportCommand
from analytics.imports.session_files import read_files, with_progress


class Command(ImportCommand):
    """Takes session documents in from files."""

    help = (
        "Import session documents: JSON Lines, a JSON array or object, plain or gzipped, also as "
        "mongoexport writes them. Importing again updates what has changed. The exit code is 0 "
        "when nothing was rejected, 1 when something was, 2 when nothing could be read or the "
        "database failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the files and the options."""
        parser.add_argument("files", nargs="+", metavar="FILE", help="- is standard input.")
        self.add_import_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the files in order: read by one process, stored by this."""
        with self.open_report(options["rejects"]) as report:
            with read_ahead(read_files(options["files"])) as reading:
                batches = with_progress(reading)
                counts = self.store_batches(batches, reject=report.reject)
            report.conclude()
        found_documents, notices = reading.result
        self.write_notices(notices)
        nothing_read = bool(counts.rejected) and not found_documents
        self.conclude(counts, options, nothing_read=nothing_read)
