"""Headers of CSV files: forgiving about how a column is written, never about its unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from analytics.csv_guards import unguard
from analytics.imports.report import quoted
from analytics.imports.rows.fields import Column, RowKind

#: More columns than any spreadsheet of these kinds has.
MAX_COLUMNS = 200
# Headers listed in a message.
_MAX_LISTED = 30

PARENTHESES = re.compile(r"[(\[]([^)\]]*)[)\]]")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
WORD = re.compile(r"[^\W_]+")
#: Words at a header's beginning that do not tell one column from another.
FILLERS = (
    "numberof",
    "noof",
    "nrof",
    "countof",
    "number",
    "num",
    "total",
    "average",
    "avg",
    "mean",
)
#: Units that a header may name, by what they mean; one of another meaning is an error.
UNIT_WORDS = {
    "minutes": ("m", "min", "mins", "minute", "minutes"),
    "milliseconds": ("ms", "msec", "millisecond", "milliseconds"),
    "seconds": ("s", "sec", "secs", "second", "seconds"),
    "hours": ("h", "hr", "hrs", "hour", "hours"),
    "days": ("d", "days"),
    "per cent": ("%", "percent", "pct", "percentage"),
}
UNITS = {word: unit for unit, words in UNIT_WORDS.items() for word in words}
#: What parentheses may say besides: it changes no value.
HARMLESS = frozenset(
    ("optional", "required", "1-6", "0-1", "of 6", "n", "count", "iso", "yyyy-mm-dd")
)
#: An exported number of a row: nothing that came in.
IGNORED = "id"


class UnreadableFile(ValueError):
    """The file as a whole can't be read: no UTF-8, no header, a column missing or unknown."""


def header_words(header: str) -> tuple[str, list[str]]:
    """A header as compared (lower case, letters and digits only), and its words for units."""
    units = [
        part.strip().rstrip(".").strip()
        for inner in PARENTHESES.findall(header)
        for part in re.split(r"[,;]", re.sub(r"\s*[-\u2013]\s*", "-", inner.casefold()))
    ]
    words = WORD.findall(CAMEL.sub(" ", PARENTHESES.sub(" ", header)).casefold())
    while len(words) > 1 and UNITS.get(words[-1]) in ("minutes", "seconds", "hours"):
        units.append(words.pop())
    return "".join(words), [" ".join(part.removeprefix("in ").split()) for part in units if part]


def names_of(column: Column) -> set[str]:
    """Everything that a column's header may be, as compared."""
    names = {"".join(WORD.findall(name)) for name in (column.name, *column.aliases)}
    return names | {without_filler(name) for name in names}


def without_filler(compared: str) -> str:
    """A compared header without a beginning like "number of" or "average"."""
    for filler in FILLERS:
        if compared.startswith(filler):
            return compared.removeprefix(filler)
    return compared


@lru_cache
def columns_by_name(kind: RowKind) -> dict[str, Column]:
    """The columns of a kind by everything that their headers may be."""
    return {name: column for column in kind.columns for name in names_of(column)}


def column_of(kind: RowKind, header: str) -> Column | None:
    """The column that a header names, if any."""
    known = columns_by_name(kind)
    compared, _units = header_words(header)
    return (
        known.get(compared)
        or known.get(without_filler(compared))
        or known.get(compared.removesuffix("count"))
    )


def unit_fault(column: Column, header: str) -> str:
    """The fault of the unit that a header names; empty without one."""
    for word in header_words(header)[1]:
        unit = UNITS.get(word)
        if word in HARMLESS or (unit is not None and unit == column.unit):
            continue
        holds = f", {column.name} is {column.unit}" if column.unit else ""
        if unit is not None:
            return f"{quoted(header)} is in {unit}{holds}"
        return f"{quoted(header)}: {quoted(word)} is not understood{holds}"
    return ""


@dataclass(frozen=True)
class FileColumns:
    """A file's columns: the kind's column of each, None where there is nothing to read.

    Those at ``nameless`` positions have no header: they are none as long as they hold nothing.
    """

    columns: tuple[Column | None, ...]
    nameless: tuple[int, ...]

    def values(self, cells: list[str]) -> dict[str, str]:
        """The values of a row, by the fields' names."""
        named = zip(self.columns, cells, strict=False)
        return {column.name: unguard(cell) for column, cell in named if column is not None}

    def fault(self, cells: list[str]) -> str:
        """The fault of a row with too few or too many values; empty without one."""
        count = len(self.columns)
        least = max(n for n, column in enumerate(self.columns, 1) if column is not None)
        if len(cells) < least or any(cell.strip() for cell in cells[count:]):
            return f"expected {count - len(self.nameless)} values, found {len(cells)}"
        for position in self.nameless:
            if position < len(cells) and cells[position].strip():
                return f"column {position + 1} has a value and no header"
        return ""


def match_headers(kind: RowKind, headers: list[str]) -> FileColumns:
    """The columns of these headers.

    Raises ``UnreadableFile`` naming what is missing, unknown, doubled or in a wrong unit, and
    listing what was found.
    """
    if len(headers) > MAX_COLUMNS and any(header.strip() for header in headers[MAX_COLUMNS:]):
        raise UnreadableFile(f"more than {MAX_COLUMNS} columns")
    columns: list[Column | None] = []
    faults = []
    seen: dict[str, str] = {}
    for header in headers[:MAX_COLUMNS]:
        column = column_of(kind, header)
        columns.append(column)
        if column is None:
            if header.strip() and header_words(header)[0] != IGNORED:
                faults.append(f"the header {quoted(header)} matches no column")
            continue
        if column.name in seen:
            faults.append(
                f"{quoted(seen[column.name])} and {quoted(header)} are both {column.name}"
            )
        seen[column.name] = header
        if fault := unit_fault(column, header):
            faults.append(fault)
    missing = [column.name for column in kind.columns if column.name not in seen]
    if missing:
        faults.insert(0, f"no column for {', '.join(missing)}")
    if faults:
        listed = ", ".join(quoted(header) for header in headers[:_MAX_LISTED])
        more = ", ..." if len(headers) > _MAX_LISTED else ""
        reasons = "; ".join(faults[:_MAX_LISTED])
        raise UnreadableFile(f"{reasons}. Found: {listed}{more}")
    nameless = (n for n, header in enumerate(headers[:MAX_COLUMNS]) if not header.strip())
    return FileColumns(tuple(columns), tuple(nameless))
