"""Everything in the database into a file, in one snapshot."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from moderation_portal.backups import files, tables
from moderation_portal.backups.files import Header, Table
from moderation_portal.postgres.copying import copying

#: Called with a table's name and how many bytes of it were read since the last call.
Progress = Callable[[str, int], object]


def backup(
    connection: BaseDatabaseWrapper, path: Path, *, now: datetime, progress: Progress
) -> Header:
    """Write the file; what others change meanwhile is not in it."""
    with files.create(path) as writer, transaction.atomic(using=connection.alias):
        with connection.cursor() as cursor:
            # The ORM has no words for the level of a transaction.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        model_tables = tables.tables(connection)
        applied = MigrationRecorder(connection).applied_migrations()
        header = Header(
            made_at=now.isoformat(),
            migrations=sorted([app, name] for app, name in applied),
            counts=tables.counts(connection, [table.name for table in model_tables]),
        )
        writer.header(header)
        for table in model_tables:
            writer.table(table)
            with copying(connection, _copy_out(table)) as rows:
                for piece in rows:
                    writer.piece(piece)
                    progress(table.name, len(piece))
            writer.end()
    return header


def _copy_out(table: Table) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    return sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table.name), names)
