"""Reading the bodies of requests: limited while they come in, gzip too, and JSON."""

import json
import zlib
from collections.abc import Iterator
from http import HTTPStatus
from typing import IO, Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.exceptions import APIException
from rest_framework.parsers import JSONParser

from analytics.api.transport.streams import CHUNK_SIZE, body_stream, is_chunked

# Deeper than any document; the database and the answers could not carry much more.
MAX_DEPTH = 100


class UnreadableBody(APIException):
    """The body of a request can't be read; ``status_code`` says in what way."""

    def __init__(self, message: str, *, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(message)
        self.status_code = status


class TooLarge(UnreadableBody):
    """The body is larger than ``API_BODY_LIMIT``."""

    def __init__(self) -> None:
        limit = settings.API_BODY_LIMIT
        super().__init__(
            f"The body is larger than {limit} bytes; send it in parts.",
            status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        )


class BodyParser(JSONParser):
    """Parses a body where a login's CSRF token is looked for in it, which comes before the view."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """The JSON value; raises ``UnreadableBody`` where Python gives up on its depth."""
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as error:
            raise UnreadableBody("The body is nested too deeply.") from error


def check_length(request: HttpRequest) -> None:
    """Raise ``TooLarge`` when the request announces a body over the limit."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdecimal() and int(announced) > settings.API_BODY_LIMIT:
        raise TooLarge


def read_json(request: HttpRequest) -> Any:
    """The JSON value of the body, maybe gzipped; raises ``UnreadableBody``."""
    if request.content_type != "application/json":
        raise UnreadableBody(
            f"Content-Type {request.content_type!r} is not understood; send application/json.",
            status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        )
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8"):
        raise UnreadableBody(
            f"Charset {charset!r} is not understood; send UTF-8.",
            status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        )
    return parse_json(read_body(request))


def read_body(request: HttpRequest) -> bytes:
    """The body, unpacked; raises ``UnreadableBody``, of too much ``TooLarge``."""
    check_length(request)
    if is_chunked(request) and not request.META.get("wsgi.input_terminated"):
        raise UnreadableBody(
            "This server needs a Content-Length.", status=HTTPStatus.LENGTH_REQUIRED
        )
    chunks = limit_size(read_chunks(body_stream(request)))
    match request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower():
        case "" | "identity":
            pass
        case "gzip" | "x-gzip":
            chunks = limit_size(gunzip(chunks))
        case other:
            raise UnreadableBody(
                f"Content-Encoding {other!r} is not understood; send gzip or none.",
                status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            )
    return b"".join(chunks)


def read_chunks(source: IO[bytes]) -> Iterator[bytes]:
    """Yield the bytes of ``source`` in chunks; raises ``UnreadableBody`` when they end early."""
    try:
        while chunk := source.read(CHUNK_SIZE):
            yield chunk
    except OSError as error:
        raise UnreadableBody("The body ended early.") from error


def limit_size(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Hand the chunks on; raises ``TooLarge`` as soon as they exceed the limit."""
    remaining = settings.API_BODY_LIMIT
    for chunk in chunks:
        remaining -= len(chunk)
        if remaining < 0:
            raise TooLarge
        yield chunk


def gunzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack gzip data a little at a time, so that a bomb is noticed early."""
    member: Any = None
    try:
        for chunk in chunks:
            pending = chunk
            while pending:
                if member is None:
                    member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
                yield member.decompress(pending, CHUNK_SIZE)
                if member.eof:
                    pending, member = member.unused_data, None
                else:
                    pending = member.unconsumed_tail
    except zlib.error as error:
        raise UnreadableBody("The body is not gzip data.") from error
    if member is not None:
        raise UnreadableBody("The gzip data end early.")


def parse_json(body: bytes) -> Any:
    """Parse a body.

    NaN and infinities, which Python reads though JSON has none, are left for the validation to
    name. Raises ``UnreadableBody``.
    """
    try:
        value = json.loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableBody(f"The body is not UTF-8 (byte {error.start}).") from error
    except json.JSONDecodeError as error:
        raise UnreadableBody(
            f"The body is not JSON: {error.msg}, line {error.lineno} column {error.colno}."
        ) from error
    except ValueError as error:  # a number of thousands of digits
        raise UnreadableBody(f"The body holds a number that can't be read: {error}.") from error
    except RecursionError as error:
        raise UnreadableBody("The body is nested too deeply.") from error
    check_depth(value)
    return value


def check_depth(value: Any) -> None:
    """Raise ``UnreadableBody`` when the value is nested more than ``MAX_DEPTH`` deep."""
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise UnreadableBody(f"The body is nested more than {MAX_DEPTH} deep.")
