"""Advisory locks of the database, by which requests and commands take turns.

They are PostgreSQL's own, and the ORM has no word for them. Each is held to the end of the
transaction that took it, so that they work behind PgBouncer too.
"""

from enum import IntEnum

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from moderation_portal.postgres import limits


class AdvisoryLock(IntEnum):
    """The locks by their numbers in the database: any numbers, each once."""

    #: Whoever writes sessions or their summaries.
    WRITERS = 5_470_221_916
    #: Whoever writes rows of the three tables of the report.
    ROWS = 5_470_221_917
    #: Whoever asks for a new password.
    PASSWORD_RESETS = 5_470_221_918
    #: ``manage.py migrate``.
    MIGRATE = 5_470_221_919
    #: ``manage.py demo``.
    DEMO = 5_470_221_920
    #: Writers of much take this one before WRITERS: only one of them at a time stands in the line
    #: for that, so that a short write waits for one of their turns however many they are.
    BULK_WRITERS = 5_470_221_921
    #: The same before ROWS.
    BULK_ROWS = 5_470_221_922


def acquire(lock: AdvisoryLock, using: BaseDatabaseWrapper | None = None) -> None:
    """Wait for the lock and hold it until the open transaction ends; by default on ``default``."""
    with (using or connection).cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock.value])


#: What writers of much take first.
BULK = {
    AdvisoryLock.WRITERS: AdvisoryLock.BULK_WRITERS,
    AdvisoryLock.ROWS: AdvisoryLock.BULK_ROWS,
}


def take_turn(lock: AdvisoryLock, *, bulk: bool) -> None:
    """Wait until no other writer is at work, and let the others wait for the open transaction.

    ``bulk`` is for who takes turn after turn: short writes go before the next, and wait no longer
    than their process may.
    """
    if bulk:
        acquire(BULK[lock])
    else:
        limit_waiting()
    acquire(lock)


def limit_waiting() -> None:
    """Let the open transaction wait for no lock longer than this process may.

    What waits longer ends with an OperationalError, caused by LockNotAvailable.
    """
    if (seconds := limits.current().lock_seconds) is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, true)", [f"{seconds * 1000:.0f}ms"]
            )


def acquire_named(name: str) -> None:
    """Wait for the lock of a text, of which there are any number, and hold it likewise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
