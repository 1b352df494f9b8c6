"""The streamed report: its rows, safe cells, memory that does not grow."""

import csv
import io
import tracemalloc
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.access import PORTAL
from analytics.exports import ROWS_PER_CHUNK, csv_cell, csv_lines
from analytics.imports.sessions.video_report import VIDEO_COLUMNS, video_rows
from analytics.models import Session
from analytics.scope import Scope
from tests.brute import PlainSession, PlainView
from tests.factory import NOON, write_session


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (-3, "-3"),
        (1800.0, "1800"),
        (0.1, "0.1"),
        (1e300, "1e+300"),
        ("plain", "plain"),
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-x", "'-x"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("a=b", "a=b"),
        (["a", "ü", "="], '["a", "ü", "="]'),
        (date(2026, 3, 10), "2026-03-10"),
        (datetime(2026, 3, 10, 12, tzinfo=UTC), "2026-03-10T12:00:00+00:00"),
    ],
)
def test_cells(value, text):
    assert csv_cell(value) == text


class Steps(list):
    """A list as serializers give it."""


def test_cells_of_other_types_are_written_like_their_own():
    assert csv_cell(Steps(["ü", 1])) == '["ü", 1]'
    assert csv_cell({"ü": [None]}) == '{"ü": [null]}'


def test_a_header_is_no_formula():
    assert next(csv_lines(["day", "=n"], [])) == "day,'=n\r\n"


def test_csv_keeps_what_csv_is_made_of():
    row = ["a,b", 'say "hi"', "two\nlines", "ü😀", "=x"]
    text = "".join(csv_lines(["a", "b", "c", "d", "e"], [row]))
    assert list(csv.reader(io.StringIO(text)))[1] == [*row[:4], "'=x"]


def test_the_header_comes_with_the_first_rows():
    read = []
    pieces = csv_lines(["n"], ([read.append(n) or n] for n in range(2 * ROWS_PER_CHUNK)))
    # What fails before is answered as an error: nothing has been sent.
    assert next(pieces).startswith("n\r\n0\r\n")
    assert len(read) == ROWS_PER_CHUNK
    assert next(pieces).startswith(f"{ROWS_PER_CHUNK}\r\n")
    assert "".join(csv_lines(["n"], [])) == "n\r\n"


def view(name, **fields):
    return PlainView(
        **{"video": name, "status": "completed", "keys": [], "sound": "muted", "speeds": []}
        | fields
    )


def session(public_id, views, *, moderator="alice", duration_us=1_800_000_000, started_at=NOON):
    return PlainSession(
        public_id=public_id,
        moderator=moderator,
        started_at=started_at,
        duration_us=duration_us,
        views=views,
        idle=[],
        queues=[],
    )


def test_rows(db):
    views = [view("v1", keys=["a", "x"]), view(None, status="unknown", sound="unknown")]
    write_session(session("s1", views))
    write_session(session("s0", [view("v2", keys=["q"])], moderator="bob", duration_us=None))
    rows = list(video_rows(Scope(PORTAL)))
    assert [dict(zip(VIDEO_COLUMNS, row, strict=True)) for row in rows[1:]] == [
        {
            "username": "alice",
            "session_id": "s1",
            "session_start": NOON,
            "session_end": datetime(2026, 3, 10, 12, 30, tzinfo=UTC),
            "session_duration": 1800.0,
            "status": status,
            "watched": None,
            "loopTime": None,
            "videoId": video,
            "soundMuted": sound,
            "keys": keys,
            "decision": decision,
            "queue": None,
            "reason": None,
            "startedAt": None,
        }
        for status, video, sound, keys, decision in (
            ("completed", "v1", "muted", ["a", "x"], "accepted"),
            ("unknown", None, "unknown", [], "none"),
        )
    ]
    assert rows[0][:5] == ("bob", "s0", NOON, None, None)
    one = Session.objects.get(public_id="s0")
    assert len(list(video_rows(Scope(PORTAL, session=one)))) == 1


def test_few_queries_and_flat_memory(db):
    names = [f"v{n}" for n in range(5)]
    for n in range(250):
        write_session(session(f"s{n}", [view(name) for name in names]))
    rows = video_rows(Scope(PORTAL))
    next(rows)
    with CaptureQueriesContext(connection) as context:
        tracemalloc.start()
        count = sum(1 for _ in rows)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == 250 * 5 - 1
    # A query for every twenty sessions, whatever the number of views.
    assert sum(query["sql"].startswith("SELECT") for query in context) == 12
    assert peak < 3_000_000
