"""The tables of a database, as PostgreSQL describes them: the ORM has no words for that."""

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from moderation_portal.backups.files import Table

# What Django keeps of itself, and the header of a backup holds.
MIGRATIONS = "django_migrations"

# Ordered by name; generated columns follow from the others.
_TABLES = """
SELECT c.relname, array_agg(a.attname ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND c.relname <> %s
GROUP BY c.relname ORDER BY c.relname
"""

_SEQUENCES = """
SELECT c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
  AND NOT a.attisdropped AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL
"""


def tables(connection: BaseDatabaseWrapper) -> list[Table]:
    """All tables with rows of their own."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [MIGRATIONS])
        return [Table(name, columns) for name, columns in cursor.fetchall()]


def counts(connection: BaseDatabaseWrapper, names: list[str]) -> dict[str, int]:
    """Rows by table."""
    row_counts = {}
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name)))
            row_counts[name] = cursor.fetchone()[0]
    return row_counts


def set_sequences(connection: BaseDatabaseWrapper) -> None:
    """Let every sequence go on after the largest number in its table."""
    with connection.cursor() as cursor:
        cursor.execute(_SEQUENCES)
        for table, column, sequence in cursor.fetchall():
            cursor.execute(
                sql.SQL(
                    "SELECT setval(%s, coalesce(max({column}), 1), max({column}) IS NOT NULL)"
                    " FROM {table}"
                ).format(column=sql.Identifier(column), table=sql.Identifier(table)),
                [sequence],
            )


def switch_triggers(connection: BaseDatabaseWrapper, names: list[str], *, on: bool) -> None:
    """The portal's own triggers, which note changes; those of foreign keys stay."""
    action = sql.SQL("ENABLE" if on else "DISABLE")
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(
                sql.SQL("ALTER TABLE {} {} TRIGGER USER").format(sql.Identifier(name), action)
            )
