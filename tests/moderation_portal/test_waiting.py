"""Waits that end, with a real server that is really stopped."""

import os
import select
import selectors
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from moderation_portal.postgres import Server, limits
from moderation_portal.postgres.base import DatabaseWrapper
from moderation_portal.postgres.monitor import Monitor
from moderation_portal.postgres.waiting import bound_waits


@pytest.fixture
def server():
    folder = Path(tempfile.mkdtemp(prefix="portal-wait-"))
    server = Server(folder)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


def open_bounded(server: Server, chosen: limits.Limits) -> psycopg.Connection:
    """A connection as Django's backend makes them."""
    url = f"{server.url}?connect_timeout=2"
    monitor = Monitor(lambda: psycopg.connect(url).close())
    connection = psycopg.connect(url, autocommit=True)
    bound_waits(connection, chosen, monitor)
    return connection


def processes_of(server: Server) -> list[int]:
    pid = server.status().pid
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    return [pid, *map(int, children)]


def test_no_module_of_the_tests_bounds_what_they_wait_for():
    """Importing what a server of requests does: its limits are short for a machine that is slow."""
    assert limits.current() is limits.COMMAND


def test_a_stopped_server_ends_the_waiting(server):
    connection = open_bounded(server, limits.web(30))
    stopped = processes_of(server)
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    begun = time.monotonic()
    try:
        with pytest.raises(psycopg.OperationalError, match="no longer answers"):
            connection.execute("SELECT 1")
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    # Long before the statement's own limit.
    assert time.monotonic() - begun < 20
    assert connection.closed


def test_a_slow_statement_of_a_server_that_answers_may_take_its_time(server):
    with closing(open_bounded(server, limits.web(30))) as connection:
        assert connection.execute("SELECT pg_sleep(2.5), 42").fetchone()[1] == 42


def test_a_backend_that_is_stopped_alone_has_its_limit(server, monkeypatch):
    monkeypatch.setattr("moderation_portal.postgres.waiting._GRACE_SECONDS", 0)
    connection = open_bounded(server, limits.web(2))
    pid = connection.info.backend_pid
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(psycopg.OperationalError, match="silent for more than 2 seconds"):
            connection.execute("SELECT 1")
    finally:
        os.kill(pid, signal.SIGCONT)
        connection.close()


def test_the_monitor_asks_once_for_all_who_wait():
    hold, asked = threading.Event(), []

    def probe():
        asked.append(1)
        hold.wait(60)
        raise psycopg.OperationalError("away")

    monitor = Monitor(probe)
    threads = [threading.Thread(target=monitor.wait, args=(60,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    while not asked:
        time.sleep(0.01)
    assert len(asked) == 1
    hold.set()
    for thread in threads:
        thread.join()
    assert str(monitor.error()) == "away"
    assert len(asked) <= 2


def closed_by_the_server(wrapper):
    """Whether the server's goodbye has arrived; it is on its way for a moment."""
    for _ in range(1000):
        if select.select([wrapper.connection.pgconn.socket], [], [], 0.01)[0]:
            return True
    return False


# The second is what Windows has.
@pytest.mark.parametrize("kind", [selectors.PollSelector, selectors.SelectSelector])
def test_a_connection_is_known_to_be_closed_without_a_statement(db, monkeypatch, kind):
    monkeypatch.setattr("moderation_portal.postgres.base._Selector", kind)
    wrapper = connection.copy()
    wrapper.ensure_connection()
    asked = []
    usable = DatabaseWrapper.__base__.is_usable
    monkeypatch.setattr(
        DatabaseWrapper.__base__, "is_usable", lambda own: asked.append(own) or usable(own)
    )
    assert wrapper.is_usable()
    assert not asked
    with connection.cursor() as cursor:
        pid = wrapper.connection.info.backend_pid
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    assert closed_by_the_server(wrapper)
    assert not wrapper.is_usable()
    assert asked == [wrapper]
    wrapper.close()
    assert not wrapper.is_usable()
