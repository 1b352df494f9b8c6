"""The pages of the account: each for everybody who logs in, with their own and nobody else's."""

import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest

from accounts.models import User
from accounts.tokens import ApiToken
from analytics.models import Moderator
from audit.models import Entry

SETTINGS = "/account/settings/"
CHOSEN = {
    "display_name": "Alice A.",
    "time_zone": "America/Argentina/Buenos_Aires",
    "number_format": "point-comma",
    "date_format": "iso",
    "wants_dispute_mail": "on",
}


@pytest.mark.parametrize("who", ["alice", "lea", "ada"])
@pytest.mark.parametrize("page", ["", "settings/", "tokens/", "data/"])
def test_each_page_says_who_it_is_and_leads_to_the_others(client, request, who, page):
    user = request.getfixturevalue(who)
    client.force_login(user)
    text = client.get(f"/account/{page}").text
    role = {"alice": "moderator", "lea": "lead", "ada": "admin"}[who]
    assert f">{who} · {role}</span>" in text
    tabs = re.search(r'<nav class="tabs".*?</nav>', text, re.DOTALL)[0]
    assert re.findall(r'href="([^"]+)"', tabs) == [
        "/account/", "/account/settings/", "/account/tokens/", "/account/data/",
    ]  # fmt: skip
    assert re.findall(r'href="([^"]+)" aria-current="page"', tabs) == [f"/account/{page}"]


def test_whose_work_somebody_sees_as_their_own_is_said_where_it_has_another_name(client, alice):
    Moderator.objects.filter(pk=alice.moderator.pk).update(username="alice.old")
    client.force_login(alice)
    words = "alice · moderator · sees the work of alice.old as their own"
    assert words in client.get("/account/").text


def test_settings_are_kept_and_the_audit_has_them(client, alice, bob):
    client.force_login(alice)
    answer = client.post(SETTINGS, CHOSEN, follow=True)
    assert "Your settings are saved." in answer.text
    alice.refresh_from_db()
    assert {name: getattr(alice, name) for name in CHOSEN} == CHOSEN | {"wants_dispute_mail": True}
    assert User.objects.filter(number_format="point-comma").count() == 1
    entry = Entry.objects.filter(action="change", object_kind="accounts.user").get()
    assert (entry.actor.name, entry.subject.name) == ("alice", "alice")
    assert entry.details["number_format"] == ["comma-point", "point-comma"]
    assert "Alice A." not in str(entry.details)
    # Beside the username, at the top.
    assert "Alice A." in client.get("/account/").text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_zone", "Europe/Atlantis"),
        ("number_format", "roman"),
        ("date_format", ""),
        ("display_name", "x" * 81),
    ],
)
def test_what_is_no_setting_changes_nothing(client, alice, name, value):
    client.force_login(alice)
    answer = client.post(SETTINGS, CHOSEN | {name: value})
    assert answer.status_code == 400
    assert f'id="id_{name}_error"' in answer.text
    alice.refresh_from_db()
    assert (alice.number_format, alice.display_name) == ("comma-point", "")


def test_settings_of_rights_cannot_be_sent_along(client, alice, bob):
    client.force_login(alice)
    client.post(SETTINGS, CHOSEN | {"role": "admin", "moderator": bob.moderator.pk})
    alice.refresh_from_db()
    assert (alice.role, alice.moderator.username) == ("moderator", "alice")


def test_what_is_kept_is_one_file_of_the_own_account_alone(client, alice, lea):
    """A lead who is called as somebody else's work is no closer to it."""
    Moderator.objects.create(username="lea")
    client.force_login(lea)
    answer = client.get("/export/my-data.zip")
    with zipfile.ZipFile(BytesIO(answer.getvalue())) as archive:
        names = archive.namelist()
        assert '"username": "lea"' in archive.read("account.json").decode()
    assert "session-documents.jsonl" not in names
    client.force_login(alice)
    answer = client.get("/export/my-data.zip")
    with zipfile.ZipFile(BytesIO(answer.getvalue())) as archive:
        assert "session-documents.jsonl" in archive.namelist()


def test_a_token_reads_what_its_owner_may_read_at_that_moment(client, lea):
    """Made by the page and shown once; demoted, its owner's answers are the token's."""
    client.force_login(lea)
    page = client.post("/account/tokens/", {"name": "report", "days": "30"}).text
    secret = re.search(r'id="new-token">([^<]+)<', page)[1]
    assert secret not in client.get("/account/tokens/").text
    assert secret not in str(ApiToken.objects.values())
    token = {"authorization": f"Token {secret}"}
    people = "/api/v1/metrics/moderator-summary/"
    client.logout()
    assert client.get(people, headers=token).status_code == 200
    User.objects.filter(pk=lea.pk).update(role="moderator")
    assert client.get(people, headers=token).status_code == 401
    row = ApiToken.objects.get()
    assert row.expires_at - row.created_at > timedelta(days=29)
    assert row.last_used_at is not None
