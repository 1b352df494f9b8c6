"""Mails that tell people what became of their login."""

from datetime import timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import LoginChange, SecurityNotice
from accounts.second_factor.changes import reset_second_factor
from accounts.security_notices import send_due
from accounts.single_sign_on.accounts import link_account
from accounts.single_sign_on.provider import Identity
from tests.accounts.test_second_factor import SECRET, code_of
from tests.conftest import PASSWORD

NEW_PASSWORD = "correct-horse-battery-staple"


@pytest.fixture
def lea(lea):
    """Somebody who has logged in before."""
    lea.email = "lea@portal.example"
    lea.last_login = timezone.now()
    lea.save(update_fields=["email", "last_login"])
    return lea


@pytest.fixture
def logged_in(client, lea):
    client.post("/login/", {"username": "lea", "password": PASSWORD})
    return client


def subjects() -> list[str]:
    """What was mailed to lea, oldest first."""
    send_due()
    assert {address for message in mail.outbox for address in message.to} <= {"lea@portal.example"}
    return [message.subject.removeprefix("Moderation Portal: ") for message in mail.outbox]


def test_a_new_password_of_ones_own(logged_in, lea):
    data = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    logged_in.post("/password/change/", data)
    at = timezone.localtime(SecurityNotice.objects.get().happened_at)
    assert subjects() == ["a new password was set for your account"]
    body = mail.outbox[0].body
    assert body.startswith(
        "A new password was set for your account of the moderation portal,"
        f" on {at:%Y-%m-%d %H:%M} UTC.\n"
    )
    assert "\nhttp://testserver/account/\n" in body
    assert not SecurityNotice.objects.exists()
    assert send_due() == 0


def test_a_password_set_on_the_server(lea, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda prompt: NEW_PASSWORD)
    call_command("changepassword", "lea")
    assert subjects() == ["a new password was set for your account"]


def test_a_better_hash_of_the_same_password_is_no_news(client, lea, settings):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    before = lea.password
    client.post("/login/", {"username": "lea", "password": PASSWORD})
    lea.refresh_from_db()
    assert lea.password != before
    assert subjects() == []


def test_factors_come_and_go(logged_in, lea, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        logged_in.get(reverse("mfa_activate_totp"))
        secret = logged_in.session["mfa.totp.secret"]
        logged_in.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    with django_capture_on_commit_callbacks(execute=True):
        logged_in.post(reverse("mfa_generate_recovery_codes"))
    with django_capture_on_commit_callbacks(execute=True):
        logged_in.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.exists()
    assert subjects() == [
        "an authenticator app was added to your account",
        "new recovery codes were made for your account",
        "the authenticator app was removed from your account",
    ]


def test_an_admin_resets_the_second_step(lea):
    assert reset_second_factor(lea) == 0
    assert subjects() == []
    TOTP.activate(lea, SECRET)
    RecoveryCodes.activate(lea)
    assert reset_second_factor(lea) == 2
    assert subjects() == ["an admin removed the second step of your account"]


def test_a_company_account_is_linked_once(lea):
    identity = Identity(issuer="https://login.example", subject="lea-1", claims={})
    link_account(lea, identity)
    link_account(lea, identity)
    assert subjects() == ["a company account was linked to your account"]


@pytest.mark.parametrize(
    "values",
    [{"last_login": None}, {"email": ""}, {"is_active": False}],
    ids=["never logged in", "without an address", "deactivated"],
)
def test_who_gets_no_mail(lea, values):
    for name, value in values.items():
        setattr(lea, name, value)
    lea.set_password(NEW_PASSWORD)
    lea.save()
    assert subjects() == []


def test_what_could_not_be_sent_stays_due_for_two_days(lea, monkeypatch):
    def refused(*args, **kwargs):
        raise SMTPException("later")

    lea.set_password(NEW_PASSWORD)
    lea.save()
    with monkeypatch.context() as away:
        away.setattr("accounts.security_notices.send_mail", refused)
        assert send_due() == 0
    assert SecurityNotice.objects.count() == 1
    assert subjects() == ["a new password was set for your account"]

    lea.set_password(PASSWORD)
    lea.save()
    SecurityNotice.objects.update(happened_at=timezone.now() - timedelta(days=2, seconds=1))
    assert send_due() == 0
    assert not SecurityNotice.objects.exists()


@pytest.mark.parametrize(
    ("failure", "asked"),
    [
        (SMTPRecipientsRefused({"bob@portal.example": (550, b"who?")}), ["bob", "lea"]),
        (SMTPDataError(554, b"no"), ["bob", "lea"]),
        (ValueError("Invalid address"), ["bob", "lea"]),
        # Of the server, not of the address.
        (SMTPSenderRefused(530, b"log in first", "portal@localhost"), ["bob"]),
        (ConnectionRefusedError(), ["bob"]),
    ],
    ids=["address", "content", "unwritable", "sender", "away"],
)
def test_an_address_that_is_refused_holds_up_no_other(lea, bob, monkeypatch, failure, asked):
    tried = []

    def send(subject, body, sender, addresses):
        (address,) = addresses
        tried.append(address.partition("@")[0])
        if address == "bob@portal.example":
            raise failure

    monkeypatch.setattr("accounts.security_notices.send_mail", send)
    for user in (bob, lea):
        SecurityNotice.objects.create(user=user, change=LoginChange.PASSWORD)

    assert send_due() == len(asked) - 1
    assert tried == asked
    # It is tried again with the next mail.
    assert bob.security_notices.exists()


def test_without_a_mail_server_nothing_is_sent(lea, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    lea.set_password(NEW_PASSWORD)
    lea.save()
    assert send_due() == 0
    assert SecurityNotice.objects.count() == 1
