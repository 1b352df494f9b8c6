"""Reading CSV files of rows: forgiving about headers, delimiters and line ends, not about values.

Everything is read as a stream; a faulty row is reported with its line and the rest goes in.
"""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from analytics.imports.report import Rejection, quoted
from analytics.imports.rows.fields import InvalidRow, Record, RowKind, validate
from analytics.imports.rows.headers import (
    MAX_COLUMNS,
    FileColumns,
    UnreadableFile,
    column_of,
    match_headers,
)
from analytics.imports.sources import SNIFFED, describe_binary
from analytics.imports.values import Invalid, check_text

DELIMITERS = (",", ";", "\t")
MAX_LINE_LENGTH = 1_000_000
#: Lines that a header with quoted line breaks may take.
MAX_HEADER_LINES = 50
BAD_QUOTES = "a quote is not closed, or text follows it; a quote within quotes is written twice"

# Excel's hint at the delimiter, in the first line.
HINT = re.compile(r'"?sep=([^\w\s"]|\t)"?[\s,;]*', re.IGNORECASE)


@dataclass(frozen=True)
class CsvRow:
    """A row of a file: the line it begins on, and its record or what is wrong with it."""

    number: int
    record: Record | None
    rejection: Rejection | None = None


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
        """The first line that is not blank, and take it; empty at the end of the file.

        Raises ``UnreadableFile`` when it is too long for a header.
        """
        try:
            for line in self._lines():
                if line.strip():
                    return line
        except csv.Error as error:
            raise UnreadableFile(f"the header {error}") from None
        return ""

    def rest_of_header(self, line: str) -> str:
        """The header that begins with ``line`` and goes on to where its quotes are closed.

        Without closing quotes it is the line itself.
        """
        if line.count('"') % 2 == 0:
            return line
        lines = [line]
        self._taken.clear()
        before = self._line
        with suppress(csv.Error):
            for following in islice(self._lines(), MAX_HEADER_LINES):
                lines.append(following)
                if following.count('"') % 2:
                    return "".join(lines)
        self._again.extendleft(reversed(self._taken))
        self._line = before
        return line

    def read(self, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
        """Yield (line, cells) of each record; a message in place of cells that can't be read."""
        while True:
            reader = csv.reader(
                self._lines(), delimiter=delimiter, strict=True, skipinitialspace=True
            )
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
    """A text file of UTF-8 with or without BOM, line ends as they are.

    Bytes that are not UTF-8 become lone surrogates, so that only their row is refused. Raises
    ``UnreadableFile`` for what is no text.
    """
    buffered = source if isinstance(source, io.BufferedReader) else io.BufferedReader(source)  # type: ignore[type-var]
    kind = describe_binary(buffered.peek(SNIFFED)[:SNIFFED])
    if kind:
        raise UnreadableFile(f"this is {kind}; save it as CSV UTF-8")
    return io.TextIOWrapper(buffered, encoding="utf-8-sig", errors="surrogateescape", newline="")


def header_of(kind: RowKind, header: str, hint: str) -> tuple[str, FileColumns]:
    """The delimiter and the columns of a header. Raises ``UnreadableFile``.

    ``hint``: the delimiter that the file names (``sep=;``), or empty.
    """
    try:
        check_text(header)
    except Invalid as reason:
        raise UnreadableFile(f"the header {reason}: {quoted(header)}; save it as UTF-8") from None
    best: list[str] = []
    best_delimiter, most_matched = ",", -1
    for delimiter in hint or DELIMITERS:
        source = io.StringIO(header, newline="")
        try:
            headers = next(
                csv.reader(source, delimiter=delimiter, strict=True, skipinitialspace=True)
            )
        except csv.Error:
            continue
        matched = sum(column_of(kind, name) is not None for name in headers[:MAX_COLUMNS])
        if (matched, len(headers)) > (most_matched, len(best)):
            best, best_delimiter, most_matched = headers, delimiter, matched
    if not best:
        raise UnreadableFile(f"the header can't be read: {quoted(header.strip())}")
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
    records = Records(text)
    line = records.first_line()
    hint = HINT.fullmatch(line.strip("\ufeff \r\n"))
    if hint:
        line = records.first_line()
    if not line:
        raise UnreadableFile("the file is empty")
    header = records.rest_of_header(line)
    delimiter, columns = header_of(kind, header, hint[1] if hint else "")
    for number, cells in records.read(delimiter):
        if isinstance(cells, str):
            yield CsvRow(number, None, Rejection(cells, place=f"line {number}", kind="row"))
        elif any(cell.strip() for cell in cells):
            yield read_row(kind, columns, cells, number=number)


def read_row(kind: RowKind, columns: FileColumns, cells: list[str], *, number: int) -> CsvRow:
    """A row's record, or its rejection with the column at fault."""
    values = columns.values(cells)
    place = f"line {number}"
    key = kind.named(values)
    if fault := columns.fault(cells):
        return CsvRow(number, None, Rejection(fault, key=key, place=place, kind="row"))
    try:
        return CsvRow(number, validate(kind, values))
    except InvalidRow as row:
        path = f"column {row.column}"
        return CsvRow(number, None, Rejection(row.message, path, key, place=place, kind="row"))
