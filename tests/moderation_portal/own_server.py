"""A server of a test's own, and threads with connections of their own."""

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from django.db import connections

from moderation_portal.postgres import Server


@contextmanager
def own_server():
    """An embedded server in a folder of its own."""
    # In /tmp, as paths of sockets must be short.
    folder = Path(tempfile.mkdtemp(prefix="portal-server-"))
    server = Server(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def in_thread(*works) -> list:
    """What these answer, run at once by threads that have connections of their own."""

    def run(work):
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as threads:
        return [future.result() for future in [threads.submit(run, work) for work in works]]
