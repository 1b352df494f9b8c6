"""A file of a backup into a database that holds nothing yet."""

from pathlib import Path

import psycopg
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from moderation_portal.backups import files, tables
from moderation_portal.backups.backup import Progress
from moderation_portal.backups.files import BackupError, Header, Reader, Table
from moderation_portal.postgres.copying import copying

# Filled by the migrations themselves; everything else is empty in a database merely migrated.
FILLED_BY_MIGRATE = frozenset(
    {
        tables.MIGRATIONS,
        "analytics_datachange",
        "analytics_summarystate",
        "analytics_target",
        "auth_permission",
        "django_content_type",
    }
)


def restore(connection: BaseDatabaseWrapper, path: Path, *, progress: Progress) -> Header:
    """Fill the database, all or nothing; it is migrated as far as the backup afterwards."""
    with files.read(path) as reader:
        header = reader.header()
        create_database(connection)
        _refuse_data(connection)
        _migrate_as_far(connection, header)
        try:
            with transaction.atomic(using=connection.alias):
                _load(connection, reader, header, progress)
        except DatabaseError as error:
            reason = str(error).partition("\n")[0]
            raise BackupError(f"The database refuses the backup: {reason}") from error
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return header


def create_database(connection: BaseDatabaseWrapper) -> None:
    """Create the database that the settings name, where the server has none of that name."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        if "does not exist" not in str(error):
            raise
        name = sql.Identifier(connection.settings_dict["NAME"])
        create = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(name)
        parameters = connection.get_connection_params()
        plain = {"host", "port", "user", "password", "connect_timeout", "sslmode"}
        options = {key: value for key, value in parameters.items() if key in plain}
        with psycopg.connect(**options, dbname="postgres", autocommit=True) as server:
            server.execute(create)


def _refuse_data(connection: BaseDatabaseWrapper) -> None:
    names = {table.name for table in tables.tables(connection)} - FILLED_BY_MIGRATE
    for name in sorted(names):
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(name)))
            if cursor.fetchone()[0]:
                raise BackupError(
                    f"The database is not empty: there are rows in {name}. Restore into a new one."
                )


def _migrate_as_far(connection: BaseDatabaseWrapper, header: Header) -> None:
    """Make the tables as they were when the backup was made."""
    migrations = {(app, name) for app, name in header.migrations}
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    if unknown := migrations - set(graph.nodes):
        app, name = min(unknown)
        raise BackupError(
            f"The backup is of a newer version of the portal: {app}.{name} is not known here."
        )
    applied = set(MigrationRecorder(connection).applied_migrations())
    if further := applied - migrations:
        app, name = min(further)
        raise BackupError(
            f"The database is migrated further than the backup ({app}.{name}). Restore into one "
            "that is not migrated; the restore does it."
        )
    followed = {parent.key for node in migrations for parent in graph.node_map[node].parents}
    executor.migrate(sorted(migrations - followed))


def _load(
    connection: BaseDatabaseWrapper, reader: Reader, header: Header, progress: Progress
) -> None:
    names = [table.name for table in tables.tables(connection)]
    if missing := set(header.counts) - set(names):
        raise BackupError(f"There is no table {min(missing)} in the database.")
    tables.switch_triggers(connection, names, on=False)
    with connection.cursor() as cursor:
        every = sql.SQL(", ").join(map(sql.Identifier, names))
        cursor.execute(sql.SQL("TRUNCATE {}").format(every))
    for table in reader.tables():
        with copying(connection, _copy_in(table)) as rows:
            for piece in reader.pieces():
                rows.write(piece)
                progress(table.name, len(piece))
    with connection.cursor() as cursor:
        # Foreign keys wait for the end; a table with checks to come cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    tables.switch_triggers(connection, names, on=True)
    tables.set_sequences(connection)
    if tables.counts(connection, list(header.counts)) != header.counts:
        raise BackupError("The rows are not as many as the backup says it holds.")


def _copy_in(table: Table) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
