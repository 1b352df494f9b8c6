"""Connections that the server ends, at each step of answers of every kind."""

import json
import select
from contextlib import contextmanager, suppress

import psycopg
import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError, InternalError, OperationalError, connection, transaction

from accounts.login_sessions import SessionStore
from accounts.models import ApiToken, Role
from analytics.kept_answers import forget_answers
from analytics.summaries.snapshots import snapshot
from moderation_portal.postgres import ConnectionLost
from moderation_portal.postgres.copying import copying
from tests.api.conftest import ApiClient
from tests.conftest import make_user
from tests.reviewed import write_march
from tests.web.dash.test_guard import SAME, UPDATE, body_of

pytestmark = pytest.mark.django_db(transaction=True)

# Pages, files, a workbook, the admin, REST, the charts' callback.
ADDRESSES = [
    "/review/",
    "/sessions/",
    "/export/videos.csv",
    "/export/sessions.csv",
    "/export/review.xlsx",
    "/admin/analytics/session/",
    "/admin/analytics/chatsession/export/",
    "/api/v1/metrics/decisions/",
    "/api/v1/sessions/?format=csv",
    "/api/v1/export/session-documents.jsonl",
    UPDATE,
]


@pytest.fixture
def ended():
    """Ends the backend of the test's connection."""
    with psycopg.connect(**parameters(), autocommit=True) as other:

        def end() -> None:
            pid = connection.connection.info.backend_pid
            other.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])

        yield end


def parameters() -> dict:
    wanted = ("host", "port", "dbname", "user", "password")
    given = connection.get_connection_params()
    return {name: given[name] for name in wanted if name in given}


@contextmanager
def at_step(number, act):
    """``act`` before this step of the protocol is waited for; gives the steps that were taken."""
    connection.close()
    connection.ensure_connection()
    wait, taken = connection.connection.wait, []

    def counting(*arguments, **options):
        taken.append(1)
        if len(taken) == number:
            act()
        return wait(*arguments, **options)

    connection.connection.wait = counting
    try:
        yield taken
    finally:
        connection.close()


def answer(client, address):
    if address == UPDATE:
        body = json.dumps(body_of(search="", theme="light", n=1))
        return client.post(address, body, content_type="application/json", headers=SAME)
    return client.get(address)


def answers_by_step(client, address, ended):
    """Status and body of an answer whose connection ends at the first, second, ... step."""
    steps = 0
    while True:
        steps += 1
        forget_answers()
        with at_step(steps, ended) as taken:
            response = answer(client, address)
            try:
                body = b"".join(response) if response.streaming else response.content
            except OperationalError:
                # The answer has begun, and is broken off.
                assert response.streaming
                continue
        if len(taken) < steps:
            assert response.status_code == 200
            return
        yield steps, response, body


def test_whatever_was_asked_it_is_a_503_at_each_step(client, ended):
    write_march()
    client.raise_request_exception = False
    client.force_login(make_user("ada", Role.ADMIN))
    wrong = []
    for address in ADDRESSES:
        ends = list(answers_by_step(client, address, ended))
        # Nothing that a whole answer needs comes after this.
        while ends[-1][1].status_code == 200:
            ends.pop()
        assert len(ends) > 3
        wrong += [
            (address, step, response.status_code)
            for step, response, body in ends
            if (response.status_code, response.headers.get("Retry-After")) != (503, "10")
            or b"The database does not answer" not in body
        ]
    assert not wrong


def test_a_stream_that_has_begun_is_broken_off(client, ended):
    write_march()
    client.force_login(make_user("ada", Role.ADMIN))
    response = client.get("/api/v1/export/session-documents.jsonl")
    pieces = iter(response)
    assert next(pieces)
    ended()
    with pytest.raises(OperationalError):
        list(pieces)
    connection.close()


def fetch_on(ended):
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute("SELECT generate_series(1, 100000)")
        cursor.fetchmany(10)
        ended()
        cursor.fetchmany(10)


def close_cursor(ended):
    with transaction.atomic():
        cursor = connection.chunked_cursor()
        cursor.execute("SELECT generate_series(1, 100000)")
        cursor.fetchmany(10)
        ended()
        cursor.close()


def copy_out(ended):
    statement = "COPY (SELECT generate_series(1, 3000000)) TO STDOUT"
    with copying(connection, statement) as copy:
        for number, _row in enumerate(copy):
            if number == 0:
                ended()


def copy_in(ended):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE copied (number integer)")
    with copying(connection, "COPY copied FROM STDIN") as copy:
        copy.write("1\n")
        ended()


def commit(ended):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        ended()


def go_on_after_errors(ended):
    with transaction.atomic():
        with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            ended()
            cursor.execute("SELECT 1")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")


def idle_too_long(ended):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 1")
        # Until the server's goodbye is there.
        assert select.select([connection.connection.pgconn.socket], [], [], 60)[0]
        cursor.execute("SELECT 1")


STEPS = [
    fetch_on,
    close_cursor,
    copy_out,
    copy_in,
    commit,
    go_on_after_errors,
    idle_too_long,
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_it_is_one_error_wherever_it_is_met(ended, step):
    with pytest.raises(ConnectionLost):
        step(ended)
    connection.close()


def test_a_session_that_cannot_be_written_is_not_taken_for_gone(ended):
    session = SessionStore()
    session.create()
    ended()
    with pytest.raises(OperationalError):
        session.save()
    connection.close()
    session.delete()
    with pytest.raises(UpdateError):
        session.save()


@pytest.fixture
def sender():
    """A program that sends data in."""
    token = ApiToken.objects.create_token(make_user("tool", Role.PROGRAM), "test", scope="ingest")
    return ApiClient(token[1], raise_request_exception=False)


@pytest.fixture
def read_only():
    """The server of the test's connection takes no changes, as once it has become a standby."""
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    yield
    connection.close()


def test_a_page_says_that_no_changes_are_taken(client, read_only):
    client.raise_request_exception = False
    response = client.post("/login/", {"username": "ada", "password": "wrong"})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert "takes no changes" in response.content.decode()


def test_the_api_says_that_nothing_was_stored(sender, read_only):
    session = {"_id": "s1", "starttime": "2025-10-17T10:00:00Z", "duration": 60}
    response = sender.send("session-documents/", {"username": "alice", "sessions": [session]})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert "takes no changes" in response.json()["detail"]


def test_to_write_where_only_is_read_is_a_fault_of_the_portal():
    with pytest.raises(InternalError), snapshot(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE written (number integer)")
