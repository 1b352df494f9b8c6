"""PostgreSQL from a Python wheel, for everybody who has no server of their own.

``server.py`` starts and stops it; ``base.py`` is Django's PostgreSQL backend, which starts it when
a connection is wanted and nothing listens. Nothing else knows that the server is embedded.
"""

from moderation_portal.postgres.server import (
    PostgresError,
    Server,
    database_settings,
    default_data_dir,
)

__all__ = ["PostgresError", "Server", "database_settings", "default_data_dir"]
