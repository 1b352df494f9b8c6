"""What gunicorn answers before Django hears of a request."""

import json
import logging
import socket

from gunicorn.http.errors import LimitRequestLine

from moderation_portal.gunicorn_worker import PortalWorker


def test_an_address_that_is_too_long_is_a_problem(caplog):
    ours, theirs = socket.socketpair()
    worker = PortalWorker.__new__(PortalWorker)
    worker.log = logging.getLogger("gunicorn.error")
    worker.handle_error(None, ours, ("192.0.2.1", 1), LimitRequestLine(9000, 8190))
    ours.close()
    head, body = theirs.makefile("rb").read().split(b"\r\n\r\n")
    theirs.close()
    assert head.startswith(b"HTTP/1.1 414 URI Too Long\r\n")
    assert b"Content-Type: application/problem+json" in head
    assert f"Content-Length: {len(body)}".encode() in head
    assert json.loads(body)["status"] == 414
    assert "192.0.2.1" in caplog.text
