"""Reading bodies: limits to the byte, gzip in pieces, JSON as it is written."""

import gzip
import io
import zlib

import pytest
from django.test import RequestFactory

from analytics.api.transport.bodies import (
    MAX_DEPTH,
    TooLarge,
    UnreadableBody,
    check_length,
    gunzip,
    limit_size,
    parse_json,
    read_body,
    read_chunks,
    read_json,
)
from analytics.api.transport.streams import CHUNK_SIZE, discard_body, is_chunked


def request_with(body=b"", content_type="application/json", **extra):
    return RequestFactory().post("/", body, content_type=content_type, **extra)


def in_chunks(body, **extra):
    """A request whose body comes in chunks, as a server hands it on."""
    request = request_with(b"x")
    request.META.pop("CONTENT_LENGTH", None)
    request.META |= {
        "HTTP_TRANSFER_ENCODING": "Chunked",
        "wsgi.input_terminated": True,
        "wsgi.input": io.BytesIO(body),
        **extra,
    }
    return request


def test_the_limit_is_exact(settings):
    settings.API_BODY_LIMIT = 10
    assert b"".join(limit_size(iter([b"12345", b"67890"]))) == b"1234567890"
    with pytest.raises(TooLarge):
        list(limit_size(iter([b"12345", b"67890", b"1"])))
    assert read_body(request_with(b"1234567890")) == b"1234567890"
    with pytest.raises(TooLarge):
        read_body(request_with(b"12345678901"))


def test_an_announced_length_over_the_limit_is_not_read(settings):
    settings.API_BODY_LIMIT = 10
    request = request_with(b"", CONTENT_LENGTH="11")
    with pytest.raises(TooLarge) as refused:
        check_length(request)
    assert refused.value.status_code == 413
    assert refused.value.detail == "The body is larger than 10 bytes; send it in parts."
    check_length(request_with(b"", CONTENT_LENGTH="10"))


def test_a_packed_body_is_limited_packed_and_unpacked(settings):
    settings.API_BODY_LIMIT = 1000
    packed = {"HTTP_CONTENT_ENCODING": "gzip"}
    assert len(read_body(request_with(gzip.compress(b" " * 1000), **packed))) == 1000
    with pytest.raises(TooLarge):
        read_body(request_with(gzip.compress(b" " * 1001), **packed))


def test_a_bomb_is_noticed_after_a_chunk():
    bomb = gzip.compress(b" " * 50_000_000)
    pieces = gunzip(iter([bomb]))
    assert len(next(pieces)) <= CHUNK_SIZE


def test_gzip_in_pieces_of_any_size():
    text = bytes(range(256)) * 500
    packed = gzip.compress(text) + gzip.compress(b"end")
    for size in (1, 7, 1000, len(packed)):
        pieces = (packed[i : i + size] for i in range(0, len(packed), size))
        assert b"".join(gunzip(pieces)) == text + b"end"


@pytest.mark.parametrize(
    ("packed", "message"),
    [
        (b"plain", "The body is not gzip data."),
        (zlib.compress(b"zlib"), "The body is not gzip data."),
        (gzip.compress(b"cut", mtime=0)[:-1], "The gzip data end early."),
    ],
    ids=["plain", "zlib", "cut"],
)
def test_what_is_no_gzip(packed, message):
    with pytest.raises(UnreadableBody, match=message):
        list(gunzip(iter([packed])))


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_encodings_that_are_none(encoding):
    assert read_body(request_with(b"x", HTTP_CONTENT_ENCODING=encoding)) == b"x"


def test_an_encoding_nobody_knows():
    with pytest.raises(UnreadableBody) as refused:
        read_body(request_with(b"x", HTTP_CONTENT_ENCODING="br"))
    assert refused.value.status_code == 415
    assert refused.value.detail == "Content-Encoding 'br' is not understood; send gzip or none."


def test_chunked_bodies():
    request = in_chunks(b"[1]")
    assert is_chunked(request)
    assert read_json(request) == [1]
    assert not is_chunked(request_with(b"[1]", HTTP_TRANSFER_ENCODING="chunked"))
    with pytest.raises(UnreadableBody) as refused:
        read_body(in_chunks(b"[1]", **{"wsgi.input_terminated": False}))
    assert refused.value.status_code == 411


def test_a_client_that_goes_away():
    class Gone(io.BytesIO):
        def read(self, size=-1):
            raise OSError

    with pytest.raises(UnreadableBody, match="ended early"):
        list(read_chunks(Gone()))
    discard_body(in_chunks(b"", **{"wsgi.input": Gone()}))


def test_the_rest_of_a_refused_body_is_read():
    request = in_chunks(b"x" * (3 * CHUNK_SIZE))
    discard_body(request)
    assert request.META["wsgi.input"].read() == b""


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", None),
        ("application/json; charset=UTF-8", None),
        ("application/json; charset=utf8", None),
        ("application/json; charset=utf-16", 415),
        ("text/json", 415),
        ("", 415),
    ],
)
def test_content_types(content_type, status):
    request = request_with(b"{}", content_type=content_type)
    if status is None:
        assert read_json(request) == {}
        return
    with pytest.raises(UnreadableBody) as refused:
        read_json(request)
    assert refused.value.status_code == status


def nested(depth):
    return b"[" * depth + b"]" * depth


def test_depth_is_exact():
    parse_json(nested(MAX_DEPTH))
    with pytest.raises(UnreadableBody, match="nested more than 100 deep"):
        parse_json(nested(MAX_DEPTH + 1))
    with pytest.raises(UnreadableBody, match="nested"):
        parse_json(b'{"a":' * MAX_DEPTH + b"[]" + b"}" * MAX_DEPTH)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"a": }', "The body is not JSON: Expecting value, line 1 column 7."),
        (b"", "The body is not JSON: Expecting value, line 1 column 1."),
        (b"ab\xff", "The body is not UTF-8 (byte 2)."),
        (b"[" + b"9" * 5000 + b"]", "The body holds a number that can't be read: "),
    ],
)
def test_what_is_no_json(body, message):
    with pytest.raises(UnreadableBody) as refused:
        parse_json(body)
    assert str(refused.value.detail).startswith(message)
    assert refused.value.status_code == 400


def test_json_as_it_is_written():
    assert parse_json(b"\xef\xbb\xbf[1, 1.5, null]") == [1, 1.5, None]
    assert parse_json(b"[Infinity]") == [float("inf")]
