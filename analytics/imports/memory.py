"""What an input has said so far, remembered on disk: memory does not grow with the input."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing
from types import TracebackType
from typing import NamedTuple, Self


def digest(content: object) -> bytes:
    """A short stand-in for a content: equal for equal ones, else different."""
    return hashlib.blake2b(repr(content).encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Said(NamedTuple):
    """What an input said last of one identity: whose it is, its content's digest, and where."""

    owner: str
    digest: bytes
    place: str


class InputMemory:
    """What was said of each identity, in a temporary file of SQLite."""

    def __enter__(self) -> Self:
        # An empty name is a temporary database on disk, deleted when it is closed. Batches come
        # from one thread at a time.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute(
            "CREATE TABLE said (identity TEXT PRIMARY KEY, owner TEXT, digest BLOB, place TEXT)"
            " WITHOUT ROWID"
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def recall(self, identities: Collection[str]) -> dict[str, Said]:
        """What was said of these identities, for those that were met."""
        found = {}
        with closing(self._database.cursor()) as cursor:
            for identity in identities:
                row = cursor.execute(
                    "SELECT owner, digest, place FROM said WHERE identity = ?", (identity,)
                ).fetchone()
                if row is not None:
                    found[identity] = Said(*row)
        return found

    def remember(self, said: Iterable[tuple[str, Said]]) -> None:
        """Remember what was said last of each identity."""
        self._database.executemany(
            "INSERT OR REPLACE INTO said VALUES (?, ?, ?, ?)",
            ((identity, *what) for identity, what in said),
        )
