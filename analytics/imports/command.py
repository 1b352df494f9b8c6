"""What the import commands have in common: their options, their ending, their exit code."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from analytics.imports.ahead import ReaderDied
from analytics.imports.modes import StoreMode
from analytics.imports.notices import Notices
from analytics.imports.report import EXIT_NOTHING_READ, EXIT_STOPPED, Counts, Rejection, Report
from analytics.imports.sessions.batch import Entry
from analytics.imports.sessions.store import store_batches
from analytics.imports.spool import SpoolError
from audit.models import Action
from audit.recording import record

# How many more objects there must be before Python looks for cycles: what a few batches make.
_GARBAGE_THRESHOLD = 200_000
# What an import leaves that does not come to its ending.
_LEFT = {
    StoreMode.GOOD: "what has been stored stays stored; run it again to go on.",
    # Whether a commit that was under way came through, nobody is told.
    StoreMode.ALL_OR_NOTHING: "nothing was stored, unless it was just ending; run it again.",
    StoreMode.DRY_RUN: "nothing was stored.",
}


@contextmanager
def rare_garbage_collection() -> Iterator[None]:
    """Look for cycles rarely, and never among what is there already.

    Records come and go by the million, without cycles among them: looking took a quarter of the
    processor's time.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_GARBAGE_THRESHOLD)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def database_failed(error: OperationalError, advice: str = "") -> CommandError:
    """What to raise when the database failed: never the exit code of what was only rejected."""
    sentence = f"The database failed: {str(error).strip()}{advice}"
    return CommandError(sentence, returncode=EXIT_NOTHING_READ)


class ImportCommand(BaseCommand):
    """A command that takes data in and ends with the counts."""

    # They load every page there is, some 30 MB: `manage.py check` and migrations run them.
    requires_system_checks = ()
    #: What the ending counts: ``sessions`` or ``rows``.
    counted = "sessions"
    #: The names of the files that are read, and how much of them is stored.
    files: Sequence[str] = ()
    mode = StoreMode.GOOD

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Note the files, for the audit, then run."""
        self.files = options.get("files") or [
            options[name] for name in ("file",) if name in options
        ]
        self.mode = mode_of(options)
        if self.mode is not StoreMode.DRY_RUN:
            self.record_beginning()
        try:
            with rare_garbage_collection():
                return super().execute(*args, **options)
        except KeyboardInterrupt:
            self.stderr.write(f"Stopped: {_LEFT[self.mode]}")
            sys.exit(EXIT_STOPPED)
        except SpoolError as error:
            raise CommandError(
                f"Nothing was stored: {error}. TMPDIR names another folder for temporary files.",
                returncode=EXIT_NOTHING_READ,
            ) from error

    def record_beginning(self) -> None:
        """Record the import in the audit before it begins: a killed one records no end.

        Raises CommandError when the database fails.
        """
        try:
            record(Action.IMPORT, details={"files": self.file_names, "state": "begun"})
        except OperationalError as error:
            raise database_failed(error) from error

    @property
    def file_names(self) -> list[str]:
        """The names of the files, without their folders."""
        return [Path(name).name for name in self.files]

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

    def open_report(self, rejects: str | None) -> Report:
        """The report, which writes rejections to the error stream and the file of ``--rejects``.

        Raises CommandError when that cannot be written, or is a file that is to be read.
        """
        if rejects is not None and any(map(partial(is_same_file, rejects), self.files)):
            raise CommandError(f"--rejects {rejects}: this is the file to import", returncode=2)
        try:
            return Report(self.stderr.write, rejects)
        except OSError as error:
            raise CommandError(f"--rejects {rejects}: {error.strerror}", returncode=2) from None

    @contextmanager
    def database_errors(self) -> Iterator[None]:
        """Raise CommandError with a sentence when the database fails while something is stored."""
        try:
            yield
        except OperationalError as error:
            raise database_failed(error, f"\n{_LEFT[self.mode].capitalize()}") from error

    def store_batches(
        self, batches: Iterable[list[Entry]], *, reject: Callable[[Rejection], object]
    ) -> Counts:
        """Store batches as the command's mode says.

        Raises CommandError when the database fails, or the process that reads.
        """
        try:
            with self.database_errors():
                return store_batches(batches, mode=self.mode, reject=reject, by_command=True)
        except ReaderDied as error:
            raise CommandError(
                f"{error}\n{_LEFT[self.mode].capitalize()}", returncode=EXIT_NOTHING_READ
            ) from None

    def write_notices(self, notices: Notices) -> None:
        """Write the notices: what deserves a look, though nothing of it was refused."""
        for sentence in notices.sentences():
            self.stderr.write(f"Notice: {sentence}")

    def conclude(
        self, counts: Counts, options: dict[str, Any], *, nothing_read: bool = False
    ) -> None:
        """Say when nothing was stored and why; then ``finish``.

        A dry run counts what the same command without it would: nothing where that stores nothing.
        """
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was stored.")
        if options.get("strict") and counts.rejected:
            would = "would be" if options["dry_run"] else "was"
            self.stdout.write(f"Nothing {would} stored: something was rejected.")
            counts = Counts(rejected=counts.rejected)
        self.finish(counts, nothing_read=nothing_read)

    def audit_details(self, counts: Counts) -> dict[str, Any]:
        """The details of the audit's entry: the files by name, and the counts."""
        return {
            "files": self.file_names,
            "created": counts.created,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "rejected": counts.rejected,
        }

    def finish(self, counts: Counts, *, nothing_read: bool = False) -> None:
        """Print the ending as the last line, and leave with its exit code unless that is 0."""
        if self.mode is not StoreMode.DRY_RUN:
            record(Action.IMPORT, details=self.audit_details(counts))
        self.stdout.write(counts.ending(self.counted))
        self.stdout.flush()
        code = counts.exit_code(nothing_read=nothing_read)
        if code:
            sys.exit(code)


def is_same_file(name: str, other: str) -> bool:
    """Whether two names are of one file, whatever links lead to it."""
    try:
        return Path(name).samefile(other)
    except OSError:
        return False


def mode_of(options: dict[str, Any]) -> StoreMode:
    """The mode that a command's options ask for."""
    if options["dry_run"]:
        return StoreMode.DRY_RUN
    return StoreMode.ALL_OR_NOTHING if options.get("strict") else StoreMode.GOOD
