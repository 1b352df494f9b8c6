"""Sessions as lines for COPY."""

import pytest

from analytics.imports.sessions import copying, encoding
from analytics.imports.sessions.fields import QUEUES, SPEEDS, VIDEOS
from analytics.imports.sessions.lines import SessionLines, columns_of, lines_of, own_fields, split
from analytics.imports.sessions.validation import read_content

START = "2025-10-17T10:00:00Z"
SESSION = {
    "starttime": START,
    "duration": 60,
    "client": "ios",
    "videos": [
        {"videoId": "v\t1", "status": "Completed", "keys": ["a", '"'], "loopTime": 2},
        {"speeds": [1, {"value": 1.5, "at": START}], "watched": False},
        {"videoId": "v\t1", "status": "line\nbreak\u2028\\"},
    ],
    "inactivity": [{"type": "pause", "duration": 4.5}, {}],
    "queues": [{"name": "Späm", "count": 4, "subqueues": {"a\\b": 1}}],
}


def test_a_session_as_lines():
    start = read_content(SESSION).started_at
    assert lines_of(read_content(SESSION)) == SessionLines(
        columns=(start, None, 60_000_000, '{"client":"ios"}'),
        videos=("v\t1", None, "v\t1"),
        views="\n".join(
            [
                '0\tcompleted\t\\N\t2.0\t{"a","\\\\""}\tunknown\t\\N\t\\N\t\\N\t\\N',
                "1\tunknown\tf\t\\N\t{}\tunknown\t\\N\t\\N\t\\N\t\\N",
                "2\tline\\nbreak\u2028\\\\\t\\N\t\\N\t{}\tunknown\t\\N\t\\N\t\\N\t\\N",
            ]
        ),
        speeds="1\t0\t1.0\t\\N\t\\N\n1\t1\t1.5\t2025-10-17T10:00:00+00:00\t\\N",
        idle="0\tpause\t4500000\t\\N\t\\N\n1\tunknown\t\\N\t\\N\t\\N",
        queues='0\tSpäm\t4\t{"a\\\\\\\\b":1}\tt\t\\N\t\\N',
    )


def test_columns_stand_as_the_values_do():
    assert columns_of(VIDEOS) == (
        "status, watched, loop_time, keys, sound, queue, reason, started_at, extra"
    )
    assert columns_of(SPEEDS) == "value, chosen_at, extra"
    assert columns_of(QUEUES) == "name, item_count, subqueues, active, created_at, extra"
    assert {field.reference for field in own_fields(VIDEOS)} == {""}


def test_a_session_of_nothing():
    lines = lines_of(read_content({"starttime": START}))
    assert lines[1:] == ((), "", "", "", "")
    assert lines.weight == 1


def test_the_weight_counts_the_session_and_its_rows_without_speeds():
    assert lines_of(read_content(SESSION)).weight == 1 + 3 + 2 + 1


def test_only_line_feeds_end_a_line():
    assert split("") == []
    assert split("0\ta\x85b\u2028c\x0bd\x1ce") == ["0\ta\x85b\u2028c\x0bd\x1ce"]
    assert split("0\ta\n1\tb") == ["0\ta", "1\tb"]


@pytest.mark.parametrize("encode", [encoding._encode_float, encoding.encode_float])
def test_zero_and_minus_zero_are_one_text(encode):
    assert {encode(number) for number in (0.0, -0.0)} == {"0.0"}


def test_lines_are_sent_in_few_blocks(monkeypatch):
    monkeypatch.setattr(copying, "_BLOCK_LENGTH", 3)
    assert list(copying._joined(["ab", "", "cde", "fgh", "i"])) == ["abcde", "fgh", "i"]
    assert list(copying._joined(["", ""])) == []
