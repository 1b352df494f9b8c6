"""The databases that are measured: on the portal's own server, apart from its data.

A database of a size is made once and kept, as making the largest takes many minutes;
``--drop`` removes them all.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

PREFIX = "portal_bench"


def name_of(purpose: str) -> str:
    """The name of the database that holds ``purpose``."""
    return f"{PREFIX}_{purpose}"


def server() -> dict[str, str]:
    """How to reach the portal's server, without the database's name."""
    connection.ensure_connection()
    values = connection.settings_dict
    options = {"host": values["HOST"], "port": values["PORT"], "user": values["USER"]}
    if values.get("PASSWORD"):
        options["password"] = values["PASSWORD"]
    return {name: str(value) for name, value in options.items() if value}


def conninfo(database: str) -> str:
    """How psycopg reaches a database."""
    return make_conninfo("", **server(), dbname=database)


def url_of(database: str) -> str:
    """The DATABASE_URL by which another process reaches a database."""
    values = server()
    login = quote(values.get("user", ""), safe="")
    if "password" in values:
        login += ":" + quote(values["password"], safe="")
    host = quote(values.get("host", ""), safe="")
    port = f":{values['port']}" if "port" in values else ""
    return f"postgres://{login}@{host}{port}/{database}"


@contextmanager
def maintenance() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Connect to the server apart from Django, to create and drop databases."""
    with psycopg.connect(conninfo("postgres"), autocommit=True) as plain:
        yield plain


def exists(database: str) -> bool:
    """Whether the server has a database."""
    with maintenance() as plain:
        row = plain.execute("SELECT FROM pg_database WHERE datname = %s", [database])
        return row.fetchone() is not None


def create(database: str) -> None:
    """Create a database with the portal's tables; one of that name is dropped first."""
    drop(database)
    with maintenance() as plain:
        plain.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    migrate(database)


def migrate(database: str) -> None:
    """Bring a database's tables up to date."""
    with using(database):
        call_command("migrate", verbosity=0, interactive=False)


def drop(database: str) -> None:
    """Drop a database if it is there, after ending what the portal's role has open in it.

    Not WITH (FORCE): that needs a superuser while autovacuum works in the database, which a
    plain DROP DATABASE sends away and waits for.
    """
    assert database.startswith(PREFIX), "only what the benchmarks made"
    with maintenance() as plain:
        plain.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = current_user",
            [database],
        )
        plain.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(database)))


def drop_all() -> list[str]:
    """Drop everything that the benchmarks made; return the names."""
    with maintenance() as plain:
        rows = plain.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1", [PREFIX]
        )
        names = [str(row[0]) for row in rows]
    for database in names:
        drop(database)
    shutil.rmtree(folder())
    return names


def rename(database: str, to: str) -> None:
    """Rename a database that nobody is connected to."""
    with maintenance() as plain:
        statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        plain.execute(statement.format(sql.Identifier(database), sql.Identifier(to)))


@contextmanager
def using(database: str) -> Iterator[None]:
    """Let Django's connection lead to another database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def folder() -> Path:
    """The folder for the files of the benchmarks: beside the portal's own data."""
    path = Path(os.environ.get("BENCH_DIR") or settings.PORTAL_DATA_DIR / "benchmarks")
    path.mkdir(parents=True, exist_ok=True)
    return path
