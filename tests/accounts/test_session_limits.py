"""When a session ends by itself, to the second; how often its use is written."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.login_sessions import ADDRESS, BEGUN, BROWSER, LAST_USE
from accounts.session_limits import SessionLimitsMiddleware

LOGIN = 1_000_000


@pytest.fixture
def ask(settings, monkeypatch):
    """Ask for a path so many seconds after a login; returns the session that is left."""
    settings.SESSION_IDLE_SECONDS = 7200
    settings.SESSION_COOKIE_AGE = 43_200

    def ask(path, later, last_use=0):
        monkeypatch.setattr("accounts.session_limits.time.time", lambda: LOGIN + later + 0.9)
        request = RequestFactory().get(path, headers={"user-agent": "curl/8"})
        request.session = SessionStore()
        request.session.update({SESSION_KEY: "1", BEGUN: LOGIN, LAST_USE: LOGIN + last_use})
        SessionLimitsMiddleware(lambda request: HttpResponse())(request)
        return dict(request.session.items())

    return ask


def used(at: int) -> dict[str, object]:
    """What is left of a session that was used so long after the login."""
    use = {LAST_USE: LOGIN + at, ADDRESS: "127.0.0.1", BROWSER: "curl/8"}
    return {SESSION_KEY: "1", BEGUN: LOGIN, **use}


@pytest.mark.parametrize(
    ("later", "left"),
    [
        (59, {SESSION_KEY: "1", BEGUN: LOGIN, LAST_USE: LOGIN}),
        (60, used(60)),
        (7200, used(7200)),
        (7201, {}),
    ],
)
@pytest.mark.django_db
def test_a_login_ends_a_second_after_the_limit_and_is_written_once_a_minute(ask, later, left):
    assert ask("/", later) == left


@pytest.mark.parametrize(("later", "left"), [(43_200, used(43_200)), (43_201, {})])
@pytest.mark.django_db
def test_a_login_that_is_used_all_the_time_ends_too(ask, later, left):
    assert ask("/", later, last_use=later - 60) == left


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
@pytest.mark.parametrize("later", [60, 7201])
def test_probes_neither_use_a_login_nor_end_it(ask, path, later):
    assert ask(path, later) == {SESSION_KEY: "1", BEGUN: LOGIN, LAST_USE: LOGIN}


def test_nobody_who_is_logged_out_gets_a_session():
    request = RequestFactory().get("/")
    request.session = SessionStore()
    SessionLimitsMiddleware(lambda request: HttpResponse())(request)
    assert (request.session.modified, request.session.is_empty()) == (False, True)
