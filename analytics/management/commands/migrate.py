"""Migrate one at a time, and never take the accounts away by the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections

from moderation_portal.advisory_locks import AdvisoryLock, acquire

MAX_WAIT = "10min"


@contextmanager
def one_at_a_time(alias: str, lock: AdvisoryLock) -> Iterator[None]:
    """Wait for another command of the same lock; raises ``CommandError`` after ten minutes.

    The lock is held by a transaction of a connection of its own: migrations begin and end theirs,
    and behind PgBouncer only a transaction keeps its server.
    """
    connection = connections[alias].copy()
    try:
        with transaction_of(connection), connection.cursor() as cursor:
            # Settings of a session are PostgreSQL's own: the ORM has no words for them.
            cursor.execute(f"SET LOCAL lock_timeout = '{MAX_WAIT}'")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            try:
                acquire(lock, connection)
            except OperationalError as error:
                raise CommandError(
                    f"another such command has held the database for {MAX_WAIT}"
                ) from error
            yield
    finally:
        connection.close()


@contextmanager
def transaction_of(connection: Any) -> Iterator[None]:
    """Hold a transaction of a connection that Django does not know by an alias."""
    connection.set_autocommit(False)
    try:
        yield
    finally:
        connection.rollback()


class Command(migrate.Command):
    """Django's ``migrate``, under a lock."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse what would delete every account; else migrate when nobody else does."""
        if options["app_label"] == "analytics" and options["migration_name"] == "zero":
            raise CommandError(
                "the accounts build on the data: this would delete every account and token too. "
                "To empty the database, drop it and create it anew."
            )
        with one_at_a_time(options["database"], AdvisoryLock.MIGRATE):
            super().handle(*args, **options)
