"""The errors of this package."""

import psycopg
from django.db import OperationalError


class ConnectionLost(OperationalError):
    """The server ended the connection, whatever was being done: connecting again may help."""


class ReadOnlyServer(OperationalError):
    """The server takes no changes: it is a standby now, or was made read-only for want of space."""


class PostgresError(psycopg.OperationalError):
    """The database cannot be used; the message says why and what to do.

    To Django it is one more reason why the database cannot be reached.
    """


class UnsuitableError(PostgresError):
    """The version of the server or of the data, or the database's encoding, does not do."""

    def __init__(self, reasons: dict[str, str], *, answers: bool = True) -> None:
        """Sentences by what is wrong: ``version``, ``encoding``; whether a server answers."""
        super().__init__(" ".join(reasons.values()))
        self.reasons = reasons
        self.answers = answers
