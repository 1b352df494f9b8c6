"""Files of every form, read as a stream."""

import gzip
import io
import json
import subprocess
import sys

import pytest

from analytics.imports.report import Rejection
from analytics.imports.sessions import json_stream, reading
from analytics.imports.sessions.json_stream import JSONStream, NotJSON, NotReadable
from analytics.imports.sessions.reading import entries, parts
from analytics.imports.sessions.records import ModeratorRecord, SessionRecord
from analytics.imports.sources import Source, Unreadable

START = "2025-10-17T10:00:00Z"


def session(number: int, **fields) -> dict:
    return {"_id": f"s{number}", "starttime": START, **fields}


ANN = {"username": "ann", "team": 1, "sessions": [session(1), session(2, videos=[{"keys": ["a"]}])]}
BOB = {"username": "bob", "sessions": [session(3)]}
CID = {"username": "cid", "sessions": []}
DOCUMENTS = [ANN, BOB, CID]
LINES = "".join(json.dumps(document) + "\n" for document in DOCUMENTS)


def read(tmp_path, data: str | bytes) -> list[str]:
    """Return what a file holds, in short: people, sessions, rejections."""
    path = tmp_path / "file"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    with Source(str(path)) as source:
        return list(dict.fromkeys(map(short, entries(source))))


def short(entry: ModeratorRecord | SessionRecord | Rejection) -> str:
    match entry:
        case ModeratorRecord():
            return entry.username
        case SessionRecord():
            return f"{entry.username} {entry.public_id} {entry.path}"
        case _:
            return str(entry)


GOOD = [
    "ann",
    "ann s1 sessions[0]._id",
    "ann s2 sessions[1]._id",
    "bob",
    "bob s3 sessions[0]._id",
    "cid",
]
SESSIONS_FIRST = [
    {name: document[name] for name in ("sessions", "username")} for document in DOCUMENTS
]


@pytest.mark.parametrize(
    "data",
    [
        LINES,
        LINES.rstrip("\n"),
        "\ufeff" + LINES,
        "\n\n  \n" + LINES.replace("\n", "\r\n\r\n"),
        gzip.compress(LINES.encode()),
        gzip.compress(LINES.encode()[:100]) + gzip.compress(LINES.encode()[100:]),
        json.dumps(DOCUMENTS),
        "\ufeff\n" + json.dumps(DOCUMENTS, indent=2),
        "[\n" + ",\n".join(map(json.dumps, DOCUMENTS)) + "\n]\n",
        gzip.compress(json.dumps(DOCUMENTS).encode()),
        json.dumps(SESSIONS_FIRST),
        "\n".join(map(json.dumps, SESSIONS_FIRST)),
        # Not promised: objects spread over lines, one after the other, as jq writes them.
        "\n".join(json.dumps(document, indent=2) for document in DOCUMENTS),
        "\n".join(json.dumps(document, indent=2) for document in SESSIONS_FIRST),
    ],
)
def test_forms_of_the_same_documents(tmp_path, data):
    assert read(tmp_path, data) == GOOD


@pytest.mark.parametrize("form", ["lines", "sessions first", "array", "spread"])
@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_large_documents_are_read_session_by_session(tmp_path, monkeypatch, form, chunk):
    monkeypatch.setattr(json_stream, "CHUNK", chunk)
    monkeypatch.setattr(reading, "MAX_LINE_LENGTH", 20)
    data = {
        "lines": LINES,
        "sessions first": "\n".join(map(json.dumps, SESSIONS_FIRST)),
        "array": json.dumps(DOCUMENTS),
        "spread": json.dumps(ANN, indent=1),
    }[form]
    assert read(tmp_path, data) == (GOOD if form != "spread" else GOOD[:3])


def test_a_large_document_comes_in_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_LINE_LENGTH", 20)
    path = tmp_path / "file"
    path.write_text(json.dumps(ANN))
    with Source(str(path)) as source:
        found = list(parts(source))
    assert [(part.offset, part.is_first) for part in found] == [(0, True), (1, False), (0, False)]
    assert found[2].value == {"username": "ann", "team": 1}


def test_one_object(tmp_path):
    assert read(tmp_path, json.dumps(ANN)) == GOOD[:3]
    assert read(tmp_path, json.dumps(ANN, indent=4)) == GOOD[:3]


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        ("not json at all", "line 1: not JSON: Expecting value at character 1"),
        ("[]", "line 1: expected an object, got a list"),
        ('["x"]', "line 1: expected an object, got a list"),
        ("7", "line 1: expected an object, got a number"),
        ('{"username": "ann", "sessions": [', None),
        ('{"username": "an', "line 1: not JSON: Unterminated string starting at character 14"),
        ("{]", None),
        ("[1, oops", None),
    ],
)
def test_a_bad_first_line_is_rejected_alone(tmp_path, first, reason):
    found = read(tmp_path, f"{first}\n\n{json.dumps(BOB)}\n{json.dumps(CID)}\n")
    assert found[1:] == GOOD[3:]
    assert found[0].startswith("line 1: not JSON") if reason is None else found[0] == reason


def test_bad_lines_among_good_ones(tmp_path, monkeypatch):
    long = '{"username": "dan", "sessions": [' + json.dumps(session(9)) + ", oops]}"
    lines = [json.dumps(BOB), long, "oops", json.dumps(CID), "[" * 100_000, "1" * 5000]
    expected = [
        *GOOD[3:5],
        "line 2: not JSON: Expecting value at character 86",
        "line 3: not JSON: Expecting value at character 1",
        "cid",
        "line 5: nested too deeply",
        "line 6: a number of too many digits",
    ]
    assert read(tmp_path, "\n".join(lines)) == expected
    # The same when the lines are too long to be held, but for what came before the fault.
    monkeypatch.setattr(reading, "MAX_LINE_LENGTH", 40)
    expected[2:3] = ["dan", "dan s9 sessions[0]._id", "line 2: not JSON: Expecting value"]
    expected[-2] = "line 5: not JSON: it breaks off"
    assert read(tmp_path, "\n".join(lines)) == expected


def test_not_a_number_is_rejected_with_its_session_alone(tmp_path, monkeypatch):
    document = {"username": "ann", "sessions": [session(1, duration=float("nan")), session(2)]}
    expected = [
        "ann",
        "line 1: sessions[0].duration: not a finite number (nan) (session s1)",
        "ann s2 sessions[1]._id",
    ]
    assert read(tmp_path, json.dumps(document)) == expected
    monkeypatch.setattr(reading, "MAX_LINE_LENGTH", 20)
    assert read(tmp_path, json.dumps(document)) == expected


def test_sessions_that_cannot_be_read_are_rejected_alone(tmp_path, monkeypatch):
    deep = '{"_id": "deep", "x": ' + "[" * 100_000 + '"]"' + "]" * 100_000 + "}"
    line = f'{{"username": "ann", "sessions": [{deep}, {json.dumps(session(2))}]}}'
    monkeypatch.setattr(reading, "MAX_LINE_LENGTH", 1000)
    assert read(tmp_path, line) == [
        "line 1: sessions[0]: nested too deeply",
        "ann",
        "ann s2 sessions[1]._id",
    ]


def test_a_large_document_of_nobody_is_one_rejection(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MAX_LINE_LENGTH", 20)
    nobody = {"username": 5, "sessions": [session(1), session(2)]}
    assert read(tmp_path, json.dumps(nobody) + "\n" + json.dumps(BOB)) == [
        "line 1: username: expected a string, got a number",
        *GOOD[3:5],
    ]
    nobody = {"sessions": [session(1), session(2)]}
    assert read(tmp_path, json.dumps(nobody)) == ["line 1: username: missing"]


def test_elements_of_a_list_are_named(tmp_path):
    assert read(tmp_path, json.dumps([BOB, 7, {"username": "ann", "sessions": [{}]}])) == [
        *GOOD[3:5],
        "element 2: expected an object, got a number",
        "ann",
        "element 3: sessions[0]._id: missing",
    ]


def test_a_list_that_breaks_off(tmp_path):
    found = read(tmp_path, json.dumps([BOB, ANN])[:-30])
    assert found[:2] == GOOD[3:5]
    assert found[-1].startswith("element 2: not JSON")
    assert found[-1].endswith("; what follows is not read")


def test_wrong_encodings(tmp_path):
    latin = json.dumps({"username": "jürgen", "sessions": []}, ensure_ascii=False).encode("latin-1")
    assert read(tmp_path, latin + b"\n" + json.dumps(CID).encode()) == [
        "line 1: username: contains a lone surrogate, or bytes that are not UTF-8",
        "cid",
    ]
    with pytest.raises(Unreadable, match="UTF-16"):
        read(tmp_path, LINES.encode("utf-16"))


def test_truncated_gzip_gives_what_came_before(tmp_path):
    path = tmp_path / "file.gz"
    documents = [{"username": f"user{n}", "note": str(hash(n) * 7919)} for n in range(20_000)]
    packed = gzip.compress("\n".join(map(json.dumps, documents)).encode())
    path.write_bytes(packed[: len(packed) // 2])
    found = []
    with (
        pytest.raises(Unreadable, match="it breaks off: Compressed file ended"),
        Source(str(path)) as source,
    ):
        found.extend(entries(source))
    path.write_bytes(b"\x1f\x8bnonsense")
    with pytest.raises(Unreadable), Source(str(path)) as source:
        list(entries(source))


def test_a_damaged_gzip_is_refused_for_what_is_wrong_first(tmp_path):
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(LINES.encode())[:-8] + bytes(8))
    with (
        pytest.raises(Unreadable, match="it breaks off: CRC check failed"),
        Source(str(path)) as it,
    ):
        list(entries(it))


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf", gzip.compress(b"", mtime=0)])
def test_an_empty_file_cannot_be_read(tmp_path, data):
    with pytest.raises(Unreadable, match="it is empty"):
        read(tmp_path, data)


@pytest.mark.parametrize("before", ["", " ", "-", "[", "[-", "[1,", '{"of": ', '{"of":'])
def test_long_numbers_are_told_from_texts_of_digits(before):
    digits = "12345678901234567891"
    line = f'{{"username": "ann", "x": {before}{digits}'
    line += "}" * line.count("{") if "[" not in before else "]}"
    assert reading._has_long_number(line.encode())
    assert digits in str(reading._whole(line.encode(), "line 1").value)
    text = line.replace(f"-{digits}", digits).replace(digits, f'"{digits}"')
    assert not reading._has_long_number(text.encode())
    assert digits in str(reading._whole(text.encode(), "line 1").value)


def test_whole_numbers_keep_all_their_digits(tmp_path):
    number = 2**64 + 1
    path = tmp_path / "file"
    path.write_text(json.dumps({"username": "ann", "badge": number}))
    with Source(str(path)) as source:
        assert list(entries(source)) == [ModeratorRecord("ann", f'{{"badge":{number}}}')]


@pytest.mark.parametrize("chunk", [1, 2, 5, 1000])
def test_the_stream_steps_over_what_it_cannot_read(monkeypatch, chunk):
    monkeypatch.setattr(json_stream, "CHUNK", chunk)
    deep = "[" * 100_000 + r'"a]]\"]\\"' + "]" * 100_000
    text = f'[1, {deep}, "é\\u00e9", 1{"0" * 5000}, [1{"0" * 5000}], -2.5e1]'
    stream = JSONStream(io.BytesIO(text.encode()).read)
    found: list[object] = []
    for _ in stream.elements():
        try:
            found.append(stream.value())
        except NotReadable as reason:
            found.append(str(reason))
    digits = "a number of too many digits"
    assert found == [1, "nested too deeply", "éé", digits, digits, -25.0]
    assert stream.peek() == ""


def test_a_value_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(json_stream, "MAX_VALUE_LENGTH", 1000)
    monkeypatch.setattr(json_stream, "CHUNK", 100)
    stream = JSONStream(io.BytesIO(b'["' + b"x" * 100_000).read)
    next(stream.elements())
    with pytest.raises(NotJSON, match="a value longer than 1,000 characters"):
        stream.value()


MEASURE = """
import os, resource, sys
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from analytics.imports.sessions.reading import entries
from analytics.imports.sources import Source
with Source("-") as source:
    count = sum(1 for _ in entries(source))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.parametrize("form", ["one document", "sessions first", "lines"])
def test_memory_does_not_grow_with_the_file(form):
    """Measured with 3 and with 60 MB, given through a pipe."""

    def peak(sessions: int) -> tuple[int, int]:
        process = subprocess.Popen(
            [sys.executable, "-c", MEASURE], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        filling = "x" * 30_000
        with process.stdin as file:

            def write(text: str) -> None:
                file.write(text.encode())

            bodies = (json.dumps(session(number, note=filling)) for number in range(sessions))
            if form == "lines":
                for body in bodies:
                    write(f'{{"username": "ann", "sessions": [{body}]}}\n')
            else:
                write('{"username": "ann", ' if form == "one document" else "{")
                write('"sessions": [')
                for number, body in enumerate(bodies):
                    write(f"{',' if number else ''}{body}")
                write("]}" if form == "one document" else '], "username": "ann"}')
        with process.stdout as file:
            answer = file.read().split()
        assert process.wait() == 0
        return int(answer[0]), int(answer[1])

    small, large = peak(100), peak(2000)
    assert small[0] >= 101
    assert large[0] >= 2001
    grown = large[1] - small[1]
    assert grown < 20 * 1024, f"grew by {grown} KiB"
