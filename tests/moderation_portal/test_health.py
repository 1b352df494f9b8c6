"""The two addresses for whatever watches the portal."""

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder


def test_healthz_needs_neither_login_nor_database(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_when_all_is_well(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "migrations": "ok"}


@pytest.mark.django_db
def test_readyz_counts_the_migrations_that_wait(client):
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unavailable",
        "database": "ok",
        "migrations": "1 pending",
    }


def test_readyz_without_a_database_tells_no_secrets(client, monkeypatch):
    def refuse():
        raise OperationalError("could not connect to db.example as portal")

    monkeypatch.setattr(connection, "ensure_connection", refuse)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unavailable",
        "database": "unavailable",
        "migrations": "unknown",
    }


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_they_are_for_reading(client, path):
    assert client.post(path).status_code == 405
