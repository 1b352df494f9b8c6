"""How long this process waits for PostgreSQL.

A server that was stopped, or whose machine is gone, runs none of its own timeouts, and a Unix
socket has none: so the client counts too.
"""

from dataclasses import dataclass

# The least that libpq and psycopg take.
CONNECT_SECONDS = 2


@dataclass(frozen=True)
class Limits:
    """What a process waits for at most."""

    #: One statement; the server cancels it then. None: as long as it takes.
    statement_seconds: int | None
    #: A lock that another transaction holds, where much may be stored at once: then a client is
    #: told to come again. None: as long as it takes.
    lock_seconds: float | None
    #: A connection inside a transaction that says nothing; the server ends it then.
    idle_transaction_seconds: int | None
    #: After so long without a word from the server it is asked whether it still answers...
    silence_seconds: float
    #: ...and after so many attempts in a row that it left without an answer the waiting ends.
    attempts: int
    #: How long to wait for a server that is being started.
    start_seconds: float
    #: Whether to refuse at once, without trying to connect, while the server is known to be away.
    refuses_at_once: bool


#: Commands may take their time, as long as the server is there.
COMMAND = Limits(
    statement_seconds=None,
    lock_seconds=None,
    idle_transaction_seconds=None,
    silence_seconds=20,
    attempts=3,
    start_seconds=90,
    refuses_at_once=False,
)

_current = COMMAND


def web(statement_seconds: int) -> Limits:
    """For a process with few threads, each of which somebody else needs soon."""
    return Limits(
        statement_seconds=statement_seconds,
        lock_seconds=1.5,
        idle_transaction_seconds=60,
        silence_seconds=0.5,
        attempts=1,
        start_seconds=3,
        refuses_at_once=True,
    )


def current() -> Limits:
    """What holds in this process."""
    return _current


def use(limits: Limits) -> None:
    """Let these hold in this process, for the connections that it opens from now on."""
    global _current  # one value a process, set once when it starts
    _current = limits
