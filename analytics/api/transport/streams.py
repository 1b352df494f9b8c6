"""The bodies of requests as streams: read once, in pieces, and never left half read."""

import time
from typing import IO, cast

from django.http import HttpRequest

CHUNK_SIZE = 64 * 1024
# How long, and how much of, a refused body is read on, so that the client gets to read why.
DISCARD_SECONDS = 5.0
DISCARD_BYTES = 256 * 1024 * 1024


def is_chunked(request: HttpRequest) -> bool:
    """Whether the body comes in chunks, its length unknown beforehand."""
    return (
        not request.META.get("CONTENT_LENGTH")
        and request.META.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    )


def body_stream(request: HttpRequest) -> IO[bytes]:
    """The stream to read the body from.

    Django reads as many bytes as Content-Length says, so none of a chunked body. A server that
    ends such a body by itself says so (``wsgi.input_terminated``).
    """
    if is_chunked(request) and request.META.get("wsgi.input_terminated"):
        stream: IO[bytes] = request.META["wsgi.input"]
        return stream
    return cast(IO[bytes], request)


def discard_body(request: HttpRequest) -> None:
    """Read what is left of a body and throw it away, within limits of time and size."""
    if server_socket := request.META.get("gunicorn.socket"):
        # So that a client that sends nothing more holds up nobody.
        server_socket.settimeout(DISCARD_SECONDS)
    until = time.monotonic() + DISCARD_SECONDS
    remaining = DISCARD_BYTES
    try:
        while remaining > 0 and time.monotonic() < until:
            chunk = body_stream(request).read(CHUNK_SIZE)
            if not chunk:
                break
            remaining -= len(chunk)
    except OSError:
        pass  # The client has gone.
