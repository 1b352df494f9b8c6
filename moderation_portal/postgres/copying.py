"""COPY, which neither the ORM nor Django's cursors know."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Copy, sql


@contextmanager
def copying(connection: BaseDatabaseWrapper, statement: str | sql.Composed) -> Iterator[Copy]:
    """Copy rows in or out; what psycopg raises meanwhile becomes Django's own error.

    Django turns psycopg's errors into its own in ``execute``, but not while copying.
    """
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        yield copy
