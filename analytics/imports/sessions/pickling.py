"""Records as bytes and back, for the batches that are set aside on disk."""

from __future__ import annotations

import pickle
from functools import partial
from typing import Any

from analytics.imports.sessions.fields import PARTS

_RECORDS = {part.name: part.record for part in PARTS}


def restore_record(name: str, values: tuple[Any, ...]) -> Any:
    """The record of a part again."""
    return tuple.__new__(_RECORDS[name], values)


def _reduce_record(name: str, record: Any) -> tuple[Any, ...]:
    return restore_record, (name, tuple(record))


class RecordPickler(pickle.Pickler):
    """Pickles records too, which are made from the table of fields and have no module."""

    dispatch_table = {record: partial(_reduce_record, name) for name, record in _RECORDS.items()}
