"""Whether a PostgreSQL server answers, found out once for all threads of a process."""

import threading
import time
from collections.abc import Callable

import psycopg

_PAUSE_SECONDS = 1.0
# How long the thread goes on asking a server that is away after nobody wanted to know any more.
_INTEREST_SECONDS = 5.0


class Monitor:
    """Asks, in one thread, and only while somebody waits for the server or it is away."""

    def __init__(self, probe: Callable[[], object]) -> None:
        """``probe`` raises ``OperationalError`` when there is no answer in a few seconds."""
        self._probe = probe
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._wanted = 0.0
        self._begun = 0.0
        self._error: psycopg.OperationalError | None = None
        self._failed_since: list[float] = []

    def error(self) -> psycopg.OperationalError | None:
        """Why the server is away, as far as known; the asking goes on then."""
        with self._changed:
            self._wanted = time.monotonic()
            return self._error if self._thread else None

    def ask(self) -> None:
        """Have the server asked, unless it just was; returns at once."""
        with self._changed:
            self._wanted = time.monotonic()
            if self._wanted - self._begun > _PAUSE_SECONDS:
                self._run()

    def report(self, error: psycopg.OperationalError) -> None:
        """Take it that the server is away, as a caller has just found out."""
        with self._changed:
            self._wanted = time.monotonic()
            self._error = error
            self._run()

    def wait(self, seconds: float) -> psycopg.OperationalError | None:
        """Wait for an answer to a question that is asked from now on; None when there was one."""
        asked_at = time.monotonic()
        with self._changed:
            self._wanted = asked_at
            self._run()
            if self._changed.wait_for(lambda: self._begun >= asked_at, seconds):
                return self._error
        return psycopg.OperationalError("PostgreSQL is not there yet.")

    def failures(self, since: float) -> int:
        """How many questions in a row, all asked after that moment, went without an answer."""
        with self._changed:
            return sum(begun >= since for begun in self._failed_since)

    def _run(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="database", daemon=True)
            self._thread.start()

    def _watch(self) -> None:
        while True:
            begun = time.monotonic()
            error = None
            try:
                self._probe()
            except psycopg.OperationalError as failure:
                error = failure
            with self._changed:
                self._begun, self._error = begun, error
                # More in a row than anybody counts need not be kept.
                self._failed_since = [*self._failed_since[-9:], begun] if error else []
                self._changed.notify_all()
                needless = self._wanted < begun if error is None else self._is_forgotten()
                if needless:
                    self._thread = None
                    return
            time.sleep(_PAUSE_SECONDS if error else 0)

    def _is_forgotten(self) -> bool:
        return self._wanted < time.monotonic() - _INTEREST_SECONDS
