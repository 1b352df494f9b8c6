"""What is told of a request: its id, a line in the log, without the names in filters."""

import io
import json
import logging
import logging.config

import pytest
from django.core import mail
from django.db import OperationalError

from moderation_portal import logs
from tests.conftest import PASSWORD


@pytest.fixture
def lines():
    """Read what is logged as JSON, line by line."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    spec = logs.formatter(as_json=True)
    spec["class"] = spec.pop("()")
    handler.setFormatter(spec.pop("class")(**spec))
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


def test_an_id_is_taken_along_or_made(client, db):
    given = client.get("/login/", headers={"x-request-id": "proxy-1.a/b"})
    assert given.headers["X-Request-ID"] == "proxy-1.a/b"
    made = [client.get("/login/").headers["X-Request-ID"] for _ in range(2)]
    assert made[0] != made[1]
    assert {len(one) for one in made} == {32}


@pytest.mark.parametrize("forged", ["a\nb", "x" * 65, "", "a b", "é"])
def test_an_id_that_would_forge_a_log_is_not(client, db, forged):
    answer = client.get("/login/", headers={"x-request-id": forged})
    assert len(answer.headers["X-Request-ID"]) == 32


def test_a_line_a_request(client, lea, alice, lines):
    client.force_login(lea)
    client.get("/sessions/?moderator=alice", headers={"x-request-id": "r1"})
    [line] = [line for line in lines() if line["logger"] == "portal.access"]
    assert line.pop("milliseconds") > 0
    assert line.pop("timestamp")
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "portal.access",
        "request_id": "r1",
        "method": "GET",
        "path": "/sessions/",
        "view": "portal:sessions",
        "status": 200,
        "address": "127.0.0.1",
        "account": str(lea.pk),
    }


def test_a_session_that_cannot_be_loaded_is_not_waited_for_again(client, monkeypatch, lines):
    asked = []

    def fail(*_args):
        asked.append(1)
        raise OperationalError("away")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", fail)
    client.cookies["sessionid"] = "x" * 32
    client.raise_request_exception = False
    assert client.get("/").status_code == 503
    [line] = [line for line in lines() if line["logger"] == "portal.access"]
    assert (line["status"], line["account"], len(asked)) == (503, None, 1)


def test_what_django_says_of_a_refusal_has_the_id_too(client, lea, lines):
    client.force_login(lea)
    client.post("/sessions/", headers={"x-request-id": "r3"})
    found = [(line["logger"], line["request_id"]) for line in lines()]
    assert found.count(("django.request", "r3")) >= 1
    assert {request_id for _, request_id in found} == {"r3"}


def test_probes_are_not_logged(client, db, lines):
    client.get("/healthz")
    assert lines() == []


def test_a_failed_login_has_its_name_and_address(client, alice, lines):
    client.post("/login/", {"username": "alice", "password": "wrong"})
    [line] = [line for line in lines() if line["logger"] == "portal.login"]
    assert (line["username"], line["address"], line["level"]) == ("alice", "127.0.0.1", "warning")
    assert "wrong" not in str(lines())
    client.post("/login/", {"username": "alice", "password": PASSWORD})
    assert not [line for line in lines() if line["logger"].startswith("axes")]


def test_asking_for_the_head_of_the_login_warns_of_nothing(client, db, lines):
    assert client.head("/login/").status_code == 200
    assert {line["level"] for line in lines()} == {"info"}


@pytest.mark.parametrize(("error", "status"), [(ValueError, 500), (OperationalError, 503)])
def test_a_page_that_failed_says_the_id(client, lea, monkeypatch, error, status):
    def fail(*args, **kwargs):
        raise error("secret of the database")

    monkeypatch.setattr("analytics.web.views.build_page", fail)
    client.force_login(lea)
    client.raise_request_exception = False
    answer = client.get("/review/", headers={"x-request-id": "r2"})
    assert answer.status_code == status
    assert "r2" in answer.text
    assert "secret" not in answer.text


def test_errors_are_mailed_a_few_times_and_without_what_was_sent(settings, rf):
    settings.ADMINS = [("ops@portal.example", "ops@portal.example")]
    handler = logs.ErrorMailHandler()
    handler.addFilter(logs.FewMails())
    spec = logs.formatter(as_json=False)
    handler.setFormatter(spec.pop("()")(**spec))
    logger = logging.Logger("portal.test")
    logger.addHandler(handler)
    request = rf.post("/x/", {"password": "typed"})
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError:
        for _ in range(9):
            logger.exception("It failed", extra={"request": request})
    assert len(mail.outbox) == 5
    assert mail.outbox[0].to == ["ops@portal.example"]
    assert "It failed" in mail.outbox[0].subject
    assert "ZeroDivisionError" in mail.outbox[0].body
    assert "typed" not in mail.outbox[0].body
