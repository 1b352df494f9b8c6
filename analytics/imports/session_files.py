"""The files of one import, read as batches for the store."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from analytics.imports.memory import InputMemory
from analytics.imports.notices import Notices
from analytics.imports.report import Rejection, progress_bar
from analytics.imports.sessions.batch import Entry
from analytics.imports.sessions.reading import entries
from analytics.imports.sessions.store import batched, with_lines
from analytics.imports.sources import Source, Unreadable
from analytics.imports.watching import watch_sessions


class Progress(NamedTuple):
    """How far the reading is: of a file its name, its size where that is known, the bytes read."""

    label: str
    size: int | None
    position: int


_NOTHING_READ = Progress("", None, 0)


class Findings(NamedTuple):
    """What else the reading found: whether any document, good or bad; what deserves a look."""

    found_documents: bool
    notices: Notices


def read_files(names: Sequence[str]) -> Generator[tuple[Progress, list[Entry]], None, Findings]:
    """Yield the entries of files in batches; ``-`` is standard input."""
    files = _Files(names)
    notices = Notices()
    with InputMemory() as memory:
        watched = watch_sessions(with_lines(files.entries()), notices, memory)
        for batch in batched(watched, growing=True):
            yield files.progress, batch
    return Findings(files.found_documents, notices)


class _Files:
    """The files of one call, one after the other."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._label = ""
        self._source: Source | None = None
        self.found_documents = False

    @property
    def progress(self) -> Progress:
        """How far the reading is now. Asked for each batch: the system takes its time to tell."""
        source = self._source
        return Progress(self._label, source.size, source.position()) if source else _NOTHING_READ

    def entries(self) -> Iterator[Entry]:
        """Yield the files' entries; a file that cannot be read is a rejection."""
        for name in self._names:
            label = "standard input" if name == "-" else name
            prefix = f"{label}: " if len(self._names) > 1 else ""
            try:
                with Source(name) as source:
                    yield from self._read(source, label, prefix)
            except Unreadable as reason:
                yield Rejection(f"cannot be read: {reason}", place=label)

    def _read(self, source: Source, label: str, prefix: str) -> Iterator[Entry]:
        self._label, self._source = label, source
        try:
            yield from entries(source, prefix=prefix)
        finally:
            self.found_documents |= source.found_documents


def with_progress(
    reading: Iterable[tuple[Progress, list[Entry]]], *, unit: str = "B"
) -> Iterator[list[Entry]]:
    """Yield the batches, with the progress of each file on a terminal, counted in ``unit``."""
    for (label, size), batches in groupby(reading, key=lambda read: read[0][:2]):
        with progress_bar(size, unit=unit, description=label, scale=unit == "B") as bar:
            for progress, batch in batches:
                bar.update(progress.position - bar.n)
                yield batch
