"""Batches stored in order, each in a transaction of its own, by two connections.

While one names what it wrote of a batch and commits it, the other begins the next. The turns of
the writers are those of ``write_lock``: all that others could meet is written in a batch's turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from threading import Event
from time import sleep
from types import TracebackType
from typing import Self

import psycopg
from django.db import DEFAULT_DB_ALIAS, IntegrityError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from analytics.imports.sessions.batch import BatchOutcome, Entry, store_batch
from analytics.imports.sessions.begun import NOTHING, Coming, Outdated, begin, complete, plan_new
from analytics.summaries.writing import unmarked_writes, write_lock
from moderation_portal.advisory_locks import AdvisoryLock, take_turn

# A batch fails without its fault when another program stores the same session or locks rows in
# another order at that very moment, or when the server is started again.
_ATTEMPTS = 4
_PAUSE_SECONDS = 1.0
_CONNECTIONS = 2
# How long a batch that was begun waits for the one before it with an open transaction. Others may
# wait for its tables, and PostgreSQL does not see what it waits for itself.
_PATIENCE_SECONDS = 10.0
# How often a connection is told to stop whatever it does.
_STOP_SECONDS = 0.2


def store_in_turn(batch: Sequence[Entry], stopping: Event | None = None) -> BatchOutcome:
    """Store a batch in a transaction of its own; try again when another program interfered."""
    attempts = 1 if connection.in_atomic_block else _ATTEMPTS
    while True:
        attempts -= 1
        try:
            with write_lock(bulk=True):
                return store_batch(batch)
        except (IntegrityError, OperationalError) as error:
            if not attempts or (stopping and stopping.is_set()):
                raise
            if isinstance(error, OperationalError):
                sleep(_PAUSE_SECONDS)


def store_each(batches: Iterable[Sequence[Entry]]) -> Iterator[BatchOutcome]:
    """Store batches in order, each in a transaction of its own; yield their outcomes.

    When reading fails, those that were read before are stored. Ctrl-C leaves whole batches.
    """
    if connection.in_atomic_block:
        # Another connection would not see what this one has written.
        yield from map(store_in_turn, batches)
        return
    with _Writers() as writers:
        under_way: list[_Turn] = []
        try:
            for batch in batches:
                if len(under_way) == _CONNECTIONS:
                    yield under_way.pop(0).outcome()
                under_way.append(writers.start(batch))
        except Exception:
            while under_way:
                yield under_way.pop(0).outcome()
            raise
        while under_way:
            yield under_way.pop(0).outcome()


class _Turn:
    """A batch on its way into the database, after the one before it."""

    def __init__(self, batch: Sequence[Entry], before: _Turn | None, stopping: Event) -> None:
        self._batch = batch
        self._before = before
        self._stopping = stopping
        # What it adds; None where it begins in its turn.
        self._coming: Future[Coming | None] = Future()
        self._is_as_begun = False
        self._outcome: Future[BatchOutcome]

    def start(self, thread: ThreadPoolExecutor) -> None:
        """Store the batch in a thread."""
        self._outcome = thread.submit(self._store)

    def outcome(self) -> BatchOutcome:
        """Wait until the batch is stored. Raises what storing it raised."""
        return self._outcome.result()

    def is_stored_as_begun(self) -> bool:
        """Wait until the batch is stored, but not for long; whether it was as it was begun."""
        return bool(wait([self._outcome], _PATIENCE_SECONDS).done) and self._is_as_begun

    def _store(self) -> BatchOutcome:
        before = self._before
        try:
            outcome = self._store_overlapping(before)
            self._is_as_begun = outcome is not None
        except (Outdated, IntegrityError, OperationalError):
            if self._stopping.is_set():
                raise
            outcome = None
        finally:
            if not self._coming.done():
                self._coming.set_result(None)
        if before:
            before.outcome()
        self._before = None
        return outcome or store_in_turn(self._batch, self._stopping)

    def _store_overlapping(self, before: _Turn | None) -> BatchOutcome | None:
        """Store the batch, begun before its turn; None where that cannot be."""
        coming = before._coming.result() if before else NOTHING
        if coming is None:
            return None
        with unmarked_writes():
            planned = plan_new(self._batch, coming)
            if planned is None:
                return None
            self._coming.set_result(planned.coming)
            days = begin(planned)
            if before and not before.is_stored_as_begun():
                raise Outdated
            take_turn(AdvisoryLock.WRITERS, bulk=True)
            return complete(self._batch, planned, days)


def _open_connection() -> BaseDatabaseWrapper:
    """The connection of this thread, open."""
    mine = connections[DEFAULT_DB_ALIAS]
    mine.ensure_connection()
    return mine


class _Writers:
    """Threads with a connection each, which store batches by turns: one where there is no other."""

    def __enter__(self) -> Self:
        self._stopping = Event()
        self._last: _Turn | None = None
        self._threads: list[ThreadPoolExecutor] = []
        self._connections: list[BaseDatabaseWrapper] = []
        # There may be one connection only, and the threads need theirs more.
        connection.close()
        for _ in range(_CONNECTIONS):
            thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
            try:
                self._connections.append(thread.submit(_open_connection).result())
            except OperationalError:
                thread.shutdown()
                if not self._threads:
                    raise
                break
            self._threads.append(thread)
        return self

    def start(self, batch: Sequence[Entry]) -> _Turn:
        """Begin to store a batch, after the last one that was begun."""
        turn = _Turn(batch, self._last, self._stopping)
        turn.start(self._threads[0])
        self._threads.reverse()
        self._last = turn
        return turn

    def __exit__(
        self, kind: type[BaseException] | None, _error: object, _traceback: TracebackType | None
    ) -> None:
        """Close the connections; at once, where this is Ctrl-C, as soon as can be otherwise."""
        ends = [thread.submit(connections.close_all) for thread in self._threads]
        if kind is not None and not issubclass(kind, Exception):
            self._stop(ends)
        for thread in self._threads:
            thread.shutdown()

    def _stop(self, ends: Sequence[Future[None]]) -> None:
        self._stopping.set()
        is_at_work = True
        while is_at_work:
            # Ctrl-C again changes nothing: threads that are left alone would go on.
            with suppress(KeyboardInterrupt):
                is_at_work = bool(wait(ends, _STOP_SECONDS).not_done)
                if is_at_work:
                    self._stop_statements()

    def _stop_statements(self) -> None:
        for each in self._connections:
            if (raw := each.connection) is not None:
                with suppress(psycopg.Error):
                    raw.cancel_safe(timeout=_STOP_SECONDS)
