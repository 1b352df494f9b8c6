"""Addresses of several hosts: one that is silent is not asked again and again."""

import socket
import tempfile
from pathlib import Path

import pytest
from django.db import connection, connections

from moderation_portal.health import inspect
from moderation_portal.postgres import base, hosts
from moderation_portal.postgres.hosts import last_answered_first, remember


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch):
    monkeypatch.setattr(hosts, "_answered", {})


@pytest.fixture
def silent():
    """A host that takes connections and says nothing, as a frozen server does; counts them."""
    with (
        # Not tmp_path: paths of sockets must be short.
        tempfile.TemporaryDirectory(prefix="portal-host-") as folder,
        socket.socket(socket.AF_UNIX) as listening,
    ):
        listening.bind(str(Path(folder) / ".s.PGSQL.5432"))
        listening.listen()
        listening.setblocking(False)

        def count():
            taken = []
            while True:
                try:
                    taken.append(listening.accept()[0])
                except BlockingIOError:
                    break
            for each in taken:
                each.close()
            return len(taken)

        yield folder, count


def with_silent_host(folder, **settings):
    """A connection to the tests' database whose address names the silent host before it."""
    real = connection.connection.info
    several = connections["default"].copy()
    several.settings_dict |= {
        "HOST": f"{folder},{real.host}",
        "PORT": f"5432,{real.port}",
        "PORTAL_DATA_DIR": None,
        # The portal's own limits, and not those of the tests.
        "OPTIONS": {},
        **settings,
    }
    return several


def test_after_a_failover_the_silent_host_is_asked_once(db, silent):
    folder, count = silent
    several = with_silent_host(folder)
    for taken in (1, 0, 0):
        # What /readyz says, which has to answer before a silent host is given up.
        assert inspect(several) == {"database": "ok", "migrations": "ok"}
        several.close()
        assert count() == taken


def test_who_waits_asks_the_host_of_its_own_connection(db, silent, monkeypatch):
    folder, _count = silent
    real = connection.connection.info
    several = with_silent_host(folder, OPTIONS={"target_session_attrs": "read-write"})
    asked = []
    monkeypatch.setattr(base, "_monitors", {})
    monkeypatch.setattr(base, "bound_waits", lambda *args: asked.append(args[-1]))
    several.ensure_connection()
    probed = []
    monkeypatch.setattr(base, "_probe", lambda parameters, server: probed.append(parameters))
    asked[0].wait(5)
    several.close()
    assert [(each["host"], each["port"]) for each in probed] == [(real.host, str(real.port))]
    assert "target_session_attrs" not in probed[0]


class Answered:
    """A connection, as far as it tells its host."""

    def __init__(self, host, port):
        self.info = type("Info", (), {"host": host, "port": port})


@pytest.mark.parametrize(
    ("host", "port", "answered", "order"),
    [
        ("a,b,c", "1,2,3", ("c", 3), ("c,a,b", "3,1,2")),
        ("a,b,c", "1,2,3", ("a", 1), ("a,b,c", "1,2,3")),
        ("a,a", "1,2", ("a", 2), ("a,a", "2,1")),
        # One port is that of all, none PostgreSQL's own.
        ("a,b", "7", ("b", 7), ("b,a", "7,7")),
        ("a,b", None, ("b", 5432), ("b,a", "5432,5432")),
        ("a", "1", ("a", 1), ("a", "1")),
    ],
)
def test_the_host_that_answered_comes_first(host, port, answered, order):
    parameters = {"host": host, "port": port, "dbname": "portal"}
    assert last_answered_first(parameters) == parameters
    remember(parameters, Answered(*answered))
    ordered = last_answered_first(parameters)
    assert (ordered["host"], ordered["port"], ordered["dbname"]) == (*order, "portal")


def test_an_address_without_a_host_stays_as_it_is():
    parameters = {"dbname": "portal"}
    remember(parameters, Answered("/tmp", 5432))
    assert last_answered_first(parameters) == parameters
