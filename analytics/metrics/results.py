"""What a metric returns: rows with typed columns and units, and notes on what they leave out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from analytics.formatting import Number
from analytics.metrics.records import Key, Records

Value = str | int | float | date | datetime | None
Row = dict[str, Value]
ColumnType = Literal[
    "text", "integer", "number", "share", "seconds", "minutes", "date", "datetime", "month", "flag"
]


@dataclass(frozen=True)
class Column:
    """A column of a metric's rows. ``unit`` is a word for people, "" where there is none.

    A "flag" is true, false or unknown (None). Each column has one of the last three: the records
    that its number is made of; that its values name the rows; why there are no records of it.
    """

    name: str
    label: str
    type: ColumnType
    unit: str = ""
    records: Records | None = None
    key: Key | None = None
    without_records: str = ""


@dataclass(frozen=True)
class Result:
    """The result of a metric for a scope.

    ``rows``: one dict a row, keys in the order of the columns. ``n``: how many things were
    counted (``Metric.counted`` says what). ``notes``: what the figures leave out, as sentences.
    ``target``: what a line is drawn against, where admins set one. ``amounts``: by column, how
    much work each row's number rests on, for charts that draw it. ``seen``: the values that rows
    are coloured by, in the order in which the portal first saw them.
    """

    rows: list[Row]
    summary: Row | None = None
    notes: list[str] = field(default_factory=list)
    n: int | None = None
    condensed: bool = False
    target: float | None = None
    amounts: Mapping[str, Sequence[int]] = field(default_factory=dict)
    seen: Sequence[str] = ()


def number_or_none(value: object) -> Number | None:
    """A value that can be computed with; None for the others."""
    return value if isinstance(value, int | float) else None


def number_in(row: Row, name: str) -> Number | None:
    """A number of a row; None where it has none."""
    return number_or_none(row.get(name))
