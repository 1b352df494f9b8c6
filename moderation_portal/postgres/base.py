"""Django's PostgreSQL backend, which waits for no server for ever, and starts the embedded one.

A command, the test run, the development server and every worker of a production server meet the
database in one place, ``get_new_connection``; so does the first request after a crash of the
server. Django finds this module by its name (``ENGINE``).
"""

import selectors
import threading
from pathlib import Path
from typing import Any

import psycopg
from django.db.backends.postgresql import base, features
from django.db.backends.utils import CursorWrapper
from django.db.utils import DatabaseErrorWrapper
from django.utils.functional import cached_property

from moderation_portal.postgres import hosts, limits
from moderation_portal.postgres.errors import ConnectionLost, ReadOnlyServer, UnsuitableError
from moderation_portal.postgres.monitor import Monitor
from moderation_portal.postgres.requirements import OLDEST_MAJOR, unmet
from moderation_portal.postgres.server import Server
from moderation_portal.postgres.validation import DatabaseValidation
from moderation_portal.postgres.waiting import bound_waits

# One that needs no descriptor of its own and takes those above 1023; Windows has none of that kind.
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)
# What Django adds for the driver, and a plain connection has no use for.
_DRIVER_OPTIONS = ("cursor_factory", "context", "prepare_threshold")

_monitors: dict[str, Monitor] = {}
_monitors_lock = threading.Lock()


class DatabaseFeatures(features.DatabaseFeatures):
    """What the portal needs of a server."""

    minimum_database_version = (OLDEST_MAJOR,)


class ErrorWrapper(DatabaseErrorWrapper):
    """Turns psycopg's errors into Django's, or into the two of ``errors.py`` that are operational.

    A lost connection has many classes at psycopg: an end of a transaction that nobody used is
    internal. So is a change where none is taken, which a read-only transaction refuses, too.
    """

    wrapper: "DatabaseWrapper"

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        """Raise Django's error for one of psycopg's."""
        if isinstance(error, psycopg.Error) and self.wrapper.is_lost:
            self.wrapper.errors_occurred = True
            raise ConnectionLost(*error.args).with_traceback(traceback) from error
        if isinstance(error, psycopg.errors.ReadOnlySqlTransaction) and self.wrapper.is_read_only:
            raise ReadOnlyServer(*error.args).with_traceback(traceback) from error
        super().__exit__(kind, error, traceback)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to the portal's database."""

    features_class = DatabaseFeatures
    validation_class = DatabaseValidation

    def get_connection_params(self) -> dict[str, Any]:
        """Add the limits that hold in this process."""
        parameters: dict[str, Any] = super().get_connection_params()
        parameters.setdefault("connect_timeout", limits.CONNECT_SECONDS)
        # PgBouncer refuses a connection with options; docs/operating.md has the role carry them.
        if not self.settings_dict.get("POOLED"):
            options = [*_server_limits(limits.current()), parameters.get("options", "")]
            parameters["options"] = " ".join(filter(None, options))
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; when nothing listens, start the embedded server and connect again."""
        monitor = self._monitor(conn_params)
        current = limits.current()
        if current.refuses_at_once and (away := monitor.error()):
            raise away.with_traceback(None)
        try:
            connection = self._connect_to_a_host(conn_params)
        except psycopg.errors.ConnectionTimeout as error:
            monitor.report(error)
            raise
        except psycopg.OperationalError:
            # Wrong passwords and names end here too: the server answers, and says it again.
            if away := monitor.wait(current.start_seconds):
                raise away.with_traceback(None) from None
            connection = self._connect_to_a_host(conn_params)
        # Of several hosts another one may answer, which says nothing of this connection's.
        own = self._monitor(hosts.host_of(conn_params, connection))
        bound_waits(connection, current, own)
        # Without a name Django means "postgres", only to create another.
        if self.settings_dict["NAME"] and (reasons := unmet(connection)):
            connection.close()
            raise UnsuitableError(reasons)
        return connection

    def _connect_to_a_host(self, parameters: dict[str, Any]) -> Any:
        connection = super().get_new_connection(hosts.last_answered_first(parameters))
        hosts.remember(parameters, connection)
        return connection

    @cached_property
    def wrap_database_errors(self) -> DatabaseErrorWrapper:
        """What turns psycopg's errors into Django's."""
        return ErrorWrapper(self)

    @property
    def is_lost(self) -> bool:
        """Whether there was a connection that can no longer be used."""
        return self.connection is not None and self.connection.closed

    @property
    def is_read_only(self) -> bool:
        """Whether the server takes no changes; PgBouncer does not say, and is believed not to."""
        said = self.connection.info.parameter_status
        return (said("in_hot_standby"), said("default_transaction_read_only")) != ("off", "off")

    def validate_no_broken_transaction(self) -> None:
        """Raise when nothing more can be said in this transaction, and why."""
        if self.needs_rollback and self.is_lost:
            # Something that goes on after errors of a statement went on after this.
            raise ConnectionLost("The connection is lost.")
        super().validate_no_broken_transaction()

    def is_usable(self) -> bool:
        """Whether the server still holds the connection.

        Django asks once a request, and waits for an answer. A server that closed the connection has
        said so, and what it said waits to be read: where nothing does, it is not asked. A server
        that is gone without a word is noticed by the first statement (``waiting``).
        """
        if self.connection is None or self.is_lost:
            return False
        with _Selector() as said:
            said.register(self.connection.pgconn.socket, selectors.EVENT_READ)
            return super().is_usable() if said.select(0) else True

    def chunked_cursor(self) -> CursorWrapper:
        """A cursor of the server; behind PgBouncer only where it lives, inside a transaction."""
        if self.settings_dict.get("POOLED") and not self.in_atomic_block:
            return self.cursor()
        cursor: CursorWrapper = super().chunked_cursor()
        # To close it is a statement, which Django's wrapper does not know.
        close = self.wrap_database_errors(cursor.cursor.close)
        cursor.close = close  # type: ignore[attr-defined]  # looked up in the cursor otherwise
        return cursor

    def _monitor(self, parameters: dict[str, Any]) -> Monitor:
        """The one of this server and database, shared by all threads."""
        plain = {key: value for key, value in parameters.items() if key not in _DRIVER_OPTIONS}
        plain["connect_timeout"] = limits.CONNECT_SECONDS
        folder = self.settings_dict.get("PORTAL_DATA_DIR")
        server = Server(Path(folder)) if folder else None
        key = "|".join(str(plain.get(name)) for name in ("host", "port", "dbname", "user"))
        with _monitors_lock:
            if key not in _monitors:
                _monitors[key] = Monitor(lambda: _probe(plain, server))
            return _monitors[key]


def _probe(parameters: dict[str, Any], server: Server | None) -> None:
    """Raise when the server does not answer; start the embedded one where nothing listens."""
    try:
        psycopg.connect(**hosts.last_answered_first(parameters)).close()
    except psycopg.errors.ConnectionTimeout:
        raise
    except psycopg.OperationalError as error:
        if server is not None:
            server.ensure()
        elif "FATAL:" not in str(error):
            # A server that says why not is there all the same.
            raise


def _server_limits(current: limits.Limits) -> list[str]:
    """As options of a connection; milliseconds."""
    seconds = {
        "statement_timeout": current.statement_seconds,
        "idle_in_transaction_session_timeout": current.idle_transaction_seconds,
    }
    return [f"-c {name}={value * 1000}" for name, value in seconds.items() if value]
