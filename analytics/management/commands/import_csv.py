"""``manage.py import_csv KIND FILE``: rows of user activity, recommendations, performance."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from analytics.imports.command import ImportCommand
from analytics.imports.report import EXIT_NOTHING_READ, Counts, Report, progress_bar
from analytics.imports.rows.csv_files import UnreadableFile, read_csv
from analytics.imports.rows.fields import KINDS, Record, RowKind
from analytics.imports.rows.store import store_all


class Undo(Exception):
    """Leaves the transaction without keeping anything."""


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
        whole = options["dry_run"] or options["strict"]
        counts = Counts()
        try:
            with (
                opened(options["file"]) as source,
                Report(self.stderr.write, options["rejects"]) as report,
            ):
                if whole:
                    self.import_whole(kind, source, report, counts, options)
                else:
                    import_rows(kind, source, report, counts)
        except OSError as error:
            raise CommandError(str(error), returncode=EXIT_NOTHING_READ) from error
        except UnreadableFile as error:
            self.stderr.write(f"{options['file']}: {error}")
            self.finish(counts, nothing_read=True)
        else:
            self.finish(counts)

    def import_whole(
        self,
        kind: RowKind,
        source: BinaryIO,
        report: Report,
        counts: Counts,
        options: dict[str, Any],
    ) -> None:
        """Import in one transaction, which a dry run or (strict) a rejection takes back."""
        try:
            with transaction.atomic():
                import_rows(kind, source, report, counts)
                if options["dry_run"] or counts.rejected:
                    raise Undo
        except Undo:
            if options["strict"] and counts.rejected:
                counts.created = counts.updated = counts.unchanged = 0
                self.stdout.write("Nothing was stored: some rows were rejected.")
            else:
                self.stdout.write("Dry run: nothing was stored.")


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """Open the file for reading; ``-`` is standard input."""
    if name == "-":
        yield sys.stdin.buffer
    else:
        with Path(name).open("rb") as source:
            yield source


def import_rows(kind: RowKind, source: BinaryIO, report: Report, counts: Counts) -> None:
    """Store the good rows of a file and report the others, adding to ``counts``."""
    with progress_bar(None, unit="rows", description=kind.name) as bar:

        def records() -> Iterator[Record]:
            for line in read_csv(kind, source):
                bar.update()
                if line.record is not None:
                    yield line.record
                if line.rejection is not None:
                    report.reject(line.rejection)
                    counts.rejected += 1

        counts += store_all(kind, records())
