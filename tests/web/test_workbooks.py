"""Pages and the list of sessions as workbooks."""

import io

import openpyxl
import pytest

from tests.reviewed import write_march

MARCH = "start=2026-03-01&end=2026-03-31"


@pytest.fixture
def march(db):
    return write_march()


def book_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/vnd.openxmlformats-officedocument")
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def rows_of(sheet):
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_a_page_is_a_workbook_of_its_metrics(client, lea, march):
    client.force_login(lea)
    book = book_of(client, f"/export/review.xlsx?{MARCH}&moderator=alice")
    about = rows_of(book["About"])
    assert about[0] == ["Sheet", "What it is", "n", "What is left out"]
    address = f"http://testserver/review/?moderator=alice&{MARCH}"
    assert about[3:5] == [["Days and times", "UTC", "", ""], ["Address", address, "", ""]]
    assert about[1][0] == "Review activity"
    assert about[1][1].startswith("alice · ")
    assert rows_of(book["Decisions"]) == [
        ["Decision", "Videos", "Share"],
        ["accepted", 2, 0.4],
        ["rejected", 2, 0.4],
        ["none", 1, 0.2],
    ]
    listed = {row[0]: row for row in about}
    assert listed["Decisions"][2] == "5 videos"
    # Every sheet is told of.
    assert set(book.sheetnames) - {"About"} <= {str(row[0])[:31] for row in about}


def test_a_moderator_gets_their_own_page(client, alice, march):
    client.force_login(alice)
    mine = book_of(client, f"/export/review.xlsx?{MARCH}")
    assert rows_of(mine["Decisions"])[1] == ["accepted", 2, 0.4]
    assert not any("bob" in str(row) for sheet in mine for row in rows_of(sheet))
    assert client.get(f"/export/review.xlsx?{MARCH}&moderator=bob").status_code == 404
    assert client.get("/export/nothing.xlsx").status_code == 404
    assert client.get("/export/review.xlsx?colour=red").status_code == 400


def test_a_sheet_with_too_many_rows_names_the_csv(client, lea, march, monkeypatch):
    client.force_login(lea)
    monkeypatch.setattr("analytics.workbooks.MAX_ROWS", 2)
    answer = client.get(f"/export/review.xlsx?{MARCH}")
    assert answer.status_code == 400
    assert "the CSV takes all" in answer.content.decode()


def test_the_list_of_sessions_as_a_workbook(client, lea, alice, march, monkeypatch):
    client.force_login(lea)
    rows = rows_of(book_of(client, "/export/sessions.xlsx?order=-length")["Review sessions"])
    assert [row[0] for row in rows] == ["session", "alice-1", "bob-1", "alice-2"]
    assert rows[1][4:13] == [
        600,
        '["Spam", "=Minors"]',
        4,
        2,
        1,
        2,
        pytest.approx(1 / 3),
        170,
        0.15,
    ]
    monkeypatch.setattr("analytics.web.session_list.MAX_ROWS", 3)
    answer = client.get("/export/sessions.xlsx?start=")
    assert answer.status_code == 400
    assert "the CSV takes them all" in answer.content.decode()
    client.force_login(alice)
    rows = rows_of(book_of(client, "/export/sessions.xlsx?start=")["Review sessions"])
    assert [row[0] for row in rows[1:]] == ["alice-2", "alice-1"]
    assert client.get("/export/sessions.xlsx?moderator=bob").status_code == 404
