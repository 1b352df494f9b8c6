"""Waiting in a test until others wait for a lock in the database."""

import time

from django.db import connection

# Tests of other processes share the server, each with a database of its own.
_BLOCKED = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
      AND wait_event_type = 'Lock'
"""


def wait_until_blocked(number: int = 1) -> None:
    """Until so many connections to this test's database wait for a lock that another holds."""
    until = time.monotonic() + 60
    while _blocked() != number:
        assert time.monotonic() < until, f"{_blocked()} wait for a lock, not {number}"
        time.sleep(0.01)


def _blocked() -> int:
    with connection.cursor() as cursor:
        # Within a transaction the server tells the same again.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        return cursor.execute(_BLOCKED).fetchone()[0]
