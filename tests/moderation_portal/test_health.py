"""The two addresses for whatever watches the portal."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from analytics.models import SummaryState
from moderation_portal import health
from moderation_portal.postgres import UnsuitableError
from moderation_portal.shared_probe import SharedProbe

READY = {"database": "ok", "migrations": "ok"}


@pytest.fixture
def report(monkeypatch):
    """Let ``readyz`` say what a test found out."""

    def give(value):
        probe = SharedProbe(lambda: value, failed=lambda report: report != READY)
        monkeypatch.setattr(health, "probe", probe)

    return give


def test_healthz_needs_neither_login_nor_database(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_all_is_well(client, report):
    report(health.inspect(connection))
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", **READY}


@pytest.mark.django_db
def test_migrations_that_wait_are_counted(client, report):
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    report(health.inspect(connection))
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unavailable",
        "reason": "migrations",
        "database": "ok",
        "migrations": "1 pending",
    }


@pytest.mark.django_db
def test_days_of_another_time_zone_are_slower_and_right(client, report):
    SummaryState.objects.update(time_zone="Asia/Tokyo")
    report(health.inspect(connection))
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "degraded",
        "reason": "degraded",
        **READY,
        "degraded": "TIME_ZONE is UTC and the summaries are of Asia/Tokyo: "
        "manage.py summaries rebuild",
    }


def raise_from(cause):
    raise OperationalError(str(cause)) from cause


@pytest.mark.parametrize(
    ("cause", "body"),
    [
        (
            OSError("could not connect to db.example as portal"),
            {"reason": "database", "database": "unavailable", "migrations": "unknown"},
        ),
        (
            UnsuitableError({"encoding": "The database x is encoded in LATIN1."}),
            {
                "reason": "encoding",
                "database": "ok",
                "encoding": "The database x is encoded in LATIN1.",
            },
        ),
        (
            UnsuitableError({"version": "The data are those of PostgreSQL 17."}, answers=False),
            {
                "reason": "version",
                "database": "unavailable",
                "version": "The data are those of PostgreSQL 17.",
            },
        ),
    ],
)
def test_a_database_of_no_use(client, report, monkeypatch, cause, body):
    monkeypatch.setattr(connection, "ensure_connection", lambda: raise_from(cause))
    report(health.inspect(connection))
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", **body}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_they_are_for_reading(client, path):
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nobody_is_asked_who_they_are(client, monkeypatch, report, path):
    report(READY)
    client.cookies["sessionid"] = "x" * 32

    def away(*_args):
        raise OperationalError("away")

    monkeypatch.setattr("django.contrib.auth.middleware.get_user", away)
    assert client.get(path).headers["Content-Type"] == "application/json"


def test_one_thread_finds_out_and_one_waits(monkeypatch):
    hold, asked, limits = threading.Event(), [], []

    def find_out():
        asked.append(1)
        hold.wait(60)
        return READY

    probe = SharedProbe(find_out, failed=lambda report: report != READY)
    wait_for = probe._changed.wait_for

    def limited(is_done, limit):
        limits.append(limit)
        return wait_for(is_done, limit)

    monkeypatch.setattr(probe._changed, "wait_for", limited)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: probe.ask(), range(20)))
    # In the first second after that the answer is remembered, later nobody waits for the next.
    assert probe.ask() is None
    hold.set()

    assert len(asked) == 1
    assert answers == [None] * 20
    longest, *others = sorted(limits, reverse=True)
    assert longest == 1.5
    assert all(limit <= 0.5 for limit in others)
