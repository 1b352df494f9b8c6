"""Rows of the three kinds: what is accepted, what is refused and in which words."""

import io
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.imports.rows.csv_files import UnreadableFile, read_csv
from analytics.imports.rows.fields import (
    KINDS,
    MODERATOR_PERFORMANCE,
    RECOMMENDATIONS,
    USER_ACTIVITY,
    InvalidRow,
    validate,
)

HEADER = "user_id,session_id,date,session_length,messages_sent,feedback_rating,resources_clicked"
GOOD = {
    "user_id": "U1",
    "session_id": "S1",
    "date": "2024-02-29",
    "session_length": "18.6",
    "messages_sent": "19",
    "feedback_rating": "5.0",
    "resources_clicked": "",
}
RECORD = {
    "user_id": "U1",
    "session_id": "S1",
    "date": date(2024, 2, 29),
    "length_minutes": 18.6,
    "messages_sent": 19,
    "feedback_rating": 5,
    "resources_clicked": None,
}


def reasons(row):
    return [(reason.path, reason.message) for reason in row.reasons]


def parsed(text, kind=USER_ACTIVITY):
    raw = text if isinstance(text, bytes) else text.encode()
    return list(read_csv(kind, io.BytesIO(raw)))


def rejections(text, kind=USER_ACTIVITY):
    return [str(line.rejection) for line in parsed(text, kind) if line.rejection]


def records(text, kind=USER_ACTIVITY):
    return [line.record for line in parsed(text, kind) if line.record]


def test_a_good_row():
    assert validate(USER_ACTIVITY, GOOD) == RECORD


def test_numbers_as_json_gives_them():
    values = GOOD | {"session_length": 18.6, "messages_sent": 19.0, "feedback_rating": None}
    assert validate(USER_ACTIVITY, values) == RECORD | {"feedback_rating": None}


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("session_length", "abc", 'expected a number ≥ 0, got "abc"'),
        ("session_length", "-1", 'expected a number ≥ 0, got "-1"'),
        ("session_length", "nan", 'expected a number ≥ 0, got "nan"'),
        ("session_length", "inf", 'expected a number ≥ 0, got "inf"'),
        ("session_length", "1e400", 'expected a number ≥ 0, got "1e400"'),
        ("session_length", "1e13", 'expected a number ≥ 0 and at most 1e+12, got "1e13"'),
        (
            "session_length",
            "18,6",
            (
                'expected a number ≥ 0, got "18,6"; write decimals with a point and no thousands'
                " separators"
            ),
        ),
        ("session_length", "1_000", 'expected a number ≥ 0, got "1_000"'),
        ("session_length", "١٢", 'expected a number ≥ 0, got "١٢"'),
        ("session_length", "0x10", 'expected a number ≥ 0, got "0x10"'),
        ("session_length", "", "is empty"),
        ("session_length", True, "expected a number ≥ 0, got true"),
        ("session_length", 10**400, "expected a number ≥ 0, got a huge number"),
        ("session_length", float("nan"), "expected a number ≥ 0, got nan"),
        ("session_length", [1], "expected a number ≥ 0, got a list"),
        ("messages_sent", "1.5", 'expected a whole number ≥ 0, got "1.5"'),
        (
            "messages_sent",
            "3000000000",
            'expected a whole number ≥ 0 and at most 2147483647, got "3000000000"',
        ),
        ("feedback_rating", "0", 'expected a whole number from 1 to 6, got "0"'),
        ("feedback_rating", "7", 'expected a whole number from 1 to 6, got "7"'),
        ("feedback_rating", "3.5", 'expected a whole number from 1 to 6, got "3.5"'),
        ("date", "2023-02-29", 'expected a date as YYYY-MM-DD, got "2023-02-29"'),
        ("date", "01/02/2024", 'expected a date as YYYY-MM-DD, got "01/02/2024"'),
        ("date", "20240102", 'expected a date as YYYY-MM-DD, got "20240102"'),
        ("date", 20240102, "expected a date as YYYY-MM-DD, got 20240102"),
        ("date", "0001-01-01", 'expected a date from 0002-01-01 to 9998-12-31, got "0001-01-01"'),
        ("user_id", " ", "is empty"),
        ("user_id", 7, "expected a text, got 7"),
        ("user_id", "a\0b", "contains a NUL character"),
        ("user_id", "a\udce9", "contains a lone surrogate, or bytes that are not UTF-8"),
        ("user_id", "x" * 501, "longer than 500 characters (501)"),
    ],
)
def test_what_a_column_refuses(column, value, message):
    with pytest.raises(InvalidRow) as caught:
        validate(USER_ACTIVITY, GOOD | {column: value})
    assert reasons(caught.value) == [(column, message)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("session_length", "1e12"),
        ("messages_sent", "2147483647"),
        ("feedback_rating", "1"),
        ("feedback_rating", "6"),
        ("date", "0002-01-01"),
        ("date", "9998-12-31"),
        ("user_id", "x" * 500),
    ],
)
def test_a_column_takes_what_is_at_its_limits(column, value):
    assert validate(USER_ACTIVITY, GOOD | {column: value})


@pytest.mark.parametrize(("unknown", "more"), [(20, ""), (21, "; and 1 more")])
def test_twenty_faults_of_a_row_are_told(unknown, more):
    with pytest.raises(InvalidRow) as caught:
        validate(USER_ACTIVITY, GOOD | {f"c{n:02}": 1 for n in range(unknown)})
    told = [f"column c{n:02}: is no column of this kind" for n in range(20)]
    assert str(caught.value) == "; ".join(told)
    assert caught.value.message == "; ".join([told[0].partition(": ")[2], *told[1:]]) + more


def test_every_fault_of_a_row_is_named():
    with pytest.raises(InvalidRow) as caught:
        validate(USER_ACTIVITY, GOOD | {"date": "x", "messages_sent": "", "surprise": 1})
    assert reasons(caught.value) == [
        ("date", 'expected a date as YYYY-MM-DD, got "x"'),
        ("messages_sent", "is empty"),
        ("surprise", "is no column of this kind"),
    ]


def test_negative_zero_is_zero():
    record = validate(USER_ACTIVITY, GOOD | {"session_length": "-0"})
    assert str(record["length_minutes"]) == "0.0"


def test_types_are_trimmed_and_lower_cased():
    row = {
        "recommendation_id": "R1",
        "date": "2024-01-01",
        "recommendation_type": "  Video Tip ",
        "click_through_rate": "1",
    }
    assert validate(RECOMMENDATIONS, row) == {
        "recommendation_id": "R1",
        "user_id": "",
        "date": date(2024, 1, 1),
        "recommendation_type": "video tip",
        "click_through_rate": 1.0,
        "feedback_score": None,
    }
    with pytest.raises(InvalidRow, match=r'from 0 to 1, got "52%"; write 0.5 for 50 %'):
        validate(RECOMMENDATIONS, row | {"click_through_rate": "52%"})


@given(st.sampled_from(sorted(KINDS)), st.dictionaries(st.text(), st.text() | st.none()))
def test_whatever_comes_is_a_record_or_faults(name, values):
    kind = KINDS[name]
    names = [field.name for field in kind.columns]
    row = dict(zip(names, values.values(), strict=False))
    try:
        record = validate(kind, row)
    except InvalidRow:
        return
    assert set(record) == {field.attribute for field in kind.columns}


@given(st.binary(max_size=400))
def test_whatever_bytes_come_after_a_header_every_line_is_told_of(raw):
    for line in parsed(HEADER.encode() + b"\n" + raw):
        assert (line.record is None) != (line.rejection is None)
        assert line.number >= 2


@given(st.binary(max_size=200))
def test_whatever_file_comes_it_is_read_or_refused(raw):
    with suppress(UnreadableFile):
        parsed(raw)


@given(
    st.floats(min_value=0, max_value=1e12, allow_subnormal=True),
    st.integers(0, 2**31 - 1),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_values_survive_every_dialect(length, messages, delimiter, ending, bom):
    rows = [HEADER.split(","), ["U,1", "S;1", "2024-01-01", repr(length), str(messages), "6", "0"]]
    text = ending.join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    [record] = records((b"\xef\xbb\xbf" if bom else b"") + text.encode())
    assert record["length_minutes"] == length
    assert record["messages_sent"] == messages
    assert record["user_id"] == "U,1"


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        (
            USER_ACTIVITY,
            "User ID|SESSION-ID| Date |Session Length (mins)|Number of messages|Rating|resources",
        ),
        (
            USER_ACTIVITY,
            (
                "userId|sessionId|date|sessionLengthMinutes|messagesSent|feedbackRating|"
                "resourcesClicked"
            ),
        ),
        (
            USER_ACTIVITY,
            (
                "user id|session|day|duration [min]|messages_count|Feedback Rating (1-6)|"
                "Number_of_resources_clicked"
            ),
        ),
        (RECOMMENDATIONS, "Recommendation ID|User|Date|Type|CTR|Feedback Score"),
        (
            RECOMMENDATIONS,
            "recommendation-id|userid|DATE|Recommendation_Type|Click-Through Rate (0-1)|feedback",
        ),
        (
            MODERATOR_PERFORMANCE,
            "Moderator ID|Date|Chats Moderated|Avg Response Time (mins)|User Satisfaction Score",
        ),
        (
            MODERATOR_PERFORMANCE,
            "Moderator|date|Number of Sessions Moderated|response_time_minutes|Satisfaction",
        ),
        (
            MODERATOR_PERFORMANCE,
            "MODERATOR|DATE|SESSIONS|AVERAGERESPONSETIME|AVERAGE SATISFACTION SCORE",
        ),
    ],
)
def test_headers_are_forgiven(kind, headers):
    names = headers.split("|")
    by_name = {
        "user_id": "U1", "session_id": "S1", "date": "2024-01-01", "session_length": "1.5",
        "messages_sent": "2", "feedback_rating": "3", "resources_clicked": "4",
        "recommendation_id": "R1", "recommendation_type": "Blog", "click_through_rate": "0.5",
        "feedback_score": "4.5", "moderator": "M1", "sessions_moderated": "6",
        "average_response_time": "7.5", "satisfaction_score": "8.5",
    }  # fmt: skip
    values = [by_name[field.name] for field in kind.columns]
    expected = validate(kind, dict(zip((f.name for f in kind.columns), values, strict=True)))
    assert records("|".join([*names]).replace("|", ";") + "\n" + ";".join(values), kind) == [
        expected
    ]
    backwards = "\t".join(reversed(names)) + "\r" + "\t".join(reversed(values)) + "\r"
    assert records(backwards, kind) == [expected]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("\n \r\n", "the file is empty"),
        (
            "user_id,date\nU1,2024-01-01\n",
            (
                "no column for session_id, session_length, messages_sent, feedback_rating,"
                ' resources_clicked. Found: "user_id", "date"'
            ),
        ),
        (
            HEADER + ",mood",
            (
                'the header "mood" matches no column. Found: "user_id", "session_id", "date",'
                ' "session_length", "messages_sent", "feedback_rating", "resources_clicked", "mood"'
            ),
        ),
        (
            HEADER + ",Session Length (mins)",
            (
                '"session_length" and "Session Length (mins)" are both session_length. Found:'
                ' "user_id", "session_id", "date", "session_length", "messages_sent",'
                ' "feedback_rating", "resources_clicked", "Session Length (mins)"'
            ),
        ),
        (
            HEADER.replace("session_length", "Session Length (hours)"),
            (
                '"Session Length (hours)" is in hours, session_length is minutes. Found: "user_id",'
                ' "session_id", "date", "Session Length (hours)", "messages_sent",'
                ' "feedback_rating", "resources_clicked"'
            ),
        ),
        (HEADER.encode("utf-16"), "this is UTF-16; save it as CSV UTF-8"),
        (
            HEADER.encode() + ",Länge".encode("latin-1"),
            (
                "the header contains a lone surrogate, or bytes that are not UTF-8: "
                f'"{HEADER[:80]}…"; save it as UTF-8'
            ),
        ),
        ("x" * 1_000_001, "the header is longer than 1,000,000 characters"),
    ],
)
def test_files_that_cannot_be_read(text, message):
    with pytest.raises(UnreadableFile) as caught:
        parsed(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("columns", [200, 201])
def test_a_file_has_two_hundred_columns(columns):
    header = HEADER + "," * (columns - 8) + ",id"
    if columns > 200:
        with pytest.raises(UnreadableFile, match="more than 200 columns"):
            parsed(header)
    else:
        assert parsed(header) == []
    # Those that spreadsheets leave behind have no name.
    assert parsed(HEADER + "," * 500) == []


@pytest.mark.parametrize("breaks", [50, 51])
def test_a_header_s_quotes_close_within_fifty_lines(breaks):
    text = HEADER.replace("user_id", '"user_id' + "\n" * breaks + '"')
    if breaks > 50:
        with pytest.raises(UnreadableFile):
            parsed(text)
    else:
        assert parsed(text) == []


@pytest.mark.parametrize("length", [999_999, 1_000_000])
def test_a_line_is_shorter_than_a_million_characters(length):
    row = "U1,S1,2024-01-01,1,2,3,"
    text = HEADER + "\n" + " " * (length - len(row) - 1) + row + "\nU2,S2,2024-01-01,1,2,3,"
    told = ["line 2: is longer than 1,000,000 characters"] if length >= 1_000_000 else []
    assert rejections(text) == told
    assert len(records(text)) == 2 - len(told)


def test_a_header_alone_is_no_rows():
    assert parsed(HEADER) == []


def test_rejections_name_line_column_reason_and_row():
    text = "\n".join(
        [
            HEADER,
            "U1,S1,2024-01-01,10,2,3,",
            "",
            "U2,S00006,2024-01-01,abc,2,3,4",
            "U3,S3,2024-01-01,10,2",
            "U3,S4,2024-01-01,10,2,3,4,5",
            ",,,,,,",
            "U3,,2024-01-01,10,2,9,",
        ]
    )
    assert len(records(text)) == 1
    assert rejections(text) == [
        'line 4: column session_length: expected a number ≥ 0, got "abc" (row S00006)',
        "line 5: expected 7 values, found 5 (row S3)",
        "line 6: expected 7 values, found 8 (row S4)",
        (
            "line 8: column session_id: is empty; column feedback_rating: expected a whole number"
            ' from 1 to 6, got "9"'
        ),
    ]


def test_latin_1_is_refused_row_by_row():
    text = (HEADER + "\nU1,Sé,2024-01-01,10,2,3,\nU1,S2,2024-01-01,10,2,3,\n").encode("latin-1")
    assert rejections(text) == [
        (
            "line 2: column session_id: contains a lone surrogate, or bytes that are not UTF-8"
            r" (row S\udce9)"
        )
    ]
    assert [record["session_id"] for record in records(text)] == ["S2"]


def test_quotes_hold_newlines_and_delimiters_and_lines_are_counted():
    text = HEADER + '\n"U\n1","S,1",2024-01-01,1,2,3,\r\nU2,S2,x,1,2,3,'
    assert records(text)[0]["user_id"] == "U\n1"
    assert rejections(text) == [
        'line 4: column date: expected a date as YYYY-MM-DD, got "x" (row S2)'
    ]


def test_a_quote_that_never_closes_takes_its_own_line_only():
    text = HEADER + '\n"U1,S1,2024-01-01,1,2,3,\nU2,S2,2024-01-01,1,2,3,\nU3,S3,x,1,2,3,'
    assert [record["session_id"] for record in records(text)] == ["S2"]
    assert rejections(text) == [
        "line 2: a quote is not closed, or text follows it; a quote within quotes is written twice",
        'line 4: column date: expected a date as YYYY-MM-DD, got "x" (row S3)',
    ]


def test_a_line_too_long_to_keep_is_passed_over():
    text = HEADER + "\n" + "x" * 2_500_000 + "\nU2,S2,2024-01-01,1,2,3,"
    assert [record["session_id"] for record in records(text)] == ["S2"]
    assert rejections(text) == ["line 2: is longer than 1,000,000 characters"]
