"""Gunicorn's worker with threads, which waits for no client, and answers as the API does.

Gunicorn gives a connection a thread as soon as it is there, and waits in it for the rest of the
request, and in the loop that serves all others for the client to close: forty slow clients hold up
everybody. Here the loop itself takes requests in as they come, a thread begins when one is whole,
and the loop waits for nobody. A proxy that buffers requests does the same; this holds without one.

Whoever watches the process is answered by threads kept for that, also while all others wait.
"""

import contextlib
import json
import selectors
import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from django.conf import settings
from gunicorn.http import get_parser
from gunicorn.http.errors import LimitRequestLine
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import ThreadWorker

from moderation_portal.allocator import Tidying
from moderation_portal.answer_socket import AnswerSocket, limit_stalls
from moderation_portal.incoming_request import IncomingRequest

# From the first moment until the head of a request is there, and until all of it is.
HEAD_SECONDS = 10
REQUEST_SECONDS = 120
# How long a connection whose answer is the last waits for the client to close it.
_LINGER_SECONDS = 2
_LINGER_BYTES_AT_ONCE = 65_536
# One may wait for the database; whoever asks meanwhile gets the same answer.
_THREADS_OF_A_PROBE = 2
# What a form adds to the largest file.
_FORM_BYTES = 1024 * 1024


class ReceivedUnreader(SocketUnreader):  # type: ignore[misc]  # comes without types
    """Gives the parser the one request that came in whole, and then the end."""

    request: IncomingRequest

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next piece."""
        return self.request.read(max(self.mxchunk, min(size_hint or 0, self.max_body_chunk)))


class PortalWorker(ThreadWorker):  # type: ignore[misc]  # comes without types
    """Receives and closes in the loop, which calls ``murder_pending`` at least once a second."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Connections whose request comes in, and those that are closed when the client does; until
        # when they may.
        self._receiving: dict[Any, tuple[IncomingRequest, float]] = {}
        self._lingering: dict[Any, float] = {}
        self._probe_pools: dict[str, ThreadPoolExecutor] = {}
        self._heap = Tidying()

    def load_wsgi(self) -> None:
        """Load the portal, after which its settings are known."""
        super().load_wsgi()
        self._probe_pools = {
            path: ThreadPoolExecutor(_THREADS_OF_A_PROBE) for path in settings.PROBE_PATHS
        }

    def enqueue_req(self, conn: Any) -> None:
        """Receive a request: gunicorn has a new connection, or there is more on one it kept."""
        if self.cfg.is_ssl:
            super().enqueue_req(conn)
            return
        conn.sock.setblocking(False)
        request = IncomingRequest(settings.API_BODY_LIMIT + _FORM_BYTES)
        if conn.parser is None:
            conn.parser = get_parser(self.cfg, conn.sock, conn.client)
            conn.parser.unreader = ReceivedUnreader(conn.sock)
        self._receiving[conn] = request, time.monotonic()
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._receive, conn))
        if ahead := conn.parser.unreader.take_buffered():
            request.feed(ahead)
        self._receive(conn)

    def _receive(self, conn: Any, _socket: object = None) -> None:
        """Take what is there, and begin when that is all."""
        request, _since = self._receiving[conn]
        if not request.is_ready:
            try:
                data = conn.sock.recv(request.wanted)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self._give_up(conn)
                return
            request.feed(data)
        if request.is_ready:
            self._begin(conn)
        elif request.expects_continue:
            request.expects_continue = False
            _send_at_once(conn.sock, b"HTTP/1.1 100 Continue\r\n\r\n")

    def _begin(self, conn: Any) -> None:
        """Answer in a thread what was received."""
        request, _since = self._receiving.pop(conn)
        self.poller.unregister(conn.sock)
        request.begin_reading()
        conn.parser.unreader.request = request
        pool = self._probe_pools.get(request.path) or self.tpool
        future: Future[Any] = pool.submit(self.handle, conn)
        future.add_done_callback(partial(self.method_queue.defer, self.finish_request, conn))

    def _give_up(self, conn: Any) -> None:
        """Close a connection whose request did not come."""
        request, _since = self._receiving.pop(conn)
        self.poller.unregister(conn.sock)
        request.close()
        self._close(conn)

    def murder_pending(self) -> None:
        """Part with clients that are too slow, and when the worker ends with those that idle."""
        super().murder_pending()
        now = time.monotonic()
        for conn, (request, since) in list(self._receiving.items()):
            limit = HEAD_SECONDS if request.in_head else REQUEST_SECONDS
            if now > since + limit or not (self.alive or request.has_begun):
                if request.has_begun:
                    _send_at_once(conn.sock, TOO_SLOW)
                self._give_up(conn)
        for conn, until in list(self._lingering.items()):
            if now > until:
                self._stop_lingering(conn)

    def handle(self, conn: Any) -> Any:
        """Answer, in a thread, what was received."""
        if self.cfg.is_ssl:
            return super().handle(conn)
        request = conn.parser.unreader.request
        # Gunicorn need not wait for the first byte.
        conn.data_ready = True
        conn.sock.setblocking(True)
        limit_stalls(conn.sock)
        try:
            if request.is_too_large:
                conn.sock.sendall(TOO_LARGE)
                return False
            if not super().handle(conn) or request.read(1):
                # What the parser left of the request would be taken for the next.
                return False
            conn.parser.unreader.unread(request.surplus)
            return True
        finally:
            request.close()

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer; a client that is too slow to take it is no error."""
        if self.cfg.is_ssl:
            return super().handle_request(req, conn)
        connection = conn.sock
        conn.sock = AnswerSocket(connection)
        try:
            return super().handle_request(req, conn)
        except TimeoutError as error:
            self.log.info("%s", error)
            return False
        finally:
            conn.sock = connection

    def finish_request(self, conn: Any, fs: "Future[Any]") -> None:
        """Keep the connection, or close it when the client has: gunicorn waits for that here."""
        self._heap.tidy()
        if self.cfg.is_ssl or (not fs.cancelled() and not fs.exception() and fs.result()):
            super().finish_request(conn, fs)
            return
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._linger, conn))
        except (OSError, ValueError, KeyError):
            self._close(conn)
            return
        self._lingering[conn] = time.monotonic() + _LINGER_SECONDS

    def _linger(self, conn: Any, _socket: object) -> None:
        """Drop what a client still sends: closing on it would take its answer away."""
        with contextlib.suppress(OSError):
            if conn.sock.recv(_LINGER_BYTES_AT_ONCE):
                return
        self._stop_lingering(conn)

    def _stop_lingering(self, conn: Any) -> None:
        self.poller.unregister(conn.sock)
        del self._lingering[conn]
        self._close(conn)

    def _close(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Any) -> None:
        """Answer an address that is too long by a problem: gunicorn's own answers are HTML."""
        if not isinstance(exc, LimitRequestLine):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("Address too long, from %s", (addr or ("a socket",))[0])
        with contextlib.suppress(OSError):
            client.sendall(TOO_LONG)


def _problem(status: int, title: str, detail: str) -> bytes:
    problem = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "errors": [],
    }
    body = json.dumps(problem).encode()
    head = (
        f"HTTP/1.1 {status} {title}\r\nConnection: close\r\nCache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        f"Content-Type: application/problem+json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


TOO_SLOW = _problem(408, "Request Timeout", "The request did not come in whole in time.")
TOO_LARGE = _problem(413, "Content Too Large", "The body is larger than the server takes.")
TOO_LONG = _problem(414, "URI Too Long", "The address is longer than the server takes.")


def _send_at_once(connection: socket.socket, data: bytes) -> None:
    """Send a few bytes without waiting for who does not take them."""
    with contextlib.suppress(OSError):
        connection.send(data)
