"""Gunicorn's settings, which it reads when it is started in this folder.

What the command line or GUNICORN_CMD_ARGS says goes before what stands here.
"""

import sys
from typing import Any

# Threads, because gunicorn stops a worker without them in the middle of a long export.
worker_class = "gthread"
workers = 3
threads = 4
# Two portals of one account would share one control socket.
control_socket_disable = True
# A client that says nothing for so long in the middle of a request is let go.
_SILENT_CLIENT_SECONDS = 20


def on_starting(server: Any) -> None:
    """Say in one sentence which variable is wrong, before any worker fails on it."""
    from django.core.exceptions import ImproperlyConfigured

    try:
        from moderation_portal import settings  # noqa: F401  # reads the environment
    except ImproperlyConfigured as error:
        sys.exit(f"Error: {error}")
