"""What was refused: somebody else's work, whole kinds, bad tokens, bad data."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tokens import ApiToken
from audit import looks
from audit.models import Entry
from tests.brute import PlainSession
from tests.factory import NOON, write_session
from tests.web.dash.test_guard import body_of, post


def refusals() -> list[tuple]:
    """Refused entries as (actor, subject, place, details), oldest first."""
    looks.flush()
    return list(
        Entry.objects.filter(action="refused")
        .order_by("pk")
        .values_list("actor__name", "subject__name", "place", "details")
    )


@pytest.fixture
def bobs_session(bob):
    write_session(
        PlainSession(
            public_id="s1",
            moderator="bob",
            started_at=NOON,
            duration_us=None,
            views=[],
            idle=[],
            queues=[],
        )
    )


def test_somebody_elses_pages_and_files(client, alice, bobs_session):
    client.force_login(alice)
    for path in (
        "/sessions/s1/",
        "/review/?moderator=bob&start=2026-03-01",
        "/export/videos.csv?session=s1",
        "/api/v1/metrics/decisions/?moderator=bob",
        "/api/v1/sessions/s1/",
        "/review/?moderator=nobody-at-all",
    ):
        assert client.get(path).status_code == 404, path
    assert refusals() == [
        ("alice", "bob", "portal:session", {"status": 404}),
        ("alice", "bob", "portal:review", {"status": 404, "start": "2026-03-01"}),
        ("alice", "bob", "portal:videos-csv", {"status": 404, "session": "s1"}),
        ("alice", "bob", "api:metric", {"status": 404}),
        ("alice", "bob", "api:sessions-detail", {"status": 404}),
        # Names stand in the table of names only, and there is no such name.
        ("alice", None, "portal:review", {"status": 404}),
    ]


def test_tries_of_one_minute_are_one(client, alice, bobs_session):
    client.force_login(alice)
    for _ in range(3):
        client.get("/sessions/s1/")
    assert len(refusals()) == 1


def test_a_chart_callback(client, alice, bob):
    client.force_login(alice)
    answer = post(client, body_of(search="?moderator=bob", n=1))
    assert answer.json()["response"]["answer"]["data"]["status"] == 404
    [(actor, subject, _, details)] = refusals()
    assert (actor, subject, details) == ("alice", "bob", {"status": 404})


def test_whole_kinds_are_about_nobody(client, alice):
    client.force_login(alice)
    assert client.get("/admin/accounts/user/").status_code == 302
    assert client.get("/admin/login/").status_code == 403
    assert client.get("/api/v1/user-activity/").status_code == 403
    assert refusals() == [
        ("alice", None, "admin:login", {"status": 403}),
        ("alice", None, "api:user-activity", {"status": 403}),
    ]


def test_tokens_that_open_nothing(client, alice):
    token, text = ApiToken.objects.create_token(alice, "Script")
    token.expires_at = timezone.now() - timedelta(seconds=1)
    token.save()
    for words in (f"Token {text}", "Token mp_unknown", "Token mp_another", "Token"):
        answer = client.get("/api/v1/metrics/", headers={"authorization": words})
        assert answer.status_code == 401
    assert refusals() == [
        (None, "alice", "api:metrics", {"status": 401, "reason": "The token has expired."}),
        (None, None, "api:metrics", {"status": 401, "reason": "There is no such token."}),
        (
            None,
            None,
            "api:metrics",
            {"status": 401, "reason": "Expected 'Authorization: Token', then one token."},
        ),
    ]
    assert Entry.objects.get(object_kind="accounts.apitoken", action="refused").object_key == str(
        token.pk
    )


def test_data_that_are_refused(client, tool):
    _, text = ApiToken.objects.create_token(tool, "Review tool", scope="ingest")
    start = Entry.objects.order_by("pk").last().pk

    def send(body: str) -> int:
        return client.post(
            "/api/v1/user-activity/",
            body,
            content_type="application/json",
            headers={"authorization": f"Token {text}"},
        ).status_code

    assert [send("{"), send('[{"session_id": ""}, {}]'), send("[]")] == [400, 422, 200]
    assert refusals() == [("tool", None, "api:user-activity", {"status": 400})]
    imports = Entry.objects.filter(pk__gt=start, action="import").order_by("pk")
    nothing = {"created": 0, "updated": 0, "unchanged": 0}
    assert list(imports.values_list("actor__name", "details")) == [
        ("tool", nothing | {"rejected": 2}),
        ("tool", nothing | {"rejected": 0}),
    ]


def test_somebody_elses_token_is_not_revoked(client, alice, bob):
    token, _ = ApiToken.objects.create_token(bob, "Script")
    client.force_login(alice)
    assert client.post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    assert refusals() == [("alice", "bob", "revoke_token", {"status": 404})]


def test_an_export_s_entry_names_its_person_as_subject_only(client, lea, alice):
    client.force_login(lea)
    client.get("/metrics/decisions.csv?moderator=alice&start=2026-03-01").getvalue()
    looks.flush()
    entry = Entry.objects.get(action="export")
    assert entry.subject.name == "alice"
    assert entry.details == {"start": "2026-03-01"}


def test_nothing_waits_behind_an_address_with_nul(client, alice, bobs_session):
    client.force_login(alice)
    for path in (
        "/videos/nope/?moderator=%00",
        "/passport/nope/?session=a%00",
        "/api/v1/moderators/%00/",
        "/sessions/s1/",
    ):
        assert client.get(path).status_code == 404, path
    assert ("alice", "bob", "portal:session", {"status": 404}) in refusals()
    assert ("alice", None, "portal:passport", {"status": 404, "session": "a\ufffd"}) in refusals()
    assert not looks.pending


def test_an_id_with_nul_is_not_there(client, alice):
    client.force_login(alice)
    for path in ("/sessions/%00/", "/moderators/%00/", "/videos/%00/", "/who-looked/a%00/"):
        assert client.get(path).status_code == 404, path
