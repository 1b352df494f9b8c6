"""A small application for gunicorn, with limits short enough to wait for."""

import hashlib
import json
import os
import time
from pathlib import Path

from moderation_portal import gunicorn_worker

gunicorn_worker.HEAD_SECONDS = 1
gunicorn_worker.REQUEST_SECONDS = 2


def application(environ, start_response):
    """Tell what came; ``/block`` holds its thread until the file named RELEASE is there."""
    if environ["PATH_INFO"] == "/block":
        while not Path(os.environ["RELEASE"]).exists():
            time.sleep(0.01)
    body = environ["wsgi.input"].read()
    answer = {"path": environ["PATH_INFO"], "digest": hashlib.sha256(body).hexdigest()}
    content = json.dumps(answer).encode()
    start_response("200 OK", [("Content-Length", str(len(content)))])
    return [content]
