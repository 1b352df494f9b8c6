"""A small application for gunicorn, with limits short enough to wait for."""

import hashlib
import json
import os
import tempfile
import time
from pathlib import Path

from moderation_portal import answer_socket, gunicorn_worker

gunicorn_worker.HEAD_SECONDS = 1
gunicorn_worker.REQUEST_SECONDS = 2
answer_socket.STALL_SECONDS = 1
answer_socket.BYTES_PER_SECOND = 1_000_000

LARGE = 8_000_000


def application(environ, start_response):
    """Tell what came; ``/block`` holds its thread until the file named RELEASE is there.

    ``/whole``, ``/pieces`` and ``/file`` are large: at once, in many pieces and from a file.
    """
    if environ["PATH_INFO"] in {"/whole", "/pieces", "/file"}:
        start_response("200 OK", [("Content-Length", str(LARGE))])
        if environ["PATH_INFO"] == "/whole":
            return [bytes(LARGE)]
        if environ["PATH_INFO"] == "/pieces":
            return (bytes(1000) for _ in range(LARGE // 1000))
        file = tempfile.TemporaryFile()  # noqa: SIM115  # gunicorn closes it
        file.truncate(LARGE)
        return environ["wsgi.file_wrapper"](file)
    if environ["PATH_INFO"] == "/block":
        while not Path(os.environ["RELEASE"]).exists():
            time.sleep(0.01)
    body = environ["wsgi.input"].read()
    answer = {"path": environ["PATH_INFO"], "digest": hashlib.sha256(body).hexdigest()}
    content = json.dumps(answer).encode()
    start_response("200 OK", [("Content-Length", str(len(content)))])
    return [content]
