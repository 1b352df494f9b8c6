"""The JSON stream: values, members and elements, cut anywhere."""

import io
import json

import pytest

from analytics.imports.sessions import json_stream
from analytics.imports.sessions.json_stream import (
    JSONStream,
    NotJSON,
    NotReadable,
    is_cut_short,
    loads,
)


def stream_of(text, chunk=None, monkeypatch=None):
    if chunk is not None:
        monkeypatch.setattr(json_stream, "CHUNK", chunk)
    return JSONStream(io.BytesIO(text.encode()).read)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1000])
def test_values_survive_every_cut(monkeypatch, chunk):
    values = [{"a": [1, 2.5, 'ü\\"', None]}, [], "x", -1.5e10, True, {"b": {}}]
    stream = stream_of(" ".join(map(json.dumps, values)), chunk, monkeypatch)
    found = []
    while stream.peek():
        found.append(stream.value())
    assert found == values


@pytest.mark.parametrize("chunk", [1, 5, 1000])
def test_members_and_elements(monkeypatch, chunk):
    stream = stream_of('{"a": 1, "b": [10, 20]}', chunk, monkeypatch)
    found = {}
    for name in stream.members():
        if name == "b":
            found[name] = [(position, stream.value()) for position in stream.elements()]
        else:
            found[name] = stream.value()
    assert found == {"a": 1, "b": [(0, 10), (1, 20)]}
    assert stream.peek() == ""


def test_empty_objects_and_lists():
    stream = stream_of("{} []")
    assert list(stream.members()) == []
    assert list(stream.elements()) == []


def test_lines_are_counted():
    stream = stream_of('{"a":\n1}\n\n{"b": 2}')
    stream.value()
    assert stream.lines() == 1
    assert stream.peek() == "{"
    assert stream.lines() == 3


def test_a_byte_order_mark_between_values_is_a_blank():
    stream = stream_of('\ufeff{"a": 1}\ufeff\n\ufeff{"b": 2}')
    assert (stream.value(), stream.value(), stream.peek()) == ({"a": 1}, {"b": 2}, "")


@pytest.mark.parametrize("chunk", [3, 1000])
def test_what_cannot_be_read_is_stepped_over(monkeypatch, chunk):
    deep = "[" * 100_000 + "]" * 100_000
    stream = stream_of(f"{deep} {'9' * 5000} 7", chunk * 1000, monkeypatch)
    with pytest.raises(NotReadable, match="nested too deeply"):
        stream.value()
    with pytest.raises(NotReadable, match="a number of too many digits"):
        stream.value()
    assert stream.value() == 7


@pytest.mark.parametrize("length", [10, 11])
def test_a_value_is_as_long_as_memory_allows(monkeypatch, length):
    monkeypatch.setattr(json_stream, "MAX_VALUE_LENGTH", 10)
    # Whether a string goes on is asked when all of it that was read is held.
    stream = stream_of(f'"{"x" * (length - 1)}" ', length, monkeypatch)
    if length > 10:
        with pytest.raises(NotJSON, match="a value longer than 10 characters"):
            stream.value()
    else:
        assert stream.value() == "x" * 9


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[1 2]", "not JSON: expected ',', found '2'"),
        ("[1", "not JSON: expected ',', found the end"),
    ],
)
def test_lists_that_break(text, reason):
    stream = stream_of(text)
    with pytest.raises(NotJSON) as caught:
        [stream.value() for _position in stream.elements()]
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ('{"a": [1,', True),
        ('{"a": 1}', False),
        ('{"a": 1} x', False),
        ("[1,", True),
        ("nope", False),
    ],
)
def test_the_beginning_of_a_value(text, cut):
    assert is_cut_short(text) is cut


def test_a_whole_text():
    assert loads("[1]") == [1]
    with pytest.raises(NotJSON, match="not JSON: Extra data at character 4"):
        loads("[1]x")
