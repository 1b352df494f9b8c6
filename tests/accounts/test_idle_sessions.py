"""When a login that nobody uses ends, to the second."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.idle_sessions import LAST_USE, IdleSessionMiddleware

LOGIN = 1_000_000


@pytest.fixture
def ask(settings, monkeypatch):
    """Ask for a path so many seconds after a login; returns the session that is left."""
    settings.SESSION_IDLE_SECONDS = 7200

    def ask(path, later):
        monkeypatch.setattr("accounts.idle_sessions.time.time", lambda: LOGIN + later + 0.9)
        request = RequestFactory().get(path)
        request.session = SessionStore()
        request.session.update({SESSION_KEY: "1", LAST_USE: LOGIN})
        IdleSessionMiddleware(lambda request: HttpResponse())(request)
        return dict(request.session.items())

    return ask


@pytest.mark.parametrize(
    ("later", "left"),
    [
        (59, {SESSION_KEY: "1", LAST_USE: LOGIN}),
        (60, {SESSION_KEY: "1", LAST_USE: LOGIN + 60}),
        (7200, {SESSION_KEY: "1", LAST_USE: LOGIN + 7200}),
        (7201, {}),
    ],
)
@pytest.mark.django_db
def test_a_login_ends_a_second_after_the_limit_and_is_written_once_a_minute(ask, later, left):
    assert ask("/", later) == left


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
@pytest.mark.parametrize("later", [60, 7201])
def test_probes_neither_use_a_login_nor_end_it(ask, path, later):
    assert ask(path, later) == {SESSION_KEY: "1", LAST_USE: LOGIN}


def test_nobody_who_is_logged_out_gets_a_session():
    request = RequestFactory().get("/")
    request.session = SessionStore()
    IdleSessionMiddleware(lambda request: HttpResponse())(request)
    assert (request.session.modified, request.session.is_empty()) == (False, True)
