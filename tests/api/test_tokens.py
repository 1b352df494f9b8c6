"""Tokens: hashed, shown once, limited in what they open, how long and how often."""

import io
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from accounts.models import Role, User
from accounts.tokens import ApiToken, TokenScope, digest_of
from tests.api.conftest import ApiClient, with_login, with_token
from tests.conftest import make_user


def test_only_the_hash_is_kept(lea):
    token, text = ApiToken.objects.create_token(lea, "BI")
    assert text.startswith("mp_")
    assert len(text) > 40
    values = ApiToken.objects.filter(pk=token.pk).values().get()
    assert values["digest"] == digest_of(text)
    assert text not in str(values)
    assert text.startswith(values["prefix"])


@pytest.mark.parametrize(
    "header",
    ["Token", "Token a b", "Token wrong", "Token mp_é", "token  ", "Bearer x", ""],
)
def test_no_such_token(db, header):
    answer = ApiClient().read("metrics/", HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Token")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_expired_revoked_inactive(lea):
    now = timezone.now()
    token, text = ApiToken.objects.create_token(lea, "BI", expires_at=now + timedelta(days=1))
    client = ApiClient(text)
    assert client.read("metrics/").status_code == 200
    assert list(ApiToken.objects.working(now)) == [token]
    ApiToken.objects.update(expires_at=now - timedelta(seconds=1))
    assert client.read("metrics/").json()["detail"] == "The token has expired."
    assert not ApiToken.objects.working(now).exists()
    ApiToken.objects.update(expires_at=None, revoked_at=now)
    assert client.read("metrics/").json()["detail"] == "The token was revoked."
    ApiToken.objects.update(revoked_at=None)
    lea.is_active = False
    lea.save()
    assert client.read("metrics/").status_code == 401


def test_last_use(lea):
    client = with_token(lea)
    before = timezone.now()
    client.read("metrics/")
    assert before <= ApiToken.objects.get().last_used_at <= timezone.now()


def test_too_many_requests(lea, settings, monkeypatch):
    settings.API_REQUESTS_PER_MINUTE = 3
    now = datetime(2026, 3, 10, 12, 0, 20, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    client, other = with_token(lea), with_token(lea)
    assert [client.read("metrics/").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.read("metrics/")
    assert refused.headers["Retry-After"] == "40"
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert other.read("metrics/").status_code == 200
    assert with_login(lea).read("metrics/").status_code == 200
    now += timedelta(seconds=40)
    assert client.read("metrics/").status_code == 200


def test_command_prints_the_token_alone(tool):
    out = io.StringIO()
    call_command("create_api_token", "tool", "--scope", "ingest", "--days", "7", stdout=out)
    token = ApiToken.objects.find(out.getvalue().strip())
    assert out.getvalue().count("\n") == 1
    assert (token.user, token.scope) == (tool, TokenScope.INGEST)
    assert timedelta(days=6) < token.expires_at - timezone.now() <= timedelta(days=7)


@pytest.mark.parametrize(
    "arguments",
    [
        ["nobody"],
        ["lea", "--days", "0"],
        ["lea", "--name", ""],
        ["lea", "--scope", "all"],
        ["lea", "--scope", "ingest"],
    ],
)
def test_command_refuses(lea, arguments):
    with pytest.raises(CommandError):
        call_command("create_api_token", *arguments)
    lea.is_active = False
    lea.save()
    with pytest.raises(CommandError):
        call_command("create_api_token", "lea")


def test_page_makes_shows_once_and_revokes(client, alice):
    client.force_login(alice)
    made = client.post("/account/tokens/", {"name": "My script", "days": "30"})
    assert made.status_code == 200
    secret = made.context["secret"]
    assert secret in made.content.decode()
    assert made.headers["Cache-Control"].find("no-store") >= 0
    token = ApiToken.objects.get()
    assert (token.user, token.scope, token.name) == (alice, TokenScope.READ, "My script")
    page = client.get("/account/tokens/").content.decode()
    assert "My script" in page
    assert secret not in page
    assert ApiClient(secret).read("metrics/").status_code == 200
    client.post(f"/account/tokens/{token.pk}/revoke/")
    assert ApiClient(secret).read("metrics/").status_code == 401


def test_page_refuses(client, alice, bob):
    token, _ = ApiToken.objects.create_token(bob, "Bob's")
    client.force_login(alice)
    assert client.post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    assert client.get(f"/account/tokens/{token.pk}/revoke/").status_code == 405
    assert client.post("/account/tokens/", {"name": "", "days": "30"}).status_code == 400
    assert client.post("/account/tokens/", {"name": "x", "days": "31"}).status_code == 400
    assert "Bob's" not in client.get("/account/tokens/").content.decode()
    for n in range(20):
        ApiToken.objects.create_token(alice, f"token {n}")
    assert client.post("/account/tokens/", {"name": "x", "days": "30"}).status_code == 400
    assert client.post("/account/tokens/", {"name": "x", "scope": "ingest", "days": "30"})
    assert not ApiToken.objects.filter(scope=TokenScope.INGEST).exists()


def test_admin_makes_either_kind_and_shows_it_once(client, ada, tool):
    client.force_login(ada)
    form = {"user": tool.pk, "name": "Review tool", "scope": "ingest"}
    made = client.post("/admin/accounts/apitoken/add/", form | {"_save": "1"}, follow=True)
    token = ApiToken.objects.get()
    assert (token.user, token.scope) == (tool, TokenScope.INGEST)
    page = made.content.decode()
    secret = page.split("<code>")[1].split("</code>")[0]
    assert ApiToken.objects.find(secret) == token
    address = f"/admin/accounts/apitoken/{token.pk}/change/"
    assert secret not in client.get(address).content.decode()
    client.post(address, {"name": "Renamed", "scope": "read", "user": ada.pk})
    token.refresh_from_db()
    assert (token.name, token.scope, token.user) == ("Renamed", TokenScope.INGEST, tool)
    client.post("/admin/accounts/apitoken/", {"action": "revoke", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_logins_and_tokens_do_not_mix(alice):
    client = with_login(alice)
    assert client.read("metrics/", HTTP_AUTHORIZATION="Token wrong").status_code == 401


def test_a_token_does_no_more_than_its_owner_at_that_moment(ada, tool):
    """An admin's token sends while they are admin; a program's reads nothing."""
    client = with_token(ada, TokenScope.INGEST)
    assert client.send("user-activity/", []).status_code == 200
    User.objects.filter(pk=ada.pk).update(role="lead", is_staff=False, is_superuser=False)
    assert client.send("user-activity/", []).status_code == 401
    # Even one that was made afterwards.
    assert with_token(ada, TokenScope.INGEST).send("user-activity/", []).status_code == 403
    assert with_token(tool, TokenScope.INGEST).send("user-activity/", []).status_code == 200
    assert with_token(tool, TokenScope.READ).read("metrics/").status_code == 403


@pytest.mark.parametrize("changes", [{"role": "moderator"}, {"is_active": False}])
def test_what_ended_does_not_live_again(lea, changes):
    client = with_token(lea)
    before = {name: getattr(lea, name) for name in changes}
    User.objects.filter(pk=lea.pk).update(**changes)
    User.objects.filter(pk=lea.pk).update(**before)
    # A copy read before cannot turn the count back.
    lea.save()
    answer = client.read("metrics/")
    assert answer.status_code == 401
    assert answer.json()["detail"] == ("The token ended when its account's role or state changed.")
    assert not ApiToken.objects.working(timezone.now()).exists()
    assert with_token(lea).read("metrics/").status_code == 200


def test_requests_at_the_same_time_get_different_numbers(lea):
    """Each copy was read before any of them was used."""
    token, _ = ApiToken.objects.create_token(lea, "BI")
    copies = [ApiToken.objects.get(pk=token.pk) for _ in range(3)]
    now = datetime(2026, 3, 10, 12, 0, 20, tzinfo=UTC)
    assert [copy.count_request(now) for copy in copies] == [1, 2, 3]
    assert token.count_request(now + timedelta(minutes=1)) == 1


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_are_let_in_up_to_the_limit(settings):
    settings.API_REQUESTS_PER_MINUTE = 5
    token, _ = ApiToken.objects.create_token(make_user("lea", Role.LEAD), "BI")
    now = datetime(2026, 3, 10, 12, 0, 20, tzinfo=UTC)
    start = threading.Barrier(16)
    counted = []

    def ask():
        try:
            # As a request does: everybody has read the row before anybody counts.
            own = ApiToken.objects.get(pk=token.pk)
            start.wait()
            counted.append(own.count_request(now))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counted) == list(range(1, 17))
    assert sum(count <= settings.API_REQUESTS_PER_MINUTE for count in counted) == 5


def test_a_late_request_of_the_minute_before_resets_nothing(lea):
    token, _ = ApiToken.objects.create_token(lea, "BI")
    now = datetime(2026, 3, 10, 12, 1, 0, tzinfo=UTC)
    assert token.count_request(now) == 1
    assert token.count_request(now - timedelta(milliseconds=5)) == 2
    assert token.count_request(now) == 3
