"""A dry run's memory: what the sessions seen so far would have left behind."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from contextlib import closing
from types import TracebackType
from typing import Self

from analytics.imports.sessions.batch import (
    BatchOutcome,
    Entry,
    Known,
    digest,
    known_sessions,
    plan,
    public_ids,
)


class DryRun:
    """Says what storing would do, batch after batch, without writing to the portal's database.

    An id that comes again in a later batch has to be remembered: in a temporary file of SQLite,
    so that memory does not grow with the input.
    """

    def __enter__(self) -> Self:
        # An empty name is a temporary database on disk, deleted when it is closed. The batches
        # come from one thread at a time.
        self._memory = sqlite3.connect("", isolation_level=None)
        self._memory.execute("PRAGMA journal_mode = OFF")
        self._memory.execute(
            "CREATE TABLE seen (public_id TEXT PRIMARY KEY, username TEXT, digest BLOB)"
            " WITHOUT ROWID"
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._memory.close()

    def judge(self, entries: Sequence[Entry]) -> BatchOutcome:
        """Return what would become of a batch."""
        ids = public_ids(entries)
        known, _keys = known_sessions(ids)
        known.update(self._seen(ids))
        outcome, pending = plan(entries, known)
        self._memory.executemany(
            "INSERT OR REPLACE INTO seen VALUES (?, ?, ?)",
            (
                (public_id, record.username, digest(record.content))
                for public_id, record in pending.items()
            ),
        )
        return outcome

    def _seen(self, ids: Collection[str]) -> dict[str, Known]:
        found = {}
        with closing(self._memory.cursor()) as cursor:
            for public_id in ids:
                row = cursor.execute(
                    "SELECT username, digest FROM seen WHERE public_id = ?", (public_id,)
                ).fetchone()
                if row is not None:
                    found[public_id] = Known(*row)
        return found
