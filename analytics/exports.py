"""Streamed exports: CSV that a spreadsheet opens safely.

Shared by pages, REST and the admin. A stream reads through a server-side cursor in one snapshot
of the database: it starts at once, its memory does not grow with the rows, and what comes in
meanwhile is not in it.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from types import NoneType
from typing import Any

from django.utils import timezone

from analytics.csv_guards import guard
from analytics.metrics.registry import Metric
from analytics.metrics.results import Row

ROWS_PER_CHUNK = 500


@lru_cache(maxsize=4096)
def iso_datetime(value: datetime) -> str:
    """ISO 8601 in TIME_ZONE, with its offset."""
    return value.astimezone(timezone.get_default_timezone()).isoformat()


def csv_cell(value: object) -> str:
    """The text of a CSV cell: empty for None, ISO 8601 for times, JSON for lists.

    A text that a spreadsheet would compute gets an apostrophe in front.
    """
    return CELL_FORMATTERS.get(type(value), fallback_cell)(value)


def number_cell(value: float) -> str:
    """A whole number without a decimal point."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)


def fallback_cell(value: object) -> str:
    """The cell of a type that ``CELL_FORMATTERS`` lacks: serializers give subclasses."""
    if isinstance(value, str):
        return guard(value)
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


#: How the values of each type are written.
CELL_FORMATTERS: dict[type, Callable[[Any], str]] = {
    NoneType: lambda _: "",
    str: guard,
    bool: lambda value: "true" if value else "false",
    int: str,
    float: number_cell,
    datetime: iso_datetime,
    date: date.isoformat,
    list: lambda value: json.dumps(value, ensure_ascii=False),
}


class Echo:
    """A pseudo-file for ``csv.writer`` that returns each line instead of keeping it."""

    def write(self, text: str) -> str:
        """``csv.writer.writerow`` returns what this returns."""
        return text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A CSV file in pieces of ``ROWS_PER_CHUNK`` rows, the header with the first of them."""
    writer = csv.writer(Echo())
    rows = iter(rows)
    piece = [str(writer.writerow([csv_cell(name) for name in header]))]
    while batch := list(islice(rows, ROWS_PER_CHUNK)):
        piece += (str(writer.writerow([csv_cell(value) for value in row])) for row in batch)
        yield "".join(piece)
        piece = []
    if piece:
        yield piece[0]


def metric_lines(metric: Metric, rows: Iterable[Row]) -> Iterator[str]:
    """A metric's rows as the lines of a CSV file, in the order of its columns."""
    names = [column.name for column in metric.columns]
    return csv_lines(names, ([row[name] for name in names] for row in rows))
