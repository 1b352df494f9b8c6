"""Schemathesis over the whole description: no failure of the server, no answer undescribed."""

from contextlib import contextmanager

import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.middleware.csrf import _get_new_csrf_string
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from accounts.models import Role
from accounts.tokens import ApiToken
from analytics.api.openapi.document import openapi
from moderation_portal.wsgi import application
from tests.api.conftest import documents, with_login
from tests.conftest import make_user

#: Not among them: that whatever a schema allows is accepted. A start after the end is a date.
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
EXAMPLES = 6
# Schemathesis asks for gzip, and does not unpack what an application in its process sends.
PLAIN = {"Accept-Encoding": "identity"}


def token_of(user, scope):
    text = ApiToken.objects.create_token(user, "test", scope=scope)[1]
    return {"headers": {"Authorization": f"Token {text}", **PLAIN}}


def login_of(user):
    session = with_login(user).cookies[settings.SESSION_COOKIE_NAME].value
    csrf = _get_new_csrf_string()
    return {
        "headers": {"X-CSRFToken": csrf, **PLAIN},
        "cookies": {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: csrf},
    }


@contextmanager
def same_connection():
    """Keep the application from closing the test's connection, as Django's own client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def caller(request, sender):
    sender.send("session-documents/", documents()[:2])
    match request.param:
        case "admin":
            return login_of(make_user("ada", Role.ADMIN))
        case "moderator":
            user = make_user("bilal000", Role.MODERATOR, moderates=True)
            return token_of(user, "read")
    return token_of(make_user("tool", Role.PROGRAM), "ingest")


@pytest.mark.parametrize(
    ("caller", "answers"),
    [
        ("admin", {200, 400, 404, 422}),
        ("moderator", {200, 400, 403, 404}),
        ("ingest token", {200, 403, 422}),
    ],
    indirect=["caller"],
)
def test_every_answer_is_described(caller, answers):
    schema = schemathesis.openapi.from_dict(openapi())
    schema.app = application
    seen = set()
    with same_connection():
        for found in schema.get_all_operations():
            check(found.ok(), caller, seen)
    assert seen >= answers


def check(operation, caller, seen):
    @hypothesis_settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def answers(case):
        seen.add(case.call_and_validate(checks=CHECKS, **caller).status_code)

    answers()
