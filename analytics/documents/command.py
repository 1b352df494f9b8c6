"""What the import commands have in common: their options, their ending, their exit code."""

from __future__ import annotations

import sys

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.documents.report import Counts, Report


class ImportCommand(BaseCommand):
    """A command that takes data in and ends with the counts."""

    #: What the ending counts: ``sessions`` or ``rows``.
    counted = "sessions"

    def add_import_options(self, parser: CommandParser, *, atomic: bool = True) -> None:
        """Add ``--dry-run``, ``--rejects`` and (``atomic``) ``--strict``."""
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would happen and store nothing."
        )
        if atomic:
            parser.add_argument(
                "--strict",
                action="store_true",
                help="Store nothing at all when anything is rejected.",
            )
        parser.add_argument(
            "--rejects", metavar="FILE", help="Also write the rejections to FILE, one a line."
        )

    def reporting(self, rejects: str | None) -> Report:
        """Return where rejections go: the error stream and the file of ``--rejects``."""
        try:
            return Report(self.stderr.write, rejects)
        except OSError as error:
            raise CommandError(f"--rejects {rejects}: {error.strerror}", returncode=2) from None

    def finish(self, counts: Counts, *, nothing_read: bool = False) -> None:
        """Print the ending as the last line, and leave with its exit code unless that is 0."""
        self.stdout.write(counts.ending(self.counted))
        self.stdout.flush()
        code = counts.exit_code(nothing_read=nothing_read)
        if code:
            sys.exit(code)
