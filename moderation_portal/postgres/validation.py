"""System checks of the database, run by ``check --database`` and before every ``migrate``."""

from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import OperationalError
from django.db.backends.base import validation

from moderation_portal.postgres.errors import UnsuitableError

IDS = {"version": "postgres.E001", "encoding": "postgres.E002"}


class DatabaseValidation(validation.BaseDatabaseValidation):
    """What of the server or the database does not suit the portal."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """E001: the server's version. E002: the database's encoding."""
        try:
            self.connection.ensure_connection()
        except OperationalError as error:
            if not isinstance(error.__cause__, UnsuitableError):
                raise
            return [
                Error(sentence, id=IDS[reason])
                for reason, sentence in error.__cause__.reasons.items()
            ]
        return []
