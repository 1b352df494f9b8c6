"""Workbooks, read back by another library."""

from datetime import UTC, date, datetime

import openpyxl
import pytest

from analytics import workbooks
from analytics.workbooks import CUT, Sheet, TooManyRows, sheet_name, write_workbook

# A cell knows no time zone.
LOCAL = datetime(2026, 3, 1, 9, 30, tzinfo=UTC).replace(tzinfo=None)


def read_back(*sheets):
    """The sheets as (values, number formats) by name."""
    with write_workbook(sheets) as file:
        book = openpyxl.load_workbook(file)
    return {
        sheet.title: (
            [list(row) for row in sheet.iter_rows(values_only=True)],
            [[cell.number_format for cell in row] for row in sheet.iter_rows()],
        )
        for sheet in book
    }


def test_values_keep_their_types():
    types = ("text", "integer", "share", "date", "datetime", "flag", "text", "number")
    values = (
        *("=1+1", 1200, 0.25, date(2026, 3, 1), datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        *(True, ["a", "ü"], None),
    )
    sheet = Sheet("One", [f"h{n}" for n in range(8)], types, [values])
    rows, formats = read_back(sheet)["One"]
    assert rows == [
        [f"h{n}" for n in range(8)],
        [
            *("=1+1", 1200, 0.25, LOCAL.replace(hour=0, minute=0), LOCAL),
            *(True, '["a", "ü"]', None),
        ],
    ]
    assert formats[1][1:5] == ["#,##0", "0.0%", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"]


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "+1", "-1", "@x", "{=1}", "http://a.example", "007", " a ", "a\nb"]
)
def test_texts_stay_texts(text):
    with write_workbook([Sheet("s", ["h"], ["text"], [[text]])]) as file:
        book = openpyxl.load_workbook(file)
    cell = book["s"]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_what_no_cell_holds_is_text():
    values = [2**53, 2**53 + 1, date(1899, 1, 1), "x" * 32_767, "x" * 32_768]
    sheet = Sheet("s", ["h"], ["integer"], [[value] for value in values])
    rows, _ = read_back(sheet)["s"]
    assert [row[0] for row in rows[1:]] == [
        *(2**53, "9007199254740993", "1899-01-01", "x" * 32_767),
        "x" * (32_767 - len(CUT)) + CUT,
    ]


def test_a_sheet_has_a_last_row(monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_ROWS", 3)
    rows, _ = read_back(Sheet("s", ["h"], ["text"], [["a"], ["b"]]))["s"]
    assert rows == [["h"], ["a"], ["b"]]
    with pytest.raises(TooManyRows):
        write_workbook([Sheet("s", ["h"], ["text"], [["a"], ["b"], ["c"]])])


def test_names_of_sheets():
    names: set[str] = set()
    texts = ["Queues", "queues", "a/b: c?", "", "'x'", "l" * 40, "l" * 40]
    assert [sheet_name(text, names) for text in texts] == [
        *("Queues", "queues 2", "a b  c", "Sheet", "x", "l" * 31, "l" * 29 + " 2"),
    ]
