"""PostgreSQL as the portal uses it, and one from a Python wheel for who has no server.

``base.py`` is Django's PostgreSQL backend with limits to every wait (``limits.py``,
``waiting.py``, ``monitor.py``) and to what it connects to (``requirements.py``). It starts the
embedded server (``server.py``) when a connection is wanted and nothing listens. Nothing else
knows that the server is embedded.
"""

from moderation_portal.postgres.errors import (
    ConnectionLost,
    PostgresError,
    ReadOnlyServer,
    UnsuitableError,
)
from moderation_portal.postgres.server import Server, database_settings, default_data_dir

ENGINE = "moderation_portal.postgres"

__all__ = [
    "ENGINE",
    "ConnectionLost",
    "PostgresError",
    "ReadOnlyServer",
    "Server",
    "UnsuitableError",
    "database_settings",
    "default_data_dir",
]
