"""What gunicorn does with clients before Django hears of them: a real one, and real sockets."""

import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
THREADS = 2
# What slow_app answers to /whole and the like.
LARGE = 8_000_000


class Gunicorn:
    """One worker with two threads."""

    def __init__(self, folder: Path) -> None:
        self.address = folder / "socket"
        self.release = folder / "release"
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", "tests.moderation_portal.slow_app"),
                    *("--bind", f"unix:{self.address}", "--workers", "1"),
                    *("--threads", str(THREADS), "--log-level", "debug"),
                ],
                cwd=PROJECT,
                env={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "tests.settings",
                    "RELEASE": str(self.release),
                },
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + 60
        while "Booting worker" not in self.log.read_text():
            assert time.monotonic() < until
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)

    def connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(60)
        connection.connect(str(self.address))
        return connection


@pytest.fixture(scope="module")
def gunicorn(tmp_path_factory):
    server = Gunicorn(tmp_path_factory.mktemp("gunicorn"))
    yield server
    server.process.terminate()
    server.process.wait(60)
    assert "Traceback" not in server.log.read_text()


def receive(connection: socket.socket) -> tuple[int, dict]:
    """Status and body of the next answer, which tells its length."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(1)
        assert piece, "closed without an answer"
        data += piece
    length = int(re.search(rb"(?i)content-length: (\d+)", data)[1])
    body = b""
    while len(body) < length:
        body += connection.recv(length - len(body))
    return int(data.split(b" ")[1]), json.loads(body)


def received_so_far(connection: socket.socket) -> bytes:
    """What is there already, without waiting."""
    try:
        return connection.recv(1000)
    except BlockingIOError:
        return b""


def echo(path: str, body: bytes = b"") -> tuple[int, dict]:
    return 200, {"path": path, "digest": hashlib.sha256(body).hexdigest()}


def ask(server: Gunicorn, request: bytes) -> tuple[int, dict]:
    with server.connect() as connection:
        connection.sendall(request)
        return receive(connection)


def test_slow_clients_hold_up_nobody(gunicorn):
    with ExitStack() as open_connections:
        half, trickling, bodies, leaving = (
            [open_connections.enter_context(gunicorn.connect()) for _ in range(20)]
            for _ in range(4)
        )
        for connection in half:
            connection.sendall(b"GET /half HTTP/1.1\r\nHost: x\r\n")
        for connection in bodies:
            connection.sendall(b"POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nfour")
        for connection in leaving:
            # Answered, asked to close, and does not.
            connection.sendall(b"GET /l HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        begun = time.monotonic()
        while time.monotonic() < begun + 0.8:
            for connection in trickling:
                connection.sendall(b"G")
            asked = time.monotonic()
            assert ask(gunicorn, b"GET /quick HTTP/1.1\r\nHost: x\r\n\r\n") == echo("/quick")
            assert time.monotonic() - asked < 3

        # Each has its time, however often a byte came, and is told.
        for connection in (*half, *trickling, *bodies):
            assert receive(connection)[0] == 408
            assert connection.recv(1) == b""
        assert time.monotonic() - begun < 20


def test_who_watches_is_answered_while_every_thread_waits(gunicorn):
    with ExitStack() as open_connections:
        blocked = [open_connections.enter_context(gunicorn.connect()) for _ in range(THREADS + 1)]
        for connection in blocked:
            connection.sendall(b"GET /block HTTP/1.1\r\nHost: x\r\n\r\n")
        for path in ("/healthz", "/readyz", "/metrics"):
            asked = time.monotonic()
            request = f"GET {path}?x=1 HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            assert ask(gunicorn, request) == echo(path)
            assert time.monotonic() - asked < 3
        gunicorn.release.touch()
        for connection in blocked:
            assert receive(connection) == echo("/block")


@pytest.mark.parametrize("path", ["/whole", "/pieces", "/file"])
def test_who_takes_an_answer_a_few_bytes_at_a_time_is_let_go(gunicorn, path):
    with ExitStack() as open_connections:
        slow = [open_connections.enter_context(gunicorn.connect()) for _ in range(THREADS)]
        for connection in slow:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        begun = time.monotonic()
        with gunicorn.connect() as waiting:
            waiting.sendall(b"GET /quick HTTP/1.1\r\nHost: x\r\n\r\n")
            waiting.setblocking(False)
            while not (told := received_so_far(waiting)):
                assert time.monotonic() - begun < 10
                for connection in slow:
                    connection.recv(2000)
                time.sleep(0.01)
        assert told.startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("path", ["/whole", "/pieces", "/file"])
def test_an_answer_that_is_taken_comes_whole(gunicorn, path):
    with gunicorn.connect() as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        data = b"".join(iter(lambda: connection.recv(1_000_000), b""))
    assert data.partition(b"\r\n\r\n")[2] == bytes(LARGE)


CHUNKED = b"POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"


@pytest.mark.parametrize("step", [1, 7, 10_000])
@pytest.mark.parametrize(
    ("request_bytes", "answers"),
    [
        (b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n", [echo("/a")]),
        (
            b"POST /b HTTP/1.1\r\nHost: x\r\ncontent-length:  5 \r\n\r\nhello",
            [echo("/b", b"hello")],
        ),
        # A chunk that holds what looks like the end, an extension, a trailer.
        (
            CHUNKED + b"\r\n7\r\n\r\n0\r\n\r\n\r\n3;a=b\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n",
            [echo("/c", b"\r\n0\r\n\r\nabc")],
        ),
        # One after the other, before the first is answered.
        (
            b"POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
            b"GET /2 HTTP/1.1\r\nHost: x\r\n\r\n" + CHUNKED + b"\r\n1\r\nx\r\n0\r\n\r\n"
            b"GET /4 HTTP/1.1\r\nHost: x\r\n\r\n",
            [echo("/1", b"ab"), echo("/2"), echo("/c", b"x"), echo("/4")],
        ),
    ],
)
def test_a_request_comes_in_pieces(gunicorn, request_bytes, answers, step):
    with gunicorn.connect() as connection:
        for begin in range(0, len(request_bytes), step):
            connection.sendall(request_bytes[begin : begin + step])
        assert [receive(connection) for _ in answers] == answers


def test_a_large_body_after_the_word_to_go_on(gunicorn):
    body = os.urandom(3_000_000)
    with gunicorn.connect() as connection:
        connection.sendall(
            b"POST /large HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
            b"Content-Length: 3000000\r\n\r\n"
        )
        told = b"HTTP/1.1 100 Continue\r\n\r\n"
        assert connection.recv(len(told)) == told
        connection.sendall(body)
        # Gunicorn says it once more, as it may.
        assert connection.recv(len(told)) == told
        assert receive(connection) == echo("/large", body)


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /" + b"x" * 9000, 414),
        (b"POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 99000000\r\n\r\n", 413),
        (CHUNKED + b"\r\nfffffff\r\nabc", 413),
    ],
)
def test_what_is_too_long_is_a_problem_at_once(gunicorn, request_bytes, status):
    with gunicorn.connect() as connection:
        connection.sendall(request_bytes)
        answer, problem = receive(connection)
    assert (answer, problem["status"], problem["type"]) == (status, status, "about:blank")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        CHUNKED + b"Content-Length: 1\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_cannot_be_understood_is_refused_by_the_parser(gunicorn, request_bytes):
    with gunicorn.connect() as connection:
        connection.sendall(request_bytes)
        assert connection.recv(12) == b"HTTP/1.1 400"


def test_a_client_that_leaves_is_forgotten(gunicorn):
    for sent in (b"", b"GET", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"):
        with gunicorn.connect() as connection:
            connection.sendall(sent)
    assert ask(gunicorn, b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n") == echo("/a")
