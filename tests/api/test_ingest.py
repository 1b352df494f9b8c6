"""Sending data in: all or nothing, safe to repeat, in the next answer; garbage is refused."""

import gzip
import json
import threading
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection, connections
from django.test import Client

from accounts.models import Role
from analytics.imports.modes import StoreMode
from analytics.imports.report import Counts
from analytics.imports.rows import store as rows_store
from analytics.imports.rows.csv_files import CsvRow
from analytics.imports.rows.fields import KINDS
from analytics.imports.sessions import store as sessions_store
from analytics.imports.sessions.validation import read_document
from analytics.models import Session
from moderation_portal.postgres import limits
from tests.api.conftest import ApiClient, with_login, with_token
from tests.conftest import make_user


def document(username="alice", public_id="s1", **fields):
    session = {"_id": public_id, "starttime": "2025-10-17T10:00:00Z", "duration": 60, **fields}
    return {"username": username, "sessions": [session]}


def counts(created=0, updated=0, unchanged=0):
    return {
        "created": created,
        "updated": updated,
        "unchanged": unchanged,
        "rejected_count": 0,
        "rejected": [],
    }


def test_sending_again_changes_nothing(sender):
    assert sender.send("session-documents/", document()).json() == counts(created=1)
    assert sender.send("session-documents/", [document()]).json() == counts(unchanged=1)
    changed = sender.send("session-documents/", document(duration=61))
    assert changed.json() == counts(updated=1)
    assert sender.send("session-documents/", []).json() == counts()


def test_what_was_sent_is_in_the_next_answer(sender, reader):
    for n in range(1, 4):
        sender.send("session-documents/", document(public_id=f"s{n}"))
        answer = reader.read("metrics/review-summary/").json()
        assert answer["rows"][0]["sessions"] == n
        assert answer["rows"][0]["logged_seconds"] == 60 * n


def test_one_bad_session_and_nothing_is_stored(sender):
    bad = document(public_id="s2", duration=-1)
    answer = sender.send("session-documents/", [document(), bad])
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["created"], body["updated"], body["unchanged"]) == (0, 0, 0)
    [rejected] = body["rejected"]
    assert (rejected["index"], rejected["session"]) == (1, "s2")
    assert rejected["path"] == "sessions[0].duration"
    assert body["errors"] == [{"field": "[1].sessions[0].duration", "message": rejected["message"]}]
    assert not Session.objects.exists()


def test_partial_stores_the_good(sender):
    bad = document(public_id="s2", duration="long")
    answer = sender.send("session-documents/?partial=true", [bad, document()])
    assert answer.status_code == 200
    body = answer.json()
    assert body["created"] == 1
    assert [rejected["index"] for rejected in body["rejected"]] == [0]
    assert Session.objects.get().public_id == "s1"


def test_the_broken_sample(sender):
    answer = sender.send("session-documents/?partial=true", documents_that_parse())
    assert answer.status_code == 200
    assert answer.json()["created"] == 2
    assert set(Session.objects.values_list("public_id", flat=True)) == {"ok-1", "ok-2"}


def documents_that_parse():
    from tests.api.conftest import SAMPLES

    found = []
    for line in (SAMPLES / "broken.jsonl").read_bytes().splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def test_somebody_elses_session(sender):
    sender.send("session-documents/", document("alice"))
    answer = sender.send("session-documents/", document("bob"))
    assert answer.status_code == 422
    assert (
        "bob" in answer.json()["detail"]
        or "alice" in answer.json()["detail"]
        or (answer.json()["rejected"][0]["session"] == "s1")
    )


def test_rows_all_or_nothing(sender):
    good = {
        "recommendation_id": "r1",
        "date": "2025-10-17",
        "recommendation_type": "Video",
        "click_through_rate": 0.5,
    }
    bad = {**good, "recommendation_id": "r2", "click_through_rate": 50}
    answer = sender.send("recommendations/", [good, bad])
    assert answer.status_code == 422
    [rejected] = answer.json()["rejected"]
    assert (rejected["index"], rejected["path"]) == (1, "click_through_rate")
    assert rejected["row"] == "r2"
    partial = sender.send("recommendations/?partial=true", [good, bad, 7])
    assert (partial.status_code, partial.json()["created"]) == (200, 1)
    assert [rejected["index"] for rejected in partial.json()["rejected"]] == [1, 2]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"7", 400),
        (b'"text"', 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"[" * 150 + b"]" * 150, 400),
        (b'{"username": ' + b"9" * 10_000 + b"}", 400),
        (b'{"username": "a\\u0000", "sessions": []}', 422),
        (b'{"username": "\\ud800", "sessions": []}', 422),
        (b'{"username": "a", "sessions": [{"_id": "x", "starttime": NaN}]}', 422),
        (b'{"username": "a", "sessions": [{"_id": "x", "duration": 1e999}]}', 422),
        (b"[null, 1, [], {}]", 422),
        (b"\xef\xbb\xbf[]", 200),
    ],
)  # fmt: skip
def test_garbage(sender, body, status):
    answer = sender.send("session-documents/", body)
    assert answer.status_code == status, answer.content
    if status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["detail"]
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/x-www-form-urlencoded"}, 415),
        ({"content_type": ""}, 415),
        ({"content_type": "application/json; charset=latin-1"}, 415),
        ({"content_type": "application/json; charset=UTF-8"}, 200),
        ({"HTTP_CONTENT_ENCODING": "br"}, 415),
        ({"HTTP_CONTENT_ENCODING": "identity"}, 200),
        ({"HTTP_CONTENT_ENCODING": "gzip"}, 400),
        ({"HTTP_ACCEPT": "text/html"}, 406),
    ],
)
def test_headers(sender, headers, status):
    assert sender.send("session-documents/", document(), **headers).status_code == status


def test_gzip(sender):
    packed = gzip.compress(json.dumps(document()).encode())
    gzipped = {"HTTP_CONTENT_ENCODING": "gzip"}
    two = gzip.compress(b"[") + gzip.compress(json.dumps(document()).encode() + b"]")
    assert sender.send("session-documents/", packed, **gzipped).json() == counts(created=1)
    assert sender.send("session-documents/", two, **gzipped).json() == counts(unchanged=1)
    assert sender.send("session-documents/", packed[:-9], **gzipped).status_code == 400
    assert sender.send("session-documents/", packed + b"x", **gzipped).status_code == 400


def test_too_much(sender, settings):
    settings.API_BODY_LIMIT = 10_000
    assert sender.send("session-documents/", b" " * 9_998 + b"[]").status_code == 200
    plain = sender.send("session-documents/", b" " * 10_001)
    assert plain.status_code == 413
    assert plain.json()["detail"] == "The body is larger than 10000 bytes; send it in parts."
    bomb = gzip.compress(b" " * 5_000_000)
    packed = sender.send("session-documents/", bomb, HTTP_CONTENT_ENCODING="gzip")
    assert packed.status_code == 413


def test_ten_megabytes(sender):
    video = {"videoId": "v", "status": "Completed", "keys": ["a"], "note": "x" * 1000}
    big = document(videos=[{**video, "videoId": f"v{i}"} for i in range(9_500)])
    body = json.dumps(big).encode()
    assert len(body) > 10_000_000
    assert sender.send("session-documents/", body).json() == counts(created=1)


def test_who_may_send(sender, ada, lea, alice):
    assert ApiClient().send("session-documents/", document()).status_code == 401
    for user in (ada, lea, alice):
        assert with_token(user).send("session-documents/", document()).status_code == 403
    for user in (lea, alice):
        assert with_login(user).send("session-documents/", document()).status_code == 403
    assert with_login(ada).send("session-documents/", document()).json() == counts(created=1)


def test_a_login_needs_the_csrf_token(ada):
    client = ApiClient(enforce_csrf_checks=True)
    client.force_login(ada)
    answer = client.send("session-documents/", document())
    assert answer.status_code == 403
    assert "CSRF" in answer.json()["detail"]


def test_an_ingest_token_reads_nothing(sender):
    for address in ("metrics/", "sessions/", "recommendations/", "schema/", "export/videos.csv"):
        assert sender.read(address).status_code == 403
        assert sender.get(f"/api/v1/{address}", HTTP_ACCEPT="*/*").status_code == 403
    assert sender.send("session-documents/?wait=1", []).status_code == 400
    assert sender.get("/").status_code in (302, 404)


@pytest.mark.django_db(transaction=True)
def test_two_clients_at_once_leave_one_whole_session():
    tool = make_user("tool", Role.PROGRAM)
    clients = [with_token(tool, "ingest") for _ in range(4)]
    start = threading.Barrier(len(clients))
    answers = []

    def send(client, n):
        try:
            start.wait()
            videos = [{"videoId": f"{n}-{i}"} for i in range(20)]
            answers.append(client.send("session-documents/", document(videos=videos)))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(c, n)) for n, c in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * len(clients)
    assert sum(answer.json()["created"] for answer in answers) == 1
    names = Session.objects.get().views.values_list("video__public_id", flat=True)
    assert len(names) == 20
    assert len({name.split("-")[0] for name in names}) == 1
    connection.close()


def strict_sessions():
    entries = read_document(document("zoe", "strict"))
    return sessions_store.store(
        entries, mode=StoreMode.ALL_OR_NOTHING, reject=lambda rejection: None, ahead=True
    )


def strict_rows():
    record = {
        "moderator": "new",
        "date": date(2025, 10, 17),
        "sessions_moderated": 1,
        "average_response_time": 2.0,
        "satisfaction_score": None,
    }
    kind = KINDS["moderator-performance"]
    rows = [CsvRow(2, record)]
    return rows_store.import_rows(kind, rows, mode=StoreMode.ALL_OR_NOTHING, reject=print)


CHAT = {
    "user_id": "u",
    "session_id": "c",
    "date": "2025-10-17",
    "session_length": 1,
    "messages_sent": 2,
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("strict_import", "module", "storing", "address", "sent"),
    [
        (strict_sessions, sessions_store, "store_batch", "session-documents/", document()),
        (strict_rows, rows_store, "write", "user-activity/", [CHAT]),
        # Of another lock, with a person whom the import is adding.
        (strict_rows, rows_store, "write", "session-documents/", document("new")),
    ],
)
def test_a_post_beside_a_strict_import_is_told_to_come_again(
    strict_import, module, storing, address, sent, monkeypatch
):
    client = with_token(make_user("tool", Role.PROGRAM), "ingest")
    client.raise_request_exception = False
    answers = []

    def post():
        try:
            answers.append(client.send(address, sent))
        finally:
            connections.close_all()

    really_store = getattr(module, storing)

    def store_and_stay(*arguments, **options):
        stored = really_store(*arguments, **options)
        monkeypatch.setattr(module, storing, really_store)
        monkeypatch.setattr(limits, "_current", replace(limits.COMMAND, lock_seconds=0.05))
        other = threading.Thread(target=post)
        other.start()
        other.join()
        return stored

    monkeypatch.setattr(module, storing, store_and_stay)
    assert strict_import() == Counts(created=1)
    post()
    busy, stored = answers
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "10")
    assert busy.json()["detail"].startswith("An import is storing much at the moment")
    assert stored.json()["created"] == 1
    connection.close()


def test_a_login_s_post_with_and_without_its_csrf_token(ada):
    """The framework reads a form's token out of the body, and so asks for its parser."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    answer = client.post("/api/v1/user-activity/", [], content_type="application/json")
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
