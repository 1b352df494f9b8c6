"""Single sign-on against a real provider, which these tests start: its word, good and bad."""

import json
import threading
import time
from urllib.parse import parse_qs, urlsplit

import flask
import oidc_provider_mock
import pytest
import requests
from django.test import Client
from joserfc import jws
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import make_server

from accounts.checks import single_sign_on_is_whole
from accounts.models import CompanyAccount, Role, User
from accounts.single_sign_on import provider as provider_module
from accounts.tokens import ApiToken
from analytics.models import Moderator
from audit.models import Entry
from tests.conftest import PASSWORD, make_user


class Provider:
    """The provider, its people, and what it is made to say wrongly."""

    def __init__(self) -> None:
        app = oidc_provider_mock.app()
        app.after_request(self.forge)
        self.change = None
        self.asked: list[str] = []
        self.server = make_server("localhost", 0, app, threaded=True)
        self.issuer = f"http://localhost:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def person(self, subject: str, **claims) -> None:
        answer = requests.put(f"{self.issuer}/users/{subject}", json=claims, timeout=60)
        assert answer.ok

    def forge(self, response):
        """Let ``change`` have the ID token, or what is served, before it goes out."""
        self.asked.append(flask.request.path)
        if self.change and flask.request.path == "/oauth2/token" and response.status_code == 200:
            body = response.get_json()
            key = flask.g.oidc_provider_mock_storage.jwk
            claims = json.loads(jws.extract_compact(body["id_token"].encode()).payload)
            body["id_token"] = self.change(claims, RSAKey.import_key(key.as_dict(is_private=True)))
            response.set_data(json.dumps(body))
        return response


@pytest.fixture(scope="module")
def running_provider():
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running_provider, settings):
    """The provider, set up."""
    running_provider.change = None
    running_provider.asked.clear()
    provider_module._clients.clear()
    settings.OIDC_ISSUER = running_provider.issuer
    settings.OIDC_CLIENT_ID = "portal"
    settings.OIDC_CLIENT_SECRET = "secret"
    settings.OIDC_ROLE_CLAIM = "portal_role"
    settings.OIDC_MODERATOR_CLAIM = "portal_moderator"
    return running_provider


def come_back(client, way: str, subject: str, **changes):
    """Say yes at the provider, as a browser would; the answer to coming back."""
    answer = requests.post(way, data={"sub": subject}, allow_redirects=False, timeout=60)
    address = urlsplit(answer.headers["Location"])
    query = {name: values[0] for name, values in parse_qs(address.query).items()} | changes
    return client.get(address.path, query)


def sign_in(client, subject: str, **changes):
    way = client.get("/login/company/").headers["Location"]
    return come_back(client, way, subject, **changes)


def signed_in_as(client) -> str:
    return User.objects.get(pk=client.session["_auth_user_id"]).username


def is_signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_the_way_to_the_provider(client, provider, db):
    page = client.get("/login/?next=/review/").content.decode()
    assert 'href="/login/company/?next=/review/"' in page
    way = urlsplit(client.get("/login/company/").headers["Location"])
    query = parse_qs(way.query)
    assert f"{way.scheme}://{way.netloc}" == provider.issuer
    assert query["redirect_uri"] == ["http://testserver/login/company/callback/"]
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["nonce"][0]) >= 20
    assert len(query["state"][0]) >= 20


def test_somebody_new_sees_what_the_claims_give(client, provider, db):
    amy = Moderator.objects.create(username="amy.adams")
    provider.person(
        "sub-1",
        preferred_username="amy a",
        email="amy@example.org",
        given_name="Amy",
        portal_role="moderator",
        portal_moderator="amy.adams",
    )
    assert sign_in(client, "sub-1").headers["Location"] == "/start/"
    user = User.objects.get(pk=client.session["_auth_user_id"])
    assert (user.username, user.email, user.first_name) == ("amy-a", "amy@example.org", "Amy")
    assert (user.role, user.moderator_id) == (Role.MODERATOR, amy.pk)
    assert not user.has_usable_password()
    link = CompanyAccount.objects.get()
    assert (link.user, link.issuer, link.subject) == (user, provider.issuer, "sub-1")
    assert client.get("/review/").status_code == 200
    login = Entry.objects.filter(action="login").latest("pk")
    assert (login.subject.name, login.details) == ("amy-a", {"by": ["single sign-on"]})


@pytest.mark.parametrize(
    ("address", "leads_to"), [("/review/", "/review/"), ("https://evil.example/", "/start/")]
)
def test_it_leads_where_one_was_going_and_never_to_another_host(
    client, provider, db, address, leads_to
):
    provider.person("sub-22", portal_role="lead")
    way = client.get("/login/company/", {"next": address}).headers["Location"]
    assert come_back(client, way, "sub-22", next=address).headers["Location"] == leads_to


def test_no_claim_gives_nothing(client, provider, db):
    Moderator.objects.create(username="amy.adams")
    provider.person("sub-2", portal_moderator="amy.adams")
    sign_in(client, "sub-2")
    user = User.objects.get(username=signed_in_as(client))
    assert (user.role, user.moderator) == (Role.MODERATOR, None)
    assert client.get("/review/").status_code == 403


@pytest.mark.parametrize("claim", ["program", "Admin", "superuser", 7, None, [], {"admin": 1}])
def test_what_is_no_role_gives_none(client, provider, db, claim):
    provider.person("sub-3", portal_role=claim)
    sign_in(client, "sub-3")
    assert User.objects.get(username=signed_in_as(client)).role == Role.MODERATOR


def test_of_several_roles_the_highest(client, provider, db):
    provider.person("sub-4", portal_role=["staff", "moderator", "lead"])
    sign_in(client, "sub-4")
    assert User.objects.get(username=signed_in_as(client)).role == Role.LEAD


def test_claims_within_claims(client, provider, db, settings):
    settings.OIDC_ROLE_CLAIM = "realm_access.roles"
    provider.person("sub-5", realm_access={"roles": ["admin"]})
    sign_in(client, "sub-5")
    assert User.objects.get(username=signed_in_as(client)).role == Role.ADMIN


def test_nobody_is_linked_by_name_or_mail(client, provider, ada):
    provider.person("sub-6", preferred_username="ada", email=ada.email, portal_role="lead")
    sign_in(client, "sub-6")
    assert signed_in_as(client) == "ada-2"
    assert not ada.company_accounts.exists()
    ada.refresh_from_db()
    assert ada.role == Role.ADMIN


def test_changed_claims_change_the_account_and_end_what_there_was(client, provider, db):
    provider.person("sub-7", preferred_username="lou", portal_role="admin")
    sign_in(client, "sub-7")
    lou = User.objects.get(username="lou")
    text = ApiToken.objects.create_token(lou, "x", scope="read")[1]
    assert client.get("/admin/").status_code == 200

    provider.person("sub-7", preferred_username="somebody else", portal_role="lead")
    other = Client()
    sign_in(other, "sub-7")
    assert signed_in_as(other) == "lou"
    assert client.get("/").headers["Location"] == "/login/?next=/"
    assert other.get("/").status_code == 200
    assert other.get("/admin/accounts/user/").status_code != 200
    bearer = Client(headers={"Authorization": f"Token {text}"})
    assert bearer.get("/api/v1/metrics/").status_code == 401
    change = Entry.objects.filter(action="change", object_kind="accounts.user").latest("pk")
    assert change.details["role"] == ["admin", "lead"]


def test_a_moderator_belongs_to_one_account(client, provider, alice):
    provider.person("sub-8", portal_role="moderator", portal_moderator="alice")
    sign_in(client, "sub-8")
    assert User.objects.get(username=signed_in_as(client)).moderator is None
    alice.refresh_from_db()
    assert alice.moderator is not None


def test_a_closed_account_stays_closed(client, provider, db):
    provider.person("sub-9", portal_role="lead", preferred_username="gone")
    sign_in(client, "sub-9")
    client.post("/logout/")
    User.objects.filter(username="gone").update(is_active=False)
    refused = sign_in(client, "sub-9")
    assert refused.status_code == 403
    assert "Your account of the portal is closed" in refused.content.decode()
    assert not is_signed_in(client)


def test_a_state_works_once(client, provider, db):
    provider.person("sub-10", portal_role="lead")
    way = client.get("/login/company/").headers["Location"]
    answer = requests.post(way, data={"sub": "sub-10"}, allow_redirects=False, timeout=60)
    address = urlsplit(answer.headers["Location"])
    back = f"{address.path}?{address.query}"
    # In another browser the state means nothing.
    assert Client().get(back).status_code == 400
    assert client.get(back).status_code == 302
    client.post("/logout/")
    replayed = client.get(back)
    assert replayed.status_code == 400
    assert "This sign-in was used already" in replayed.content.decode()
    assert not is_signed_in(client)
    entry = Entry.objects.filter(action="login-failed").latest("pk")
    assert entry.details == {"by": ["single sign-on"], "reason": provider_module.USED}


def test_a_state_that_is_too_old(client, provider, db, monkeypatch):
    way = client.get("/login/company/").headers["Location"]
    later = time.time() + provider_module.STATE_SECONDS + 1
    monkeypatch.setattr(provider_module.time, "time", lambda: later)
    assert come_back(client, way, "sub-11").status_code == 400


def test_a_browser_has_few_open_attempts(client, provider, db):
    for _ in range(9):
        client.get("/login/company/")
    states = [key for key, _ in client.session.items() if key.startswith("_state_")]
    assert len(states) == provider_module.MAX_STATES


def signed(claims, key, **header) -> str:
    return jws.serialize_compact(
        {"alg": "RS256", "kid": key.kid, **header}, json.dumps(claims), key
    )


def unsigned(claims, key) -> str:
    return jws.serialize_compact(
        {"alg": "none"}, json.dumps(claims), OctKey.generate_key(), algorithms=["none"]
    )


def altered(claims, key) -> str:
    head, _, tail = signed(claims, key).split(".")
    body = jws.serialize_compact(
        {"alg": "RS256"}, json.dumps({**claims, "portal_role": "admin"}), key
    ).split(".")[1]
    return f"{head}.{body}.{tail}"


def by_another_key(claims, key) -> str:
    other = RSAKey.generate_key()
    return jws.serialize_compact({"alg": "RS256", "kid": key.kid}, json.dumps(claims), other)


def by_the_secret(claims, key) -> str:
    return jws.serialize_compact(
        {"alg": "HS256"}, json.dumps(claims), OctKey.import_key("secret"), algorithms=["HS256"]
    )


def with_claims(**changes):
    def change(claims, key) -> str:
        merged = {name: value for name, value in {**claims, **changes}.items() if value != "gone"}
        return signed(merged, key)

    return change


FORGERIES = {
    "unsigned": unsigned,
    "altered": altered,
    "another key": by_another_key,
    "the client's secret": by_the_secret,
    "another issuer": with_claims(iss="https://evil.example"),
    "no issuer": with_claims(iss="gone"),
    "another audience": with_claims(aud="another"),
    "another audience, with us as azp": with_claims(aud="another", azp="portal"),
    "expired": with_claims(exp=int(time.time()) - 3600),
    "no expiry": with_claims(exp="gone"),
    "from the future": with_claims(nbf=int(time.time()) + 24 * 3600),
    "another nonce": with_claims(nonce="x"),
    "no nonce": with_claims(nonce="gone"),
    "nobody": with_claims(sub=""),
    "a number": with_claims(sub=7),
    "no token at all": lambda claims, key: "x.y.z",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_is_not_the_provider_s_word_is_refused(client, provider, db, forgery):
    provider.person("sub-12", portal_role="lead")
    provider.change = FORGERIES[forgery]
    refused = sign_in(client, "sub-12")
    assert refused.status_code == 400
    assert "cannot be trusted" in refused.content.decode()
    assert not is_signed_in(client)
    assert not CompanyAccount.objects.exists()


def test_the_forgeries_are_tokens_that_would_do(client, provider, db):
    """Made the same way without a fault, a token is believed."""
    provider.person("sub-13", portal_role="lead")
    provider.change = with_claims()
    assert sign_in(client, "sub-13").status_code == 302


def test_an_answer_of_another_provider(client, provider, db):
    provider.person("sub-14", portal_role="lead")
    assert sign_in(client, "sub-14", iss="https://evil.example").status_code == 400


def test_a_provider_that_calls_itself_something_else(client, provider, db, settings):
    settings.OIDC_ISSUER = f"{provider.issuer}/"
    refused = client.get("/login/company/")
    assert refused.status_code == 502
    assert "it is of another issuer" in refused.content.decode()


def test_a_provider_out_of_reach(client, provider, db, settings):
    settings.OIDC_ISSUER = "http://localhost:9"
    refused = client.get("/login/company/")
    assert refused.status_code == 502
    assert "cannot be reached" in refused.content.decode()


def test_what_the_provider_says_of_itself_is_asked_once(client, provider, db):
    provider.person("sub-15", portal_role="lead")
    for _ in range(3):
        sign_in(client, "sub-15")
        client.post("/logout/")
    assert provider.asked.count("/.well-known/openid-configuration") == 1
    assert provider.asked.count("/jwks") == 1


def test_the_provider_may_refuse(client, provider, db):
    way = client.get("/login/company/").headers["Location"]
    state = parse_qs(urlsplit(way).query)["state"][0]
    refused = client.get("/login/company/callback/", {"error": "access_denied", "state": state})
    assert refused.status_code == 403
    assert "refused the sign-in" in refused.content.decode()


def test_a_link_is_made_by_who_is_logged_in(client, provider, lea):
    provider.person("sub-16", portal_role="lead")
    client.post("/login/", {"username": "lea", "password": PASSWORD})
    way = client.get("/account/company/").context["way"]
    assert parse_qs(urlsplit(way).query)["prompt"] == ["login"]
    assert come_back(client, way, "sub-16").headers["Location"] == "/account/company/"
    assert lea.company_accounts.get().subject == "sub-16"
    client.post("/logout/")
    sign_in(client, "sub-16")
    assert signed_in_as(client) == "lea"

    other = Client()
    make_user("max", Role.LEAD)
    other.post("/login/", {"username": "max", "password": PASSWORD})
    way = other.get("/account/company/").context["way"]
    assert "belongs to another account" in come_back(other, way, "sub-16").content.decode()

    assert client.post("/account/company/").status_code == 302
    assert not CompanyAccount.objects.exists()


def test_a_link_is_the_only_way_in_and_stays(client, provider, db):
    provider.person("sub-17", portal_role="lead")
    sign_in(client, "sub-17")
    assert client.post("/account/company/").status_code == 409
    assert CompanyAccount.objects.exists()


def test_confirming_by_the_company_account(client, provider, db, monkeypatch):
    provider.person("sub-18", portal_role="lead")
    provider.person("sub-19", portal_role="lead")
    sign_in(client, "sub-18")
    later = time.time() + 16 * 60
    monkeypatch.setattr("accounts.second_factor.adapters.time.time", lambda: later)
    asked = client.get("/account/second-factor/app/")
    assert asked.headers["Location"] == (
        "/account/confirm/company/?next=%2Faccount%2Fsecond-factor%2Fapp%2F"
    )
    way = client.get(asked.headers["Location"]).context["way"]
    assert "not the company account" in come_back(client, way, "sub-19").content.decode()
    way = client.get(asked.headers["Location"]).context["way"]
    assert come_back(client, way, "sub-18").headers["Location"] == "/account/second-factor/app/"


def test_a_required_second_factor(client, provider, db, settings):
    settings.REQUIRE_SECOND_FACTOR = "lead"
    provider.person("sub-20", portal_role="lead")
    sign_in(client, "sub-20")
    assert client.get("/").headers["Location"] == "/account/second-factor/"
    other = Client()
    provider.change = with_claims(amr=["pwd", "mfa"])
    sign_in(other, "sub-20")
    assert other.get("/").status_code == 200


def test_without_local_passwords(client, provider, lea, settings):
    settings.LOCAL_PASSWORDS = False
    page = client.get("/login/").content.decode()
    assert "Continue with your company account" in page
    assert 'name="password"' not in page
    assert client.post("/login/", {"username": "lea", "password": PASSWORD}).status_code == 403
    for path in ("/password/reset/", "/password/change/", "/login/passkey/"):
        client.force_login(lea, backend="accounts.backends.PasswordBackend")
        assert client.get(path).status_code == 404
    client.logout()
    provider.person("sub-21", portal_role="lead")
    assert sign_in(client, "sub-21").status_code == 302


def test_without_a_provider_there_is_no_such_page(client, lea):
    client.force_login(lea)
    for path in ("", "callback/"):
        assert client.get(f"/login/company/{path}").status_code == 404
    assert client.get("/account/company/").status_code == 404
    assert "company account" not in Client().get("/login/").content.decode()


@pytest.mark.parametrize(
    ("values", "ids"),
    [
        ({}, []),
        ({"OIDC_ISSUER": "https://i", "OIDC_CLIENT_ID": "c"}, ["accounts.E001"]),
        ({"OIDC_ROLE_CLAIM": "role"}, ["accounts.E001"]),
        ({"LOCAL_PASSWORDS": False}, ["accounts.E002"]),
        (
            {"OIDC_ISSUER": "http://i", "OIDC_CLIENT_ID": "c", "OIDC_CLIENT_SECRET": "s"},
            ["accounts.W004"],
        ),
    ],
)
def test_incomplete_settings_are_named(settings, values, ids):
    for name, value in values.items():
        setattr(settings, name, value)
    found = single_sign_on_is_whole(None)
    assert [message.id for message in found] == ids
    if ids == ["accounts.E001"]:
        assert "OIDC_CLIENT_SECRET" in found[0].msg
