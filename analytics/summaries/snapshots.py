"""Snapshots: everything that is shown together is computed from one state of the database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar

from django.conf import settings
from django.db import (
    DEFAULT_DB_ALIAS,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)

from analytics.reads import note_unmarked_read
from analytics.summaries.selection import (
    RollupSelection,
    SummaryStatus,
    load_status,
    select_rollups,
)
from analytics.summaries.standbys import (
    reading_connection,
    reading_from,
    standbys_in_random_order,
)
from analytics.summaries.version import DataVersion, data_version

Loaded = TypeVar("Loaded")


def database_name() -> str:
    """Which database it is, as part of cache keys; a standby's data are the primary's."""
    return "{HOST}:{PORT}/{NAME}".format_map(connection.settings_dict)


class SnapshotState:
    """The database as a snapshot sees it; everything is loaded once.

    ``is_repeatable``: no query sees what others commit meanwhile.
    """

    def __init__(self, *, is_repeatable: bool = True) -> None:
        self.is_repeatable = is_repeatable
        self._cache: dict[object, Any] = {}
        self._latest: dict[str, tuple[object, Any]] = {}

    @cached_property
    def database(self) -> str:
        """``database_name``."""
        return database_name()

    @cached_property
    def last_change(self) -> DataVersion:
        """The version of the data, and when they last changed."""
        return data_version()

    @property
    def version(self) -> str:
        """The version of the data, which results hold for."""
        return self.last_change.data

    @property
    def answer_version(self) -> str:
        """The version of everything that answers show: the data, and what people add to them."""
        return self.last_change.everything

    @property
    def changed_at(self) -> datetime | None:
        """When the data last changed."""
        return self.last_change.changed_at

    @cached_property
    def status(self) -> SummaryStatus:
        """Which summaries may be used. Not part of the version: a refresh changes no data."""
        status = load_status()
        if status.time_zone_changed:
            # The views over the raw rows cut the days by this from now on.
            set_time_zone(settings.TIME_ZONE)
        return status

    @property
    def time_zone_changed(self) -> bool:
        """Whether the snapshot has set the time zone by which the raw rows' days are cut."""
        return "status" in self.__dict__ and self.status.time_zone_changed

    def select_rollups(self, start: date | None, end: date | None) -> RollupSelection:
        """The roll-ups that make up a range of days."""
        status = self.status
        if status.time_zone_changed:
            return RollupSelection()
        return self.cached(
            ("rollups", start, end),
            lambda: select_rollups(start, end, status),
        )

    def cached(self, key: object, load: Callable[[], Loaded]) -> Loaded:
        """``load()``, called only the first time for a ``key``."""
        if key not in self._cache:
            self._cache[key] = load()
        found: Loaded = self._cache[key]
        return found

    def latest(self, kind: str, key: object, load: Callable[[], Loaded]) -> Loaded:
        """As ``cached``, of what is large: only the one of a ``kind`` that was asked for last."""
        if kind not in self._latest or self._latest[kind][0] != key:
            # What was kept goes before the next is there.
            self._latest.pop(kind, None)
            self._latest[kind] = key, load()
        found: Loaded = self._latest[kind][1]
        return found


def set_time_zone(name: str) -> None:
    """Cut the days of the raw rows by a zone until the transaction ends; "": by the summaries'."""
    with reading_connection().cursor() as cursor:
        # Settings of a session are PostgreSQL's own: the ORM has no words for them.
        cursor.execute("SELECT set_config('portal.time_zone', %s, true)", [name])


_current: ContextVar[SnapshotState | None] = ContextVar("state", default=None)


def current_state() -> SnapshotState:
    """The state of the open snapshot. Raises ``RuntimeError`` outside of one."""
    # What is looked up there is read once, and may have been read by somebody else before.
    note_unmarked_read()
    state = _current.get()
    if state is None:
        raise RuntimeError("summaries are read inside a snapshot")
    return state


@contextmanager
def repeatable_read() -> Iterator[None]:
    """Read everything inside as of the first query: a REPEATABLE READ, read-only transaction.

    Inside another transaction nothing new begins. Streams use it as it is: they are read on long
    after the function that began them has returned.
    """
    reading = reading_connection()
    outermost = not reading.in_atomic_block
    with transaction.atomic(using=reading.alias):
        if outermost:
            with reading.cursor() as cursor:
                # The ORM has no words for the isolation level.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def open_standby(state: SnapshotState, opened: ExitStack) -> bool:
    """Open a ``repeatable_read`` on a standby with the primary's version; False: there is none.

    The primary is asked after the standby's transaction has begun: an equal version then means
    that the transaction sees what the primary has committed. A standby that is away is passed
    over; one that is known to be away costs nothing.
    """
    for alias in standbys_in_random_order():
        with suppress(OperationalError, InterfaceError), ExitStack() as attempt:
            attempt.enter_context(reading_from(alias))
            attempt.enter_context(repeatable_read())
            version = data_version()
            with reading_from(DEFAULT_DB_ALIAS):
                newest = data_version()
            if version == newest:
                state.last_change = version
                opened.enter_context(attempt.pop_all())
                return True
    return False


@contextmanager
def savepoint() -> Iterator[None]:
    """Inside a snapshot: what fails inside is taken back, and nothing else of the snapshot."""
    try:
        with transaction.atomic(using=reading_connection().alias):
            yield
    except Exception:
        state = _current.get()
        if state is not None and state.time_zone_changed:
            # It may have been set inside, and have gone with the savepoint.
            with suppress(OperationalError, InterfaceError):
                set_time_zone(settings.TIME_ZONE)
        raise


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything inside in one ``repeatable_read``, with its ``current_state``.

    Inside another snapshot it is that one. Outside of all transactions it is read from a standby
    that is as current as the primary, where there is one.
    """
    if _current.get() is not None:
        yield
        return
    inside_another = connection.in_atomic_block
    state = SnapshotState(is_repeatable=not inside_another)
    token = _current.set(state)
    try:
        with ExitStack() as opened:
            if inside_another or not open_standby(state, opened):
                opened.enter_context(repeatable_read())
            yield
            if inside_another and state.time_zone_changed:
                set_time_zone("")
    finally:
        _current.reset(token)
