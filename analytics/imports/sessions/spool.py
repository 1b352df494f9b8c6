"""Batches set aside on disk: read and judged before other writers have to wait."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self

from analytics.imports.sessions.batch import Entry
from analytics.imports.sessions.fields import PARTS

_RECORDS = {part.name: part.record for part in PARTS}


def restore_record(name: str, values: tuple[Any, ...]) -> Any:
    """The record of a part again."""
    return tuple.__new__(_RECORDS[name], values)


def _reduce_record(name: str, record: Any) -> tuple[Any, ...]:
    return restore_record, (name, tuple(record))


class _Pickler(pickle.Pickler):
    # Records are made from the table of fields: no module has them under their name.
    dispatch_table = {record: partial(_reduce_record, name) for name, record in _RECORDS.items()}


class BatchSpool:
    """Batches in a temporary file, deleted when it is closed: memory does not grow with them."""

    def __enter__(self) -> Self:
        self._file = tempfile.TemporaryFile()
        self._count = 0
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, batch: Sequence[Entry]) -> None:
        """Set a batch aside."""
        # A pickler of its own: a pickler remembers everything that it has written.
        _Pickler(self._file, pickle.HIGHEST_PROTOCOL).dump(batch)
        self._count += 1

    def batches(self) -> Iterator[list[Entry]]:
        """Yield the batches again, in order."""
        self._file.seek(0)
        for _ in range(self._count):
            yield pickle.load(self._file)  # noqa: S301 - written above, by this process
