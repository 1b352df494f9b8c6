"""Rows as they came in: what a file for ``import_csv`` holds."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from analytics.imports.rows.fields import RowKind
from analytics.summaries.snapshots import repeatable_read

# Rows that are read at a time.
ROWS_AT_ONCE = 2000


def exported_rows(kind: RowKind, rows: QuerySet[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the values of the kind's columns, by a server-side cursor in one state of the data."""
    lookups = [column.lookup for column in kind.columns]
    with repeatable_read():
        yield from rows.values_list(*lookups).iterator(chunk_size=ROWS_AT_ONCE)
