"""Rows as they came in: what a file for ``import_csv`` holds."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from analytics.imports.rows.fields import RowKind
from analytics.summaries.snapshots import repeatable_read

# Rows that are read at a time.
ROWS_AT_ONCE = 2000
# Where the value of an attribute stands that is a row of another table.
PATHS = {"moderator": "moderator__username"}


def exported_rows(kind: RowKind, rows: QuerySet[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the values of the kind's fields, by a server-side cursor in one state of the data."""
    names = [PATHS.get(field.attribute, field.attribute) for field in kind.fields]
    with repeatable_read():
        yield from rows.values_list(*names).iterator(chunk_size=ROWS_AT_ONCE)
