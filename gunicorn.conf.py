"""Gunicorn's settings, which it reads when it is started in this folder.

What the command line or GUNICORN_CMD_ARGS says goes before what stands here.
"""

import os
import sys
import tempfile
from typing import Any

# Threads, because gunicorn stops a worker without them in the middle of a long export.
worker_class = "moderation_portal.gunicorn_worker.PortalWorker"
workers = 3
threads = 4
# As long as gunicorn allows: a name of 500 characters, percent-encoded, needs six thousand.
limit_request_line = 8190
# Two portals of one account would share one control socket.
control_socket_disable = True
# Where the workers count (moderation_portal.prometheus), new at each start: what a process counted
# that is long gone would be counted on.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="portal-metrics-"))


def on_starting(server: Any) -> None:
    """Say in one sentence which variable is wrong, before any worker fails on it."""
    from django.core.exceptions import ImproperlyConfigured

    try:
        from moderation_portal import settings  # noqa: F401  # reads the environment
    except ImproperlyConfigured as error:
        sys.exit(f"Error: {error}")


def child_exit(server: Any, worker: Any) -> None:
    """Keep what a worker counted, and forget what it was doing."""
    # Here: the library looks for the folder when it is imported.
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
