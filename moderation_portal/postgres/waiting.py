"""Waiting for an answer of PostgreSQL, and no longer than the limits say."""

import time
from collections.abc import Callable, Generator
from typing import Any, TypeVar

import psycopg
from psycopg.waiting import Ready

from moderation_portal.postgres.limits import Limits
from moderation_portal.postgres.monitor import Monitor

# How much longer than the server, which tells the reason, the client waits.
_GRACE_SECONDS = 5

RV = TypeVar("RV")
Steps = Generator[Any, Any, RV]


def bound_waits(connection: psycopg.Connection, limits: Limits, monitor: Monitor) -> None:
    """Let no wait of the connection outlast a server that no longer answers.

    psycopg waits for each step of the protocol in ``Connection.wait``; Django offers no place to
    name another class of connections, so that the method is replaced on this one.
    """
    wait: Callable[..., Any] = connection.wait

    def bounded(steps: Steps[RV], *args: Any, **options: Any) -> RV:
        result: RV = wait(_watched(steps, connection, limits, monitor), *args, **options)
        return result

    setattr(connection, wait.__name__, bounded)


def _watched(
    steps: Steps[RV], connection: psycopg.Connection, limits: Limits, monitor: Monitor
) -> Generator[Any, Any, RV]:
    """Pass the steps through; psycopg resumes with ``Ready.NONE`` ten times a second."""
    silent_since = time.monotonic()
    try:
        event = next(steps)
        while True:
            ready = yield event
            if ready != Ready.NONE:
                silent_since = time.monotonic()
            elif error := _overdue(silent_since, limits, monitor):
                # Nothing more can be said on it: whoever holds it finds it closed.
                connection.pgconn.finish()
                raise error
            event = steps.send(ready)
    except StopIteration as done:
        result: RV = done.value
        return result


def _overdue(since: float, limits: Limits, monitor: Monitor) -> psycopg.OperationalError | None:
    """Why not to wait any longer, if so."""
    silent = time.monotonic() - since
    if silent < limits.silence_seconds:
        return None
    monitor.ask()
    if monitor.failures(since) >= limits.attempts:
        return psycopg.OperationalError("PostgreSQL no longer answers.")
    limit = limits.statement_seconds
    if limit is not None and silent > limit + _GRACE_SECONDS:
        return psycopg.OperationalError(f"PostgreSQL was silent for more than {limit} seconds.")
    return None
