"""Checks over the API: sent by those who may, seen by whom they are about, disputed and decided."""

import json

import pytest

from accounts.models import Role, User
from accounts.tokens import ApiToken
from analytics.models import Moderator, QualityCheck, Session, VideoView
from analytics.quality import dispute_mail
from analytics.quality.disputes import open_dispute
from audit.models import Entry
from tests.conftest import make_user
from tests.quality.world import write_world

pytestmark = pytest.mark.django_db
CHECK = {"session": "s1", "position": 0, "verdict": "rejected", "reason": "slur", "note": "0:42"}


@pytest.fixture(autouse=True)
def world(db):
    return write_world()


@pytest.fixture
def ann(db):
    user = make_user("ann.account", Role.MODERATOR)
    user.moderator = Moderator.objects.get(username="ann")
    user.save()
    return user


def send(client, path, body):
    return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")


def listed(client, query=""):
    response = client.get(f"/api/v1/quality-checks/{query}")
    assert response.status_code == 200, response.content
    return response.json()["results"]


def test_a_check_is_sent_once_and_listed(client, lea):
    client.force_login(lea)

    first, again = (send(client, "quality-checks/", CHECK).json() for _ in range(2))
    changed = send(client, "quality-checks/", CHECK | {"verdict": "accepted"}).json()

    assert [(each["created"], each["updated"], each["unchanged"]) for each in (first, again)] == [
        (1, 0, 0),
        (0, 0, 1),
    ]
    assert changed["updated"] == 1
    (row,) = listed(client)
    check = QualityCheck.objects.get()
    assert row.pop("at").startswith("20")
    assert row == {
        "id": check.pk,
        "session": "s1",
        "position": 0,
        "videoId": "v1",
        "moderator": "ann",
        "queue": "Spam",
        "decision": "accepted",
        "verdict": "accepted",
        "reason": "slur",
        "note": "0:42",
        "by": "lea",
        "sample": None,
        "correct": True,
        "stale": False,
        "dispute": None,
        "dispute_reason": None,
        "disputed_at": None,
        "reply": None,
        "decided_at": None,
    }


def test_what_cannot_be_checked_is_refused_with_its_field(client, lea):
    client.force_login(lea)
    bad = [
        CHECK | {"session": "nope"},
        CHECK | {"position": 9},
        CHECK | {"position": 2},
        CHECK | {"verdict": "maybe"},
        CHECK | {"note": "x" * 2001},
    ]

    response = send(client, "quality-checks/", [*bad, CHECK])

    assert response.status_code == 422
    assert [(each["index"], each["path"]) for each in response.json()["rejected"]] == [
        (0, "session"),
        (1, "position"),
        (2, "position"),
        (3, "verdict"),
        (4, "note"),
    ]
    assert not QualityCheck.objects.exists()


@pytest.mark.parametrize("query", ["", "?partial=true"])
def test_more_at_once_than_are_taken_in_are_refused_unread(
    client, lea, query, django_assert_max_num_queries
):
    client.force_login(lea)

    with django_assert_max_num_queries(20):
        response = send(client, f"quality-checks/{query}", [CHECK] * 1_001)

    assert response.status_code == 413
    assert response.json()["detail"] == (
        "These are 1,001 checks; send at most 1,000 at once, in parts."
    )
    assert not QualityCheck.objects.exists()


def test_a_lead_sends_none_of_their_own(client, lea):
    lea.moderator = Moderator.objects.get(username="ann")
    lea.save()
    client.force_login(lea)

    response = send(client, "quality-checks/", CHECK)

    assert response.status_code == 422
    assert response.json()["rejected"][0]["message"].startswith("is your own")


def test_whom_it_is_about_sees_it_without_the_checker(client, lea, ann, bob):
    client.force_login(lea)
    send(client, "quality-checks/", [CHECK, CHECK | {"session": "s3"}])

    client.force_login(ann)
    assert [(row["session"], row["by"]) for row in listed(client)] == [("s1", None)]
    client.force_login(bob)
    assert listed(client) == []
    # Somebody who sees everyone is told as little about their own.
    User.objects.filter(pk=ann.pk).update(moderator=None)
    max_ = make_user("max", Role.LEAD)
    max_.moderator = Moderator.objects.get(username="ann")
    max_.save()
    client.force_login(max_)
    assert {row["session"]: row["by"] for row in listed(client)} == {"s1": None, "s3": "lea"}


def test_filters(client, lea):
    client.force_login(lea)
    send(client, "quality-checks/", [CHECK, CHECK | {"position": 1}, CHECK | {"session": "s4"}])
    VideoView.objects.filter(session__public_id="s4").update(keys=[])

    def found(query):
        return sorted((row["session"], row["position"]) for row in listed(client, query))

    assert found("?correct=false") == [("s1", 0), ("s4", 0)]
    assert found("?stale=true") == [("s4", 0)]
    assert found("?decision=rejected") == [("s1", 1)]
    assert found("?moderator=ben&queue=Hate") == [("s4", 0)]
    assert found("?end=2026-03-31") == [("s1", 0), ("s1", 1)]
    Session.objects.get(public_id="s4").delete()
    assert found("?stale=true") == [("s4", 0)]


def test_a_program_sends_and_sees_none(client, ada):
    tool = make_user("tool", Role.PROGRAM)
    token = ApiToken.objects.create_token(tool, "checks", scope="ingest")[1]
    headers = {"Authorization": f"Token {token}"}

    sent = client.post(
        "/api/v1/quality-checks/", json.dumps(CHECK), "application/json", headers=headers
    )

    assert sent.json()["created"] == 1
    assert client.get("/api/v1/quality-checks/", headers=headers).status_code == 403


def test_a_dispute_from_its_reason_to_its_reply(client, lea, ann):
    client.force_login(lea)
    send(client, "quality-checks/", CHECK)
    key = QualityCheck.objects.get().pk
    max_ = make_user("max", Role.LEAD)

    client.force_login(ann)
    opened = send(client, f"quality-checks/{key}/dispute/", {"reason": "It is quoted."})
    assert (opened.status_code, opened.json()["dispute"]) == (201, "open")
    assert opened.json()["correct"] is None
    twice = send(client, f"quality-checks/{key}/dispute/", {"reason": "It is."})
    assert (twice.status_code, "once" in twice.json()["detail"]) == (400, True)
    client.force_login(lea)
    decision = {"outcome": "reversed", "reply": "You are right."}
    assert send(client, f"quality-checks/{key}/decision/", decision).status_code == 403
    client.force_login(max_)
    decided = send(client, f"quality-checks/{key}/decision/", decision).json()
    assert (decided["dispute"], decided["reply"], decided["correct"]) == (
        "reversed",
        "You are right.",
        True,
    )


def test_a_dispute_is_withdrawn_until_it_is_decided(client, lea, ann, bob):
    client.force_login(lea)
    send(client, "quality-checks/", CHECK)
    key = QualityCheck.objects.get().pk
    address = f"/api/v1/quality-checks/{key}/dispute/"
    client.force_login(ann)
    assert client.delete(address).status_code == 404
    send(client, f"quality-checks/{key}/dispute/", {"reason": "It is quoted."})
    # Neither another moderator nor a lead withdraws it.
    client.force_login(bob)
    assert client.delete(address).status_code == 404
    client.force_login(make_user("max", Role.LEAD))
    assert client.delete(address).status_code == 404
    client.force_login(ann)
    withdrawn = client.delete(address)
    assert withdrawn.status_code == 200
    row = withdrawn.json()
    # What was written stays, and the check counts as it says.
    assert (row["dispute"], row["dispute_reason"], row["reply"], row["correct"]) == (
        "withdrawn",
        "It is quoted.",
        None,
        False,
    )
    assert row["decided_at"] is not None
    again = client.delete(address)
    assert (again.status_code, again.json()["detail"]) == (400, "Has been withdrawn.")
    twice = send(client, f"quality-checks/{key}/dispute/", {"reason": "It is."})
    assert "once" in twice.json()["detail"]
    client.force_login(make_user("pat", Role.LEAD))
    decision = {"outcome": "reversed", "reply": "You are right."}
    decided = send(client, f"quality-checks/{key}/decision/", decision)
    assert (decided.status_code, decided.json()["detail"]) == (400, "Has been withdrawn.")


@pytest.mark.parametrize("body", [[], {}, {"reason": 1}, {"reason": "x", "more": 1}])
def test_a_bad_dispute_is_an_error(client, lea, ann, body):
    client.force_login(lea)
    send(client, "quality-checks/", CHECK)
    client.force_login(ann)
    key = QualityCheck.objects.get().pk

    assert send(client, f"quality-checks/{key}/dispute/", body).status_code == 400


def test_the_audit_has_old_and_new_verdicts_and_no_notes(client, lea, ann):
    client.force_login(lea)
    send(client, "quality-checks/", CHECK)
    send(client, "quality-checks/", CHECK | {"verdict": "unsure", "note": "no idea"})
    client.force_login(ann)
    send(client, f"quality-checks/{QualityCheck.objects.get().pk}/dispute/", {"reason": "Quoted"})

    about = Entry.objects.filter(object_kind="analytics.qualitycheck").order_by("pk")
    (created, changed) = about.values_list("action", "subject__name", "details")
    assert created[:2] == ("create", "ann")
    assert created[2]["verdict"] == [None, "rejected"]
    assert changed[2] == {"verdict": ["rejected", "unsure"], "note": "changed"}
    dispute = Entry.objects.get(object_kind="analytics.dispute")
    assert (dispute.details["reason"], dispute.subject.name) == ("changed", "ann")


def test_a_decision_over_the_api_sends_the_mail_too(
    client, lea, ann, monkeypatch, django_capture_on_commit_callbacks
):
    submitted = []
    monkeypatch.setattr(dispute_mail.thread._executor, "submit", submitted.append)
    client.force_login(lea)
    send(client, "quality-checks/", CHECK)
    check = QualityCheck.objects.get()
    open_dispute(check, "It is a quote.", by=ann)
    client.force_login(make_user("mia", Role.LEAD))
    with django_capture_on_commit_callbacks(execute=True):
        ruling = {"outcome": "reversed", "reply": "Yes."}
        assert send(client, f"quality-checks/{check.pk}/decision/", ruling).status_code == 200
    assert submitted == [dispute_mail.thread.run]
