"""Batches set aside on disk: read and judged before other writers have to wait."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Generic, Self, TypeVar

Batch = TypeVar("Batch")


class SpoolError(Exception):
    """The temporary file can't be written: it says in which folder, and why."""


@contextmanager
def naming_the_folder() -> Iterator[None]:
    """Raise SpoolError where the system refuses."""
    try:
        yield
    except OSError as error:
        raise SpoolError(f"{tempfile.gettempdir()}: {error.strerror}") from error


class Spool(Generic[Batch]):
    """Batches in a temporary file, deleted when it is closed: memory does not grow with them."""

    def __enter__(self) -> Self:
        with naming_the_folder():
            self._file = tempfile.TemporaryFile()
        self._count = 0
        return self

    def __exit__(self, *error: object) -> None:
        # What could not be written need not be.
        with suppress(OSError):
            self._file.close()

    def add(self, batch: Batch) -> None:
        """Set a batch aside."""
        with naming_the_folder():
            pickle.dump(batch, self._file, pickle.HIGHEST_PROTOCOL)
        self._count += 1

    def batches(self) -> Iterator[Batch]:
        """Yield the batches again, in order."""
        with naming_the_folder():
            # Writes what is left to write.
            self._file.seek(0)
        for _ in range(self._count):
            yield pickle.load(self._file)  # noqa: S301 - written above, by this process
