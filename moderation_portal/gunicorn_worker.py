"""Gunicorn's worker with threads, which waits for no client for ever, and answers as the API does.

Gunicorn itself waits without end for the rest of a request that was begun: forty such clients
would hold every thread. A proxy that buffers requests keeps them away; this holds without one.
"""

import contextlib
import json
import socket
import struct
from typing import Any

from gunicorn.http.errors import LimitRequestLine
from gunicorn.workers.gthread import ThreadWorker

# Seconds without a byte: until the head of a request is there, and in its body.
_HEAD_SECONDS = 2
_BODY_SECONDS = 20


class PortalWorker(ThreadWorker):  # type: ignore[misc]  # comes without types
    """Limits the silence of a client at the socket itself, as gunicorn resets Python's limit."""

    def handle(self, conn: Any) -> Any:
        """Wait for the head of a request."""
        _limit_silence(conn.sock, _HEAD_SECONDS)
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Wait for its body, and for the client to take the answer."""
        _limit_silence(conn.sock, _BODY_SECONDS)
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Any) -> None:
        """Answer an address that is too long by a problem: gunicorn's own answers are HTML."""
        if not isinstance(exc, LimitRequestLine):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("Address too long, from %s", (addr or ("a socket",))[0])
        with contextlib.suppress(OSError):
            client.sendall(TOO_LONG)


def _too_long() -> bytes:
    problem = {
        "type": "about:blank",
        "title": "URI Too Long",
        "status": 414,
        "detail": "The address is longer than the server takes.",
        "errors": [],
    }
    body = json.dumps(problem).encode()
    head = (
        "HTTP/1.1 414 URI Too Long\r\nConnection: close\r\nCache-Control: no-store\r\n"
        f"Content-Type: application/problem+json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


TOO_LONG = _too_long()


def _limit_silence(connection: socket.socket, seconds: int) -> None:
    # struct timeval
    limit = struct.pack("ll", seconds, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
