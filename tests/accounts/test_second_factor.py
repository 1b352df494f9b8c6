"""The second step of a login: apps, recovery codes, who must have one, what is open without."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from axes.models import AccessAttempt
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client

from accounts.models import FailedCode, Role
from accounts.second_factor import encryption
from accounts.second_factor.urls import urlpatterns
from accounts.tokens import ApiToken
from audit.models import Entry
from tests.conftest import PASSWORD, make_user

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OTHER_SECRET = "KRSXG5CTKRSXG5CTKRSXG5CTKRSXG5CT"
STEP = "/login/second-step/"


@pytest.fixture(autouse=True)
def _codes_that_differ(monkeypatch):
    """Secrets are known, and time stands still at a moment about which all their codes differ."""
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now)
    near = range(-3, 4)
    while len({code_of(secret, n) for secret in (SECRET, OTHER_SECRET) for n in near}) < 14:
        now -= 30
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.generate_totp_secret", lambda: SECRET)
    # What is taken for a secret that cannot be read.
    monkeypatch.setattr(
        "accounts.second_factor.adapters.generate_totp_secret", lambda: OTHER_SECRET
    )


def code_of(secret: str = SECRET, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def give_app(user) -> None:
    TOTP.activate(user, SECRET)


def log_in(client, user, **data):
    form = {"username": user.username, "password": PASSWORD, **data}
    return client.post("/login/", form)


def is_logged_in(client) -> bool:
    return "_auth_user_id" in client.session


def wrong() -> str:
    """A code that is none of those about now."""
    near = {code_of(steps=steps) for steps in range(-3, 4)}
    return next(code for code in ("000000", "111111", "222222") if code not in near)


def test_a_code_follows_the_password(client, lea):
    give_app(lea)
    assert log_in(client, lea, next="/people/").headers["Location"] == STEP
    assert not is_logged_in(client)
    assert client.get("/").headers["Location"] == "/login/?next=/"
    page = client.get(STEP).content.decode()
    assert "<strong>lea</strong>" in page
    assert "5 tries left" in page

    done = client.post(STEP, {"code": code_of()})
    assert done.headers["Location"] == "/people/"
    assert is_logged_in(client)
    entry = Entry.objects.filter(action="login").latest("pk")
    assert (entry.subject.name, entry.details) == ("lea", {"by": ["password", "totp"]})


def test_a_code_works_once_whatever_process_saw_it(client, lea, settings):
    give_app(lea)
    code = code_of()
    log_in(client, lea)
    client.post(STEP, {"code": code})
    other = Client()
    log_in(other, lea)
    assert "That was not right" in other.post(STEP, {"code": code}).content.decode()
    assert other.post(STEP, {"code": code_of(steps=1)}).status_code == 302


@pytest.mark.parametrize("steps", [-2, 2])
def test_codes_of_other_times_are_wrong(client, lea, steps):
    give_app(lea)
    log_in(client, lea)
    assert client.post(STEP, {"code": code_of(steps=steps)}).status_code == 200


def test_wrong_codes_wait_like_wrong_passwords_and_only_here(client, lea):
    give_app(lea)
    log_in(client, lea)
    statuses = [client.post(STEP, {"code": wrong()}).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    assert client.post(STEP, {"code": code_of()}).status_code == 429
    assert not is_logged_in(client)
    assert AccessAttempt.objects.get().failures_since_start == 5

    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    log_in(elsewhere, lea)
    assert elsewhere.post(STEP, {"code": code_of()}).status_code == 302
    failed = Entry.objects.filter(action="login-failed").latest("pk")
    assert (failed.subject.name, failed.place) == ("lea", "mfa_authenticate")


def test_an_account_has_twenty_wrong_codes_an_hour_from_all_addresses(lea):
    give_app(lea)
    FailedCode.objects.bulk_create(FailedCode(user=lea) for _ in range(19))
    for number, status in ((1, 200), (2, 429)):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        log_in(client, lea)
        assert client.post(STEP, {"code": wrong()}).status_code == status
    FailedCode.objects.update(failed_at="2026-01-01T00:00Z")
    last = Client(REMOTE_ADDR="192.0.2.3")
    log_in(last, lea)
    assert last.post(STEP, {"code": code_of()}).status_code == 302


def test_the_step_is_nothing_without_a_password(client, lea):
    give_app(lea)
    assert client.get(STEP).headers["Location"] == "/login/"
    assert client.post(STEP, {"code": code_of()}).headers["Location"] == "/login/"
    assert not is_logged_in(client)


def test_a_recovery_code_opens_once(client, lea):
    give_app(lea)
    code, other = RecoveryCodes.activate(lea).get_unused_codes()[:2]
    log_in(client, lea)
    assert client.post(STEP, {"code": code}).status_code == 302
    for again, status in ((code, 200), (other, 302)):
        client = Client()
        log_in(client, lea)
        assert client.post(STEP, {"code": again}).status_code == status


def test_a_device_is_remembered_until_the_factors_change(client, lea):
    give_app(lea)
    log_in(client, lea)
    client.post(STEP, {"code": code_of(), "trust": "on"})
    client.post("/logout/")
    assert log_in(client, lea).headers["Location"] == "/start/"
    entry = Entry.objects.filter(action="login").latest("pk")
    assert entry.details == {"by": ["password", "trusted browser"]}

    client.post("/logout/")
    Authenticator.objects.all().delete()
    give_app(lea)
    assert log_in(client, lea).headers["Location"] == STEP


def test_secrets_are_encrypted_in_the_database(lea, settings):
    give_app(lea)
    kept = Authenticator.objects.get().data["secret"]
    assert SECRET not in kept
    assert encryption.decrypt(kept) == SECRET

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    assert encryption.decrypt(kept) == SECRET
    settings.SECRET_KEY_FALLBACKS = []
    client = Client()
    log_in(client, lea)
    assert client.post(STEP, {"code": code_of()}).status_code == 200


def set_up_app(client):
    """Set an app up in the pages; returns the answer to its first code."""
    page = client.get("/account/second-factor/app/")
    return client.post(
        "/account/second-factor/app/", {"code": code_of(page.context["form"].secret)}
    )


def test_setting_an_app_up_shows_recovery_codes_once(client, lea):
    log_in(client, lea)
    page = client.get("/account/second-factor/app/")
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    assert client.post("/account/second-factor/app/", {"code": wrong()}).status_code == 200
    assert not Authenticator.objects.exists()

    assert set_up_app(client).headers["Location"] == "/account/second-factor/codes/"
    codes = client.get("/account/second-factor/codes/")
    shown = codes.context["unused_codes"]
    assert len(shown) == 10
    assert "no-store" in codes.headers["Cache-Control"]
    assert all(code in codes.context["codes_file"] for code in shown)
    again = client.get("/account/second-factor/codes/").content.decode()
    assert not any(code in again for code in shown)
    made = Entry.objects.filter(object_kind="mfa.authenticator").order_by("pk")
    assert [
        (entry.action, entry.subject.name, entry.details.get("type"), entry.details["data"])
        for entry in made
    ] == [
        ("create", "lea", [None, "totp"], "changed"),
        ("create", "lea", [None, "recovery_codes"], "changed"),
        # Looked at, for the one time.
        ("change", "lea", None, "changed"),
    ]


def test_the_code_that_set_an_app_up_opens_no_login(client, lea):
    log_in(client, lea)
    secret = client.get("/account/second-factor/app/").context["form"].secret
    code = code_of(secret)
    client.post("/account/second-factor/app/", {"code": code})
    other = Client()
    log_in(other, lea)
    assert "That was not right" in other.post(STEP, {"code": code}).content.decode()
    assert other.post(STEP, {"code": code_of(secret, steps=1)}).status_code == 302


def test_the_first_factor_ends_the_sessions_that_the_password_alone_has_opened(
    client, lea, ada, django_capture_on_commit_callbacks
):
    other, adas = Client(), Client()
    for browser, user in ((client, lea), (other, lea), (adas, ada)):
        log_in(browser, user)
    with django_capture_on_commit_callbacks(execute=True):
        set_up_app(client)
    assert [each.get("/account/").status_code for each in (client, other, adas)] == [200, 302, 200]
    # New codes are no first factor, nor is a second one.
    log_in(other, lea)
    secret = encryption.decrypt(Authenticator.objects.get(type="totp").data["secret"])
    assert other.post(STEP, {"code": code_of(secret, steps=1)}).status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/second-factor/codes/new/")
    assert [each.get("/account/").status_code for each in (client, other)] == [200, 200]


def test_factors_change_after_a_login_that_is_fresh_or_confirmed(client, lea, monkeypatch):
    log_in(client, lea)
    now = time.time() + 16 * 60
    monkeypatch.setattr("accounts.second_factor.adapters.time.time", lambda: now)
    asked = client.get("/account/second-factor/app/")
    assert asked.headers["Location"] == (
        "/account/confirm/?next=%2Faccount%2Fsecond-factor%2Fapp%2F"
    )
    assert client.post(asked.headers["Location"], {"password": "wrong"}).status_code == 200
    monkeypatch.setattr("allauth.account.internal.flows.login.time.time", lambda: now)
    confirmed = client.post(asked.headers["Location"], {"password": PASSWORD})
    assert confirmed.headers["Location"] == "/account/second-factor/app/"
    assert client.get("/account/second-factor/app/").status_code == 200


def test_confirming_has_the_limits_of_the_login(client, lea):
    client.force_login(lea)
    address = "/account/confirm/?next=/account/second-factor/"
    statuses = [client.post(address, {"password": "wrong"}).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]


@pytest.mark.parametrize(
    ("setting", "roles"),
    [
        ("none", []),
        ("admin", [Role.ADMIN]),
        ("lead", [Role.LEAD, Role.ADMIN]),
        ("all", [Role.MODERATOR, Role.LEAD, Role.ADMIN]),
    ],
)
def test_who_must_have_one_reaches_nothing_else(settings, db, setting, roles):
    settings.REQUIRE_SECOND_FACTOR = setting
    for role in (Role.MODERATOR, Role.LEAD, Role.ADMIN):
        client = Client()
        user = make_user(role.value, role, moderates=role == Role.MODERATOR)
        log_in(client, user)
        home = client.get("/")
        assert (home.headers.get("Location") == "/account/second-factor/") == (role in roles)


CLOSED = {
    "/": 302,
    "/start/": 302,
    "/review/": 302,
    "/quality/samples/": 302,
    "/admin/": 302,
    "/admin/accounts/user/": 302,
    "/admin/login/": 302,
    "/account/tokens/": 302,
    "/password/change/": 302,
    "/api/v1/metrics/": 403,
    "/api/v1/sessions/": 403,
    "/api/v1/exports/sessions/": 403,
    "/api/docs/": 403,
    "/charts/app/review/_dash-layout": 403,
    "/account/second-factor/codes/new/": 302,
}


@pytest.mark.parametrize(("path", "status"), CLOSED.items())
def test_what_is_closed_until_it_is_set_up(client, ada, settings, path, status):
    settings.REQUIRE_SECOND_FACTOR = "admin"
    log_in(client, ada)
    answer = client.get(path)
    assert answer.status_code == status
    if status == 302:
        assert answer.headers["Location"] == "/account/second-factor/"
    assert client.post(path, {}).status_code == 403


def test_tokens_are_no_logins(ada, settings):
    settings.REQUIRE_SECOND_FACTOR = "all"
    text = ApiToken.objects.create_token(ada, "x", scope="read")[1]
    program = Client(headers={"Authorization": f"Token {text}"})
    assert program.get("/api/v1/metrics/").status_code == 200


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_the_second_step_never_leads_to_another_host(client, lea, address):
    give_app(lea)
    log_in(client, lea, next=address)
    answer = client.post(f"{STEP}?next={address}", {"code": code_of(), "next": address})
    assert answer.headers["Location"] == "/start/"


def test_setting_one_up_opens_the_portal(client, ada, settings):
    settings.REQUIRE_SECOND_FACTOR = "admin"
    log_in(client, ada)
    page = client.get("/account/second-factor/").content.decode()
    assert "Admins need one on this portal" in page
    set_up_app(client)
    assert client.get("/account/second-factor/codes/").status_code == 200
    assert client.get("/admin/").status_code == 200
    # It stays: the last factor of who must have one.
    removed = client.post("/account/second-factor/app/remove/")
    assert "Your role needs a second step" in removed.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()


def test_a_login_made_before_one_was_needed_takes_the_step_again(client, ada, settings):
    log_in(client, ada)
    give_app(ada)
    assert client.get("/admin/").status_code == 200
    settings.REQUIRE_SECOND_FACTOR = "all"
    assert client.get("/admin/").headers["Location"] == "/account/second-factor/"
    assert "Log out, and log in with it" in client.get("/account/second-factor/").content.decode()
    client.post("/logout/")
    log_in(client, ada)
    client.post(STEP, {"code": code_of()})
    assert client.get("/admin/").status_code == 200


def test_a_login_by_password_alone_adds_no_factor_to_another(client, ada, settings):
    settings.REQUIRE_SECOND_FACTOR = "all"
    log_in(client, ada)
    add_app, add_passkey = "/account/second-factor/app/", "/account/second-factor/passkey/"
    secret = client.get(add_app).context["form"].secret
    # Meanwhile the account gets its first one, in another browser.
    data = {"name": "key", "credential": {}}
    Authenticator.objects.create(user=ada, type=Authenticator.Type.WEBAUTHN, data=data)
    assert client.post(add_app, {"code": code_of(secret)}).status_code == 403
    for path in (add_app, add_passkey, "/account/second-factor/codes/"):
        assert client.get(path).headers["Location"] == "/account/second-factor/"
    assert list(Authenticator.objects.values_list("type")) == [("webauthn",)]


def test_a_lost_factor_is_reset_by_an_admin_and_audited(client, ada, lea):
    give_app(lea)
    RecoveryCodes.activate(lea)
    give_app(ada)
    client.force_login(ada)
    data = {"action": "reset_second_factors", "_selected_action": [ada.pk, lea.pk]}
    page = client.post("/admin/accounts/user/", data, follow=True).content.decode()
    assert "1 users set up a new second step" in page
    assert list(Authenticator.objects.values_list("user__username")) == [("ada",)]
    gone = Entry.objects.filter(action="delete", object_kind="mfa.authenticator")
    assert {(entry.actor.name, entry.subject.name) for entry in gone} == {("ada", "lea")}
    assert {entry.details["data"] for entry in gone} == {"changed"}
    other = Client()
    assert log_in(other, lea).headers["Location"] == "/start/"


def test_the_last_admin_s_factor_is_reset_by_a_command(ada, capsys):
    give_app(ada)
    call_command("second_factor", "reset", "ada")
    assert not Authenticator.objects.exists()
    assert "The second factor of ada is reset" in capsys.readouterr().out
    for name, words in (("ada", "has no second factor"), ("nobody", "no account 'nobody'")):
        with pytest.raises(CommandError, match=words):
            call_command("second_factor", "reset", name)


def test_secrets_move_to_a_new_key(lea, settings):
    give_app(lea)
    codes = RecoveryCodes.activate(lea).get_unused_codes()
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [old]
    call_command("second_factor", "reencrypt")
    settings.SECRET_KEY_FALLBACKS = []
    factors = {factor.type: factor for factor in Authenticator.objects.all()}
    assert encryption.decrypt(factors["totp"].data["secret"]) == SECRET
    assert factors["recovery_codes"].wrap().get_unused_codes() == codes
    settings.SECRET_KEY = old
    with pytest.raises(CommandError, match="neither SECRET_KEY nor a fallback"):
        call_command("second_factor", "reencrypt")


def test_the_admin_has_no_tables_of_factors_and_addresses(client, ada):
    client.force_login(ada)
    for path in ("mfa/authenticator", "account/emailaddress"):
        assert client.get(f"/admin/{path}/").status_code == 404


@pytest.mark.parametrize("path", ["signup", "email", "password/reset", "login/code", "inactive"])
def test_no_page_of_allauth_that_is_not_ours(client, lea, path):
    client.force_login(lea)
    for prefix in ("/accounts", "/account", "/2fa"):
        assert client.get(f"{prefix}/{path}/").status_code == 404


#: What is no passkey, as the login and the second step get it from whoever likes.
NO_PASSKEYS = [
    "",
    "null",
    "[]",
    "7",
    '"x"',
    "{}",
    "{",
    '{"id": "x", "rawId": "x", "type": "public-key", "response": null}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    *(
        json.dumps(
            {
                "id": "AA",
                "rawId": "AA",
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {
                    "clientDataJSON": data,
                    "authenticatorData": "AAAA",
                    "signature": "AA",
                    "userHandle": handle,
                },
            }
        )
        for data in ("AA", "e30", "eyJ0eXBlIjogIndlYmF1dGhuLmdldCJ9")
        for handle in (None, "AA", "MQ", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", 7, {})
    ),
]


@pytest.mark.parametrize("credential", NO_PASSKEYS)
def test_what_is_no_passkey_opens_nothing(client, lea, credential):
    client.get("/login/passkey/", headers={"accept": "application/json"})
    assert client.post("/login/passkey/", {"credential": credential}).status_code == 302
    assert not is_logged_in(client)
    give_app(lea)
    log_in(client, lea)
    client.get(STEP)
    assert client.post(STEP, {"credential": credential}).status_code == 200
    assert not is_logged_in(client)


@pytest.mark.django_db(transaction=True)
def test_sixteen_codes_at_once_are_five():
    lea = make_user("lea", Role.LEAD)
    give_app(lea)
    code = wrong()
    clients = [Client() for _ in range(16)]
    for client in clients:
        log_in(client, lea)

    def guess(client):
        try:
            return client.post(STEP, {"code": code}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(guess, clients)) == [200] * 4 + [429] * 12
    assert FailedCode.objects.count() == 5


IMPORTED = """
import sys
import django
django.setup()
from moderation_portal.serving import prepare
prepare()
from accounts.second_factor import adapters, stages
print("fido2" in sys.modules)
from accounts.second_factor.urls import imported
imported("SecondStepView")
print("fido2" in sys.modules)
"""


def test_passkeys_are_imported_by_who_needs_them():
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED], check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["False", "True"]


def test_pages_of_the_login_need_no_login_and_all_others_do():
    for pattern in urlpatterns:
        is_open = getattr(pattern.callback, "login_required", True) is False
        assert is_open == (pattern.name in ("mfa_authenticate", "mfa_login_webauthn"))
