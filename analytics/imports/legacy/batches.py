"""The old database, read as batches for the store."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack
from datetime import date
from typing import NamedTuple

import psycopg

from analytics.imports.legacy.database import LegacyDatabase
from analytics.imports.legacy.reading import LegacyReader
from analytics.imports.legacy.tables import NotLegacy
from analytics.imports.memory import InputMemory
from analytics.imports.notices import Notices
from analytics.imports.report import Rejection
from analytics.imports.session_files import Progress
from analytics.imports.sessions.batch import Entry
from analytics.imports.sessions.store import batched, with_lines
from analytics.imports.sources import Unreadable
from analytics.imports.watching import watch_sessions


class Findings(NamedTuple):
    """What else the reading found: whether the database refused to go on; what deserves a look."""

    has_failed: bool
    notices: Notices


def read_database(
    url: str, since: date | None
) -> Generator[tuple[Progress, list[Entry]], None, Findings]:
    """Yield the entries of the database at ``url`` in batches; see ``LegacyDatabase``.

    It connects when the first batch is asked for. Raises Unreadable when it cannot, or when this is
    no database of the script.
    """
    with InputMemory() as memory, ExitStack() as resources:
        try:
            database = LegacyDatabase.open(url, resources, since)
        except (psycopg.Error, NotLegacy) as error:
            raise Unreadable(_sentence(error)) from None
        reader = LegacyReader(database)
        reading = _Reading(database, reader)
        entries = watch_sessions(with_lines(reading.entries()), reader.notices, memory)
        for batch in batched(entries, growing=True):
            yield Progress("Sessions", reading.total, reading.done), batch
    return Findings(reading.has_failed, reader.notices)


def _sentence(error: Exception) -> str:
    """The first line of what a database says."""
    return (str(error).strip().splitlines() or ["no reason given"])[0]


class _Reading:
    """The reading of an old database: how far it is, and whether it came to its end."""

    def __init__(self, database: LegacyDatabase, reader: LegacyReader) -> None:
        self._database = database
        self._reader = reader
        #: The number of sessions, and how many of them have been read.
        self.total = 0
        self.done = 0
        #: Whether the old database refused to go on.
        self.has_failed = False

    def entries(self) -> Iterator[Entry]:
        """Yield people, then sessions."""
        try:
            self.total = self._database.count_sessions()
            yield from self._reader.people()
            for entry in self._reader.sessions():
                self.done += 1
                yield entry
            self._reader.find_missing()
            self._reader.find_orphans()
        except psycopg.Error as error:
            self.has_failed = True
            yield Rejection(
                f"cannot be read any further: {_sentence(error)}", place="the old database"
            )
