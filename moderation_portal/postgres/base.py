"""Django's PostgreSQL backend, with the embedded server started when it is needed.

A command, the test run, the development server and every worker of a production server meet the
database in one place, ``get_new_connection``; so does the first request after a crash of the
server. Django finds this module by its name (``ENGINE``).
"""

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from moderation_portal.postgres.server import Server


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the embedded server."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; when nothing listens, start the server and connect again."""
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            # Wrong database names end here too: they fail once more below, with the same message.
            Server(Path(self.settings_dict["PORTAL_DATA_DIR"])).start()
            return super().get_new_connection(conn_params)
