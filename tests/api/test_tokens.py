"""Tokens: hashed, shown once, limited in what they open, how long and how often."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.tokens import ApiToken, TokenScope, digest_of
from tests.api.conftest import ApiClient, with_login, with_token


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


def test_command_prints_the_token_alone(lea):
    out = io.StringIO()
    call_command("create_api_token", "lea", "--scope", "ingest", "--days", "7", stdout=out)
    token = ApiToken.objects.find(out.getvalue().strip())
    assert out.getvalue().count("\n") == 1
    assert (token.user, token.scope) == (lea, TokenScope.INGEST)
    assert timedelta(days=6) < token.expires_at - timezone.now() <= timedelta(days=7)


@pytest.mark.parametrize(
    "arguments",
    [["nobody"], ["lea", "--days", "0"], ["lea", "--name", ""], ["lea", "--scope", "all"]],
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


def test_admin_makes_either_kind_and_shows_it_once(client, ada, alice):
    client.force_login(ada)
    form = {"user": alice.pk, "name": "Review tool", "scope": "ingest"}
    made = client.post("/admin/accounts/apitoken/add/", form | {"_save": "1"}, follow=True)
    token = ApiToken.objects.get()
    assert (token.user, token.scope) == (alice, TokenScope.INGEST)
    page = made.content.decode()
    secret = page.split("<code>")[1].split("</code>")[0]
    assert ApiToken.objects.find(secret) == token
    address = f"/admin/accounts/apitoken/{token.pk}/change/"
    assert secret not in client.get(address).content.decode()
    client.post(address, {"name": "Renamed", "scope": "read", "user": ada.pk})
    token.refresh_from_db()
    assert (token.name, token.scope, token.user) == ("Renamed", TokenScope.INGEST, alice)
    client.post("/admin/accounts/apitoken/", {"action": "revoke", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_logins_and_tokens_do_not_mix(alice):
    client = with_login(alice)
    assert client.read("metrics/", HTTP_AUTHORIZATION="Token wrong").status_code == 401
