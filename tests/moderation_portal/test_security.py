"""What every answer says to the browser about what it may do."""

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from tests.conftest import PASSWORD

POLICY = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "connect-src": "'self'",
    "font-src": "'self' data:",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "img-src": "'self' data: blob:",
    "manifest-src": "'self'",
    "object-src": "'none'",
    # The hash is of the one inline script that Dash writes.
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "status", "extra"),
    [
        ("get", "/login/", 200, {}),
        ("get", "/password/reset/", 200, {}),
        ("get", "/no/such/page/", 404, {}),
        ("get", "/metrics", 200, {}),
        ("get", "/metrics", 404, {"REMOTE_ADDR": "192.0.2.1"}),
        ("post", "/metrics", 405, {}),
        ("get", "/healthz", 200, {}),
        ("get", "/readyz", 200, {}),
        ("get", "/static/portal/none.css", 404, {}),
        ("get", "/", 400, {"HTTP_HOST": "elsewhere.example"}),
        ("get", "/api/v1/metrics/", 401, {}),
        ("post", "/login/", 403, {}),
        ("post", "/api/v1/session-documents/", 401, {}),
    ],
)
def test_security_headers(method, path, status, extra):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    answer = getattr(client, method)(path, **extra)
    assert answer.status_code == status
    check_headers(answer.headers)


@pytest.mark.django_db
@pytest.mark.parametrize(("error", "status"), [(OperationalError, 503), (ValueError, 500)])
@pytest.mark.parametrize("path", ["/review/", "/api/v1/metrics/"])
def test_security_headers_of_failures(client, lea, monkeypatch, path, error, status):
    def fail(*_arguments, **_options):
        raise error

    client.raise_request_exception = False
    monkeypatch.setattr("django.contrib.auth.middleware.get_user", fail)
    answer = client.get(path)
    assert answer.status_code == status
    check_headers(answer.headers)


def check_headers(headers):
    policy = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy == POLICY
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
def test_cookies_are_kept_from_scripts_and_other_sites(client, alice):
    client.post("/login/", {"username": "alice", "password": PASSWORD})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.django_db
def test_pages_are_compressed(client):
    answer = client.get("/login/", headers={"accept-encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
