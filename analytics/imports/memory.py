"""The identities that an input has had so far, on disk: memory does not grow with the input."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing
from typing import NamedTuple, Self


def digest(content: object) -> bytes:
    """16 bytes that are equal for equal contents, and else (all but certainly) different."""
    return hashlib.blake2b(repr(content).encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Seen(NamedTuple):
    """The last occurrence of an identity: whose it is, its content's digest, its place."""

    owner: str
    digest: bytes
    place: str


class InputMemory:
    """The last occurrence of each identity, in a temporary file of SQLite."""

    def __enter__(self) -> Self:
        # An empty name is a temporary database on disk, deleted when it is closed. Batches come
        # from one thread at a time.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute(
            "CREATE TABLE seen (identity TEXT PRIMARY KEY, owner TEXT, digest BLOB, place TEXT)"
            " WITHOUT ROWID"
        )
        return self

    def __exit__(self, *error: object) -> None:
        self._database.close()

    def recall(self, identities: Collection[str]) -> dict[str, Seen]:
        """The last occurrence of those of these identities that occurred."""
        occurrences = {}
        with closing(self._database.cursor()) as cursor:
            for identity in identities:
                row = cursor.execute(
                    "SELECT owner, digest, place FROM seen WHERE identity = ?", (identity,)
                ).fetchone()
                if row is not None:
                    occurrences[identity] = Seen(*row)
        return occurrences

    def remember(self, occurrences: Iterable[tuple[str, Seen]]) -> None:
        """Replace the last occurrence of each of these identities."""
        self._database.executemany(
            "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)",
            ((identity, *seen) for identity, seen in occurrences),
        )
