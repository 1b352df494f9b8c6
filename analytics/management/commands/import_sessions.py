"""``manage.py import_sessions FILE...``: session documents from files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser

from analytics.imports.command import ImportCommand
from analytics.imports.memory import InputMemory
from analytics.imports.notices import Notices
from analytics.imports.report import Rejection, progress_bar
from analytics.imports.sessions.batch import Entry
from analytics.imports.sessions.reading import entries
from analytics.imports.sources import Source, Unreadable
from analytics.imports.watching import watch_sessions


class Command(ImportCommand):
    """Takes session documents in from files."""

    help = (
        "Import session documents: JSON Lines, a JSON array or object, plain or gzipped, also as "
        "mongoexport writes them. Importing again updates what has changed. The exit code is 0 "
        "when nothing was rejected, 1 when something was, 2 when nothing could be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Define the files and the options."""
        parser.add_argument("files", nargs="+", metavar="FILE", help="- is standard input.")
        self.add_import_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Import the files in order."""
        files = Files(options["files"])
        notices = Notices()
        with self.open_report(options["rejects"]) as report, InputMemory() as memory:
            entries = watch_sessions(files.entries(), notices, memory)
            counts = self.store_entries(entries, options, reject=report.reject)
            report.conclude()
        self.write_notices(notices)
        nothing_read = bool(counts.rejected) and not files.found_documents
        self.conclude(counts, options, nothing_read=nothing_read)


class Files:
    """The files of one call, one after the other, with progress on a terminal."""

    def __init__(self, names: list[str]) -> None:
        self._names = names
        #: Whether any document, good or bad, was met so far.
        self.found_documents = False

    def entries(self) -> Iterator[Entry]:
        """Yield the files' entries; a file that cannot be read is a rejection."""
        for name in self._names:
            label = "standard input" if name == "-" else name
            prefix = f"{label}: " if len(self._names) > 1 else ""
            try:
                with Source(name) as source:
                    yield from self._watched(source, label, prefix)
            except Unreadable as reason:
                yield Rejection(f"cannot be read: {reason}", place=label)

    def _watched(self, source: Source, label: str, prefix: str) -> Iterator[Entry]:
        with progress_bar(source.size, unit="B", description=label, scale=True) as bar:
            try:
                for entry in entries(source, prefix=prefix):
                    yield entry
                    bar.update(source.position() - bar.n)
            finally:
                self.found_documents |= source.found_documents
