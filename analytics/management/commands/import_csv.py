"""``manage.py import_csv KIND FILE``: rows of user activity, recommendations, performance."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import CommandError, CommandParser

from analytics.imports.command import ImportCommand
from analytics.imports.memory import InputMemory
from analytics.imports.notices import Notices
from analytics.imports.report import EXIT_NOTHING_READ, Counts, progress_bar
from analytics.imports.rows.csv_files import CsvRow, read_csv
from analytics.imports.rows.fields import KINDS
from analytics.imports.rows.headers import UnreadableFile
from analytics.imports.rows.store import import_rows
from analytics.imports.watching import watch_rows


class Command(ImportCommand):
    """Import one CSV file."""

    help = "Import a CSV file of user-activity, recommendations or moderator-performance."
    counted = "rows"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the kind, the file and the common options."""
        parser.add_argument("kind", choices=sorted(KINDS), metavar="KIND", help=", ".join(KINDS))
        parser.add_argument("file", metavar="FILE", help="The CSV file; - is standard input.")
        self.add_import_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, validate and store; the last line holds the counts."""
        kind = KINDS[options["kind"]]
        notices = Notices()
        try:
            with (
                opened(options["file"]) as source,
                self.open_report(options["rejects"]) as report,
                InputMemory() as memory,
                self.database_errors(),
            ):
                rows = watch_rows(kind, with_progress(read_csv(kind, source)), notices, memory)
                counts = import_rows(kind, rows, mode=self.mode, reject=report.reject)
                report.conclude()
        except OSError as error:
            raise CommandError(str(error), returncode=EXIT_NOTHING_READ) from error
        except UnreadableFile as error:
            self.stderr.write(f"{options['file']}: {error}")
            self.finish(Counts(), nothing_read=True)
        else:
            self.write_notices(notices)
            self.conclude(counts, options)


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """Open the file for reading; ``-`` is standard input."""
    if name == "-":
        yield sys.stdin.buffer
    else:
        with Path(name).open("rb") as source:
            yield source


def with_progress(rows: Iterable[CsvRow]) -> Iterator[CsvRow]:
    """Yield the same rows, counted on a terminal."""
    with progress_bar(None, unit="rows", description="Rows") as bar:
        for row in rows:
            bar.update()
            yield row
