"""Schemathesis over the whole description, as everybody, with all its checks.

Every run has the description's examples and some fuzzing as everybody, and the systematic cases
(boundaries, types, missing and unknown members, methods) as an admin, who gets furthest. All of it
as everybody, and more fuzzing, by hand: see docs/testing.md.
"""

import json
import os
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import schemathesis
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.middleware.csrf import _get_new_csrf_string
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from accounts.models import Role
from accounts.tokens import ApiToken
from analytics.api.openapi.document import openapi
from tests.api.conftest import documents, with_login, with_token
from tests.conftest import make_user

#: Fuzzed requests of each operation; by hand more, and then everything as everybody.
EXAMPLES = int(os.environ.get("API_EXAMPLES", "3"))
THOROUGH = "API_EXAMPLES" in os.environ
SEED = int(os.environ.get("API_SEED", "1"))
# Schemathesis asks for gzip, and does not unpack what an application in its process sends.
PLAIN = {"Accept-Encoding": "identity"}
# Schemathesis drops a Cookie header on its way to an application in its process.
LOGIN = "X-Test-Login"


def token_of(user, scope):
    text = ApiToken.objects.create_token(user, "test", scope=scope)[1]
    return {"Authorization": f"Token {text}", **PLAIN}


def login_of(user):
    session = with_login(user).cookies[settings.SESSION_COOKIE_NAME].value
    csrf = _get_new_csrf_string()
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={csrf}"
    return {"X-CSRFToken": csrf, LOGIN: cookies, **PLAIN}


#: Who asks, and the statuses that must have been seen in the end.
CALLERS = {
    "nobody": (lambda: dict(PLAIN), {401}),
    "moderator": (
        lambda: login_of(make_user("bilal000", Role.MODERATOR, moderates=True)),
        {200, 400, 403, 404},
    ),
    "lead": (lambda: login_of(make_user("lea", Role.LEAD)), {200, 400, 403, 404}),
    "admin": (lambda: login_of(make_user("ada", Role.ADMIN)), {200, 400, 404, 422}),
    "read token": (lambda: token_of(make_user("lea", Role.LEAD), "read"), {200, 400, 403, 404}),
    "ingest token": (lambda: token_of(make_user("tool", Role.PROGRAM), "ingest"), {200, 403, 422}),
}


@contextmanager
def threads_closed():
    """Close the database connections that the engine's threads leave open."""
    opened = []
    # That of ``moderation_portal.wsgi`` bounds what all tests of this process wait for.
    application = WSGIHandler()

    def application_with_connection(environ, start_response):
        connection = connections["default"]
        if connection not in opened:
            connection.inc_thread_sharing()
            opened.append(connection)
        if cookies := environ.pop("HTTP_X_TEST_LOGIN", ""):
            environ["HTTP_COOKIE"] = cookies
        return application(environ, start_response)

    try:
        yield application_with_connection
    finally:
        for connection in opened:
            connection.close()


def run(app, headers, *, coverage):
    """Yield what each operation was asked, what it answered, and which checks failed."""
    config = SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "headers": headers,
            "continue-on-failure": True,
            "generation": {"max-examples": EXAMPLES, "database": "none", "deterministic": False},
            "phases": {
                "stateful": {"enabled": False},
                "coverage": {"enabled": coverage},
            },
            "suppress-health-check": ["all"],
            # Fails inside Schemathesis for an application in its process; see the test below.
            "checks": {"ignored_auth": {"enabled": False}},
        }
    )
    schema = schemathesis.openapi.from_dict(openapi(), config=config)
    schema.app = app
    for event in from_schema(schema).execute():
        if isinstance(event, FatalError):
            raise event.exception
        if isinstance(event, NonFatalError):
            raise event.value
        if isinstance(event, ScenarioFinished):
            yield event.recorder


@dataclass
class Answer:
    """A request that failed a check, and its answer."""

    operation: str
    check: str
    uri: str
    body: bytes
    status: int
    content: bytes

    @property
    def problem(self) -> dict:
        """The answer, where it is JSON."""
        try:
            return json.loads(self.content)
        except ValueError:
            return {}

    def refused(self, field: str, *messages: str) -> bool:
        """Whether it was refused for this field, with one of these messages."""
        errors = [e for e in self.problem.get("errors", ()) if e["field"] == field]
        return any(message in error["message"] for error in errors for message in messages)


def valid_but_refused(answer: Answer) -> bool:
    return answer.check == "positive_data_acceptance" and answer.status in (400, 422)


def invalid_but_taken(answer: Answer) -> bool:
    return answer.check == "negative_data_rejection" and answer.status == 200


#: What OpenAPI has no words for: the reason, and the answers it holds for.
INEXPRESSIBLE: dict[str, Callable[[Answer], bool]] = {
    "a cursor is signed: only one that the portal gave is one": lambda answer: (
        valid_but_refused(answer) and answer.refused("cursor", "Belongs to no list")
    ),
    "the first day is not after the last one: a rule about two parameters": lambda answer: (
        valid_but_refused(answer) and answer.refused("start", "is after the end")
    ),
    "team=true goes without a person, and for moderators with whole months": lambda answer: (
        valid_but_refused(answer) and answer.refused("team", "")
    ),
    "a session is one of the moderator's: a rule about two parameters": lambda answer: (
        valid_but_refused(answer) and answer.refused("session", "is not a session of")
    ),
    "which parameters a metric takes and needs depends on the metric": lambda answer: (
        valid_but_refused(answer)
        and "/metrics/" in answer.operation
        and any("this takes" in e["message"] or "needs" in e["message"].lower()
                for e in answer.problem["errors"])
    ),
    "which keys and columns a metric has depends on the metric": lambda answer: (
        valid_but_refused(answer) and answer.operation == "GET /api/v1/metrics/{slug}/rows/"
    ),
    "which addresses are pages that one may open, and what they name": lambda answer: (
        valid_but_refused(answer) and "/api/v1/views/" in answer.operation
    ),
    "a number written as a text has limits, too": lambda answer: (
        valid_but_refused(answer)
        and answer.status == 422
        and all("number" in rejected["message"] for rejected in answer.problem["rejected"])
    ),
    "Extended JSON, times, and rules between the members of a document": lambda answer: (
        valid_but_refused(answer)
        and answer.status == 422
        and answer.operation == "POST /api/v1/session-documents/"
    ),
    "a check is of a view that is there and that others decided": lambda answer: (
        valid_but_refused(answer)
        and answer.operation == "POST /api/v1/quality-checks/"
        and all(bad["path"] in ("session", "position") for bad in answer.problem["rejected"])
    ),
    "an agreed step has a date to come, and a note is settled once": lambda answer: (
        valid_but_refused(answer)
        and answer.operation.startswith("POST /api/v1/notes/")
        and {error["field"] for error in answer.problem["errors"]}
        <= {"step", "until", "moderator", "note"}
    ),
    "partial=true names what is bad, and takes the rest": lambda answer: (
        invalid_but_taken(answer)
        and "partial=true" in answer.uri
        and answer.problem.get("rejected_count", 0) > 0
    ),
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", list(CALLERS))
def test_every_answer_is_as_described(name):
    headers_of, statuses = CALLERS[name]
    sender = with_token(make_user("sender", Role.PROGRAM), "ingest")
    sender.send("session-documents/", documents()[:2])
    seen, failures = Counter(), []
    with threads_closed() as app:
        for recorder in run(app, headers_of(), coverage=THOROUGH or name == "admin"):
            seen.update(
                i.response.status_code for i in recorder.interactions.values() if i.response
            )
            failures += list(failed(recorder))
    unexplained = [
        answer for answer in failures if not any(holds(answer) for holds in INEXPRESSIBLE.values())
    ]
    assert unexplained == []
    assert set(seen) >= statuses


def failed(recorder):
    """Yield the answers for which a check failed."""
    for case_id, checks in recorder.checks.items():
        interaction = recorder.interactions.get(case_id)
        for check in checks:
            if check.failure_info is not None:
                request, response = interaction.request, interaction.response
                yield Answer(
                    operation=check.failure_info.failure.operation,
                    check=check.name,
                    uri=f"{request.method} {request.uri}",
                    body=request.body or b"",
                    status=response.status_code,
                    content=response.content,
                )


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Token mp_wrong"}], ids=["none", "wrong"]
)
def test_no_operation_without_a_login_or_token(client, db, headers):
    for path, methods in openapi()["paths"].items():
        for method, operation in methods.items():
            assert operation["security"], path
            address = path.format_map(
                {p["name"]: 1 for p in operation.get("parameters", ()) if p["in"] == "path"}
            )
            answer = getattr(client, method)(address, headers=headers)
            assert answer.status_code == 401, (method, path)
