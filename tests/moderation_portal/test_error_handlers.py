"""What is answered when the portal fails, or its database is away."""

import json

import pytest
from django.db import OperationalError
from psycopg.errors import LockNotAvailable

from analytics.web import views


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (OperationalError("connection refused by db.internal"), 503, "database does not answer"),
        (RuntimeError("the secret is 42"), 500, "Something went wrong"),
    ],
)
def test_a_page_that_fails(client, lea, monkeypatch, error, status, words):
    def broken(*_args, **_kwargs):
        raise error

    client.force_login(lea)
    client.raise_request_exception = False
    monkeypatch.setattr(views, "rendered", broken)
    response = client.get("/review/")
    assert response.status_code == status
    html = response.content.decode()
    assert words in html
    assert str(error) not in html
    assert response.headers.get("Retry-After") == ("10" if status == 503 else None)


def test_a_page_that_would_have_waited_for_an_import(client, lea, monkeypatch):
    def busy(*_args, **_kwargs):
        raise OperationalError("canceling statement") from LockNotAvailable()

    client.force_login(lea)
    client.raise_request_exception = False
    monkeypatch.setattr(views, "rendered", busy)
    response = client.get("/review/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert "Somebody else is storing much" in response.content.decode()


@pytest.mark.parametrize("path", ["/api/v1/metrics/", "/review/"])
def test_the_database_away_before_anybody_is_known(client, monkeypatch, path):
    def away(*_args, **_kwargs):
        raise OperationalError("connection refused by db.internal")

    client.raise_request_exception = False
    monkeypatch.setattr("django.contrib.auth.middleware.get_user", away)
    response = client.get(path)
    assert response.status_code == 503
    assert b"db.internal" not in response.content
    if path.startswith("/api/"):
        assert response.headers["Content-Type"] == "application/problem+json"
        assert json.loads(response.content)["status"] == 503
