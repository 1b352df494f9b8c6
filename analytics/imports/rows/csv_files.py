"""Reading CSV files of rows: forgiving about headers, delimiters and line ends, not about values.

Everything is read as a stream; a faulty row is reported with its line and the rest goes in.
"""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from analytics.imports.report import Rejection, quoted
from analytics.imports.rows.fields import NOT_TEXT, Field, Record, RowFaults, RowKind, validate

DELIMITERS = (",", ";", "\t")
MAX_LINE_LENGTH = 1_000_000
BAD_QUOTES = "a quote is not closed, or text follows it; a quote within quotes is written twice"

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


class UnreadableFile(ValueError):
    """The file as a whole can't be read: no UTF-8, no header, a column missing or unknown."""


@dataclass(frozen=True)
class CsvRow:
    """A row of a file: the line it begins on, and its record or what is wrong with it."""

    number: int
    record: Record | None
    rejection: Rejection | None = None


def header_words(header: str) -> tuple[str, str]:
    """Return a header as compared (lower case, letters and digits only) and its unit, if any."""
    unit = " ".join(PARENTHESES.findall(header)).strip().casefold()
    words = WORD.findall(CAMEL.sub(" ", PARENTHESES.sub(" ", header)).casefold())
    while len(words) > 1 and UNITS.get(words[-1]) in ("minutes", "seconds", "hours"):
        unit = unit or words[-1]
        words.pop()
    return "".join(words), unit


def names_of(field: Field) -> set[str]:
    """Return everything that a field's header may be, as compared."""
    names = {"".join(WORD.findall(name)) for name in (field.name, *field.aliases)}
    return names | {without_filler(name) for name in names}


def without_filler(compared: str) -> str:
    """Return a compared header without a beginning like "number of" or "average"."""
    for filler in FILLERS:
        if compared.startswith(filler):
            return compared.removeprefix(filler)
    return compared


def field_of(kind: RowKind, header: str) -> Field | None:
    """Return the field that a header names, if any."""
    known = {name: field for field in kind.fields for name in names_of(field)}
    compared, _unit = header_words(header)
    return (
        known.get(compared)
        or known.get(without_filler(compared))
        or known.get(compared.removesuffix("count"))
    )


def match_headers(kind: RowKind, headers: list[str]) -> list[Field]:
    """Return the field of each header, in their order.

    Raises ``UnreadableFile`` naming what is missing, unknown, doubled or in a wrong unit, and
    listing what was found.
    """
    found: list[Field] = []
    faults = []
    seen: dict[str, str] = {}
    for position, header in enumerate(headers, start=1):
        field = field_of(kind, header)
        if field is None:
            faults.append(
                f"the header {quoted(header)} matches no column"
                if header.strip()
                else f"column {position} has no header"
            )
            continue
        if field.name in seen:
            faults.append(f"{quoted(seen[field.name])} and {quoted(header)} are both {field.name}")
        seen[field.name] = header
        unit = UNITS.get(header_words(header)[1])
        if unit is not None and unit != field.unit:
            faults.append(
                f"{quoted(header)} is in {unit}"
                + (f", {field.name} is {field.unit}" if field.unit else "")
            )
        found.append(field)
    missing = [field.name for field in kind.fields if field.name not in seen]
    if missing:
        faults.insert(0, f"no column for {', '.join(missing)}")
    if faults:
        listed = ", ".join(quoted(header) for header in headers)
        raise UnreadableFile(f"{'; '.join(faults)}. Found: {listed}")
    return found


class Records:
    """The records of a CSV file with the line each begins on.

    A quote that never closes takes no more than its own line: what was read in search of its
    end is read again as rows of their own.
    """

    def __init__(self, source: io.TextIOBase) -> None:
        self._source = source
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._line = 0

    def _lines(self) -> Iterator[str]:
        while (
            line := self._again.popleft() if self._again else self._source.readline(MAX_LINE_LENGTH)
        ):
            self._line += 1
            if len(line) >= MAX_LINE_LENGTH:
                self._pass_over(line)
                raise csv.Error(f"is longer than {MAX_LINE_LENGTH:,} characters")
            self._taken.append(line)
            yield line

    def _pass_over(self, line: str) -> None:
        """Read to the end of a line that is too long to keep."""
        while line and not line.endswith(("\n", "\r")):
            line = self._source.readline(MAX_LINE_LENGTH)

    def first_line(self) -> str:
        """Return the first line that is not blank, and take it; empty at the end of the file.

        Raises ``UnreadableFile`` when it is too long for a header.
        """
        try:
            for line in self._lines():
                if line.strip():
                    return line
        except csv.Error as error:
            raise UnreadableFile(f"the header {error}") from None
        return ""

    def read(self, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
        """Yield each record and its line; in the place of one that can't be read, why."""
        while True:
            reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)
            self._taken.clear()
            begins = self._line + 1
            try:
                for cells in reader:
                    yield begins, cells
                    self._taken.clear()
                    begins = self._line + 1
                return
            except csv.Error as error:
                message = str(error)
                self._again.extendleft(reversed(self._taken[1:]))
                self._line = begins
            yield begins, message if message.startswith("is longer") else BAD_QUOTES


def open_text(source: BinaryIO) -> io.TextIOWrapper:
    """Return a binary file as text: UTF-8 with or without BOM, line ends as they are.

    Bytes that are not UTF-8 become lone surrogates, so that only their row is refused. Raises
    ``UnreadableFile`` for UTF-16 and UTF-32.
    """
    buffered = source if isinstance(source, io.BufferedReader) else io.BufferedReader(source)  # type: ignore[type-var]
    start = buffered.peek(4)[:4]
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableFile("the file is UTF-16; save it as UTF-8")
    return io.TextIOWrapper(buffered, encoding="utf-8-sig", errors="surrogateescape", newline="")


def header_of(kind: RowKind, line: str) -> tuple[str, list[Field]]:
    """Return the delimiter and the fields of a header line; raises ``UnreadableFile``."""
    if NOT_TEXT.search(line):
        raise UnreadableFile(f"the header is not UTF-8; save the file as UTF-8: {quoted(line)}")
    best: list[str] = []
    best_delimiter, most = ",", -1
    for delimiter in DELIMITERS:
        try:
            headers = next(csv.reader([line], delimiter=delimiter, strict=True))
        except csv.Error:
            continue
        matched = sum(field_of(kind, header) is not None for header in headers)
        if (matched, len(headers)) > (most, len(best)):
            best, best_delimiter, most = headers, delimiter, matched
    if not best:
        raise UnreadableFile(f"the header can't be read: {quoted(line.strip())}")
    return best_delimiter, match_headers(kind, best)


def read_csv(kind: RowKind, source: BinaryIO) -> Iterator[CsvRow]:
    """Yield the rows of a CSV file in order, the faulty ones as rejections.

    Blank lines are passed over. Raises ``UnreadableFile`` before the first row when the file is
    empty or its header does not fit the kind.
    """
    text = open_text(source)
    try:
        yield from read_text(kind, text)
    finally:
        # The binary file is the caller's to close.
        text.detach()


def read_text(kind: RowKind, text: io.TextIOBase) -> Iterator[CsvRow]:
    """Yield the rows of a CSV file that is open as text (``newline=""``); see ``read_csv``."""
    names, found = read_cells(kind, text)
    for number, cells in found:
        if isinstance(cells, str):
            yield CsvRow(number, None, Rejection(cells, place=f"line {number}", kind="row"))
        else:
            yield read_row(kind, names, cells, number=number)


def read_cells(
    kind: RowKind, text: io.TextIOBase
) -> tuple[list[str], Iterator[tuple[int, list[str] | str]]]:
    """Return the columns' names in the file's order, and the rows that are not blank.

    Each row with the line it begins on; in the place of one that can't be read, why. Raises
    ``UnreadableFile``.
    """
    records = Records(text)
    line = records.first_line()
    if not line:
        raise UnreadableFile("the file is empty")
    delimiter, fields = header_of(kind, line)
    rows = (
        (number, cells)
        for number, cells in records.read(delimiter)
        if isinstance(cells, str) or any(cell.strip() for cell in cells)
    )
    return [field.name for field in fields], rows


def wrong_number(names: list[str], cells: list[str]) -> str:
    """Return the fault of a row that has too many or too few values."""
    return f"expected {len(names)} values, found {len(cells)}"


def read_row(kind: RowKind, names: list[str], cells: list[str], *, number: int) -> CsvRow:
    """Return one row, validated."""
    values = dict(zip(names, cells, strict=False))
    key = kind.named(values)
    place = f"line {number}"
    if len(cells) != len(names):
        message = wrong_number(names, cells)
        return CsvRow(number, None, Rejection(message, key=key, place=place, kind="row"))
    try:
        return CsvRow(number, validate(kind, values))
    except RowFaults as faults:
        rejection = Rejection(faults.message, path=faults.path, key=key, place=place, kind="row")
        return CsvRow(number, None, rejection)
