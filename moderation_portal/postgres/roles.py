"""The roles and the database of the embedded server: the portal's own role is no superuser."""

import psycopg
from psycopg import sql

DATABASE = "portal"
USER = "portal"
SUPERUSER = "postgres"
# Of the cluster: needs none of the system, and sorts the same everywhere.
LOCALE = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")

# Hands what the portal made over to its own role, kind by kind; what belongs to a table goes
# along with it.
_HAND_OVER = """
DO $$
DECLARE command text;
BEGIN
  FOR command IN
    SELECT format('ALTER TABLE %s OWNER TO portal', oid::regclass) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
    UNION ALL
    SELECT format('ALTER ROUTINE %s OWNER TO portal', oid::regprocedure) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
  LOOP
    EXECUTE command;
  END LOOP;
END $$
"""


def prepare(sockets: str) -> None:
    """Create the portal's role and database where they are missing."""
    try:
        connection = _connect(sockets, SUPERUSER, "postgres")
    except psycopg.OperationalError as error:
        if f'role "{SUPERUSER}" does not exist' not in str(error):
            raise
        _separate(sockets)
        connection = _connect(sockets, SUPERUSER, "postgres")
    with connection:
        role = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [USER])
        if role.fetchone() is None:
            _create_role(connection)
        database_row = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
        if database_row.fetchone() is None:
            owned = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(owned.format(sql.Identifier(DATABASE), sql.Identifier(USER)))


def drop_slot(sockets: str, name: str) -> None:
    """Drop a replication slot that nobody uses, if there is one."""
    with _connect(sockets, SUPERUSER, "postgres") as connection:
        connection.execute(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
            " WHERE slot_name = %s AND NOT active",
            [name],
        )


def is_streaming(sockets: str) -> bool:
    """Whether a standby is connected with its primary, which sends what it writes."""
    with _connect(sockets, SUPERUSER, "postgres") as connection:
        receiver = connection.execute(
            "SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming'"
        ).fetchone()
    return receiver is not None


def _connect(sockets: str, user: str, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host=sockets, port=5432, user=user, dbname=database, autocommit=True, connect_timeout=10
    )


def _create_role(connection: psycopg.Connection) -> None:
    # The tests make a database of their own.
    connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(USER)))


def _separate(sockets: str) -> None:
    """Make two roles of the one that the first versions had, a superuser named like the portal.

    A role cannot rename itself, so a third one does it; all or nothing.
    """
    helper = sql.Identifier("portal_separation")
    with _connect(sockets, USER, "postgres") as connection:
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(helper))
        connection.execute(sql.SQL("CREATE ROLE {} SUPERUSER LOGIN").format(helper))
        databases = connection.execute(
            "SELECT datname FROM pg_database WHERE datname = %s", [DATABASE]
        ).fetchall()
    database = DATABASE if databases else "postgres"
    with (
        _connect(sockets, "portal_separation", database) as connection,
        connection.transaction(),
    ):
        connection.execute(
            sql.SQL("ALTER ROLE {} RENAME TO {}").format(
                sql.Identifier(USER), sql.Identifier(SUPERUSER)
            )
        )
        _create_role(connection)
        if databases:
            connection.execute(
                sql.SQL("ALTER DATABASE {} OWNER TO {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(USER)
                )
            )
            connection.execute(_HAND_OVER)
    with _connect(sockets, SUPERUSER, "postgres") as connection:
        connection.execute(sql.SQL("DROP ROLE {}").format(helper))
