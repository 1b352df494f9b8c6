"""What the portal needs of a PostgreSQL, whoever runs it."""

import psycopg

OLDEST_MAJOR = 15


def unmet(connection: psycopg.Connection) -> dict[str, str]:
    """Sentences by what is wrong, ``version`` or ``encoding``; costs no round trip."""
    reasons = {}
    major = connection.info.server_version // 10_000
    if major < OLDEST_MAJOR:
        reasons["version"] = (
            f"The database is PostgreSQL {major}: the portal needs {OLDEST_MAJOR} or later."
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        reasons["encoding"] = (
            f"The database {connection.info.dbname} is encoded in {encoding}: the portal needs "
            f"UTF8. Create one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0."
        )
    return reasons
