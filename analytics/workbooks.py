"""Workbooks (XLSX): tables as sheets, written row by row, so that memory does not grow with them.

Texts are written as texts: nothing that somebody typed becomes a formula, a link or a number.
"""

import json
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from django.utils import timezone

#: Rows of a sheet, its headings among them.
MAX_ROWS = 1_048_576
#: Characters of a cell and of a sheet's name.
MAX_CELL_LENGTH, MAX_NAME_LENGTH = 32_767, 31
CUT = "… (cut: the whole is in the CSV)"
#: Whole numbers beyond this are no longer exact in a spreadsheet.
MAX_WHOLE_NUMBER = 2**53
#: Spreadsheets know no days before.
FIRST_YEAR = 1900
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
#: How numbers are shown, by a column's type.
NUMBER_FORMATS = {"share": "0.0%", "integer": "#,##0"}


class TooManyRows(Exception):
    """More rows than a sheet takes."""


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, the headings, the types of the columns (metrics' types) and the rows."""

    name: str
    headings: Sequence[str]
    types: Sequence[str]
    rows: Iterable[Sequence[object]]


def write_workbook(sheets: Iterable[Sheet]) -> BinaryIO:
    """A workbook of some sheets as a temporary file, read from its beginning.

    Raises ``TooManyRows`` when one has more rows than a sheet takes.
    """
    # Here: it takes 2 MiB of every process, and few make a workbook.
    import xlsxwriter

    file = tempfile.TemporaryFile()  # noqa: SIM115  # the caller's, who closes it
    try:
        with xlsxwriter.Workbook(file, OPTIONS) as book:
            formats = Formats(book)
            names: set[str] = set()
            for sheet in sheets:
                write_sheet(book.add_worksheet(sheet_name(sheet.name, names)), sheet, formats)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


class Formats:
    """The formats of a workbook's cells."""

    def __init__(self, book: Any) -> None:
        self.heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.date = book.add_format({"num_format": "yyyy-mm-dd"})
        self.datetime = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.numbers: Mapping[str, Any] = {
            name: book.add_format({"num_format": text}) for name, text in NUMBER_FORMATS.items()
        }


def sheet_name(text: str, names: set[str]) -> str:
    """A name that a sheet may have and none of ``names`` is yet; it is added to them."""
    plain = NOT_IN_NAMES.sub(" ", text).strip("' ")[:MAX_NAME_LENGTH] or "Sheet"
    name, number = plain, 1
    while name.casefold() in names:
        number += 1
        end = f" {number}"
        name = plain[: MAX_NAME_LENGTH - len(end)] + end
    names.add(name.casefold())
    return name


def write_sheet(worksheet: Any, sheet: Sheet, formats: Formats) -> None:
    """Write the headings, which stay in sight, and the rows."""
    worksheet.freeze_panes(1, 0)
    for place, heading in enumerate(sheet.headings):
        worksheet.set_column(place, place, min(max(len(heading) + 2, 10), 60))
        worksheet.write_string(0, place, heading, formats.heading)
    for number, row in enumerate(sheet.rows, start=1):
        if number >= MAX_ROWS:
            raise TooManyRows
        for place, (value, kind) in enumerate(zip(row, sheet.types, strict=True)):
            write_cell(worksheet, number, place, value, kind, formats)


def write_cell(
    worksheet: Any, row: int, place: int, value: object, kind: str, formats: Formats
) -> None:
    """Write a value; nothing for None. Times are those of TIME_ZONE, which a cell cannot hold."""
    if isinstance(value, bool):
        worksheet.write_boolean(row, place, value)
    elif isinstance(value, int | float) and abs(value) <= MAX_WHOLE_NUMBER:
        worksheet.write_number(row, place, value, formats.numbers.get(kind))
    elif isinstance(value, datetime) and value.year > FIRST_YEAR:
        local = timezone.localtime(value, timezone.get_default_timezone()).replace(tzinfo=None)
        worksheet.write_datetime(row, place, local, formats.datetime)
    elif isinstance(value, date) and value.year > FIRST_YEAR:
        worksheet.write_datetime(row, place, value, formats.date)
    elif value is not None:
        worksheet.write_string(row, place, cell_text(value))


def cell_text(value: object) -> str:
    """A value as text: lists as JSON; one that no cell holds is cut, and says so."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | tuple) else str(value)
    if len(text) > MAX_CELL_LENGTH:
        return text[: MAX_CELL_LENGTH - len(CUT)] + CUT
    return text
