"""What the second step asks for: a code, a passkey."""

from typing import Any, cast

from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.http import HttpRequest

from accounts.failed_logins import check_code_in_turn
from accounts.models import User

#: The counter of the last code that was taken from an app: none is taken twice.
LAST_COUNTER = "last_counter"


class CodeInput(forms.TextInput):
    """An input that does not show a wrong code again: the next one is another."""

    def format_value(self, value: Any) -> None:
        """Nothing."""


def code_field(label: str) -> forms.CharField:
    """A code that phones offer to fill in."""
    attributes = {
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "autofocus": True,
    }
    return forms.CharField(label=label, max_length=20, widget=CodeInput(attrs=attributes))


class CodeChecks:
    """Checks a code of an app or a recovery code, as often as the database allows."""

    user: User
    authenticator: Authenticator
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        """The code, which is used up by that."""
        code: str = self.cleaned_data["code"]
        request = cast(HttpRequest, context.request)
        found = check_code_in_turn(request, self.user, lambda: use_code(self.user, code))
        if found is None:
            raise get_adapter().validation_error("incorrect_code")
        self.authenticator = found
        return code


class CodeForm(CodeChecks, AuthenticateForm):  # type: ignore[misc]  # comes without types
    """The second step of a login."""

    code = code_field("6 digits")
    trust = forms.BooleanField(label="Not again on this device for 30 days", required=False)


class ConfirmingCodeForm(CodeChecks, ReauthenticateForm):  # type: ignore[misc]  # likewise
    """A code of who is logged in, before something of weight."""

    code = code_field("6 digits")


class ConfirmingPasswordForm(PasswordForm):  # type: ignore[misc]  # likewise
    """The password of who is logged in, likewise."""

    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class AppForm(ActivateTOTPForm):  # type: ignore[misc]  # likewise
    """The first code of an app, which shows that it has the secret."""

    code = code_field("6 digits")


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]  # likewise
    """A passkey that the browser has just made."""

    name = forms.CharField(
        max_length=60,
        required=False,
        help_text="Where it is kept: this laptop, a key on your key ring.",
    )
    # Every passkey may be used in place of the password, if the device can.
    passwordless = None


def use_code(user: User, code: str) -> Authenticator | None:
    """The app or the recovery codes that the code is of; it is used up by that."""
    factors = Authenticator.objects.select_for_update().filter(user=user)
    for factor in factors.exclude(type=Authenticator.Type.WEBAUTHN).order_by("pk"):
        is_app = factor.type == Authenticator.Type.TOTP
        if use_app_code(factor, code) if is_app else factor.wrap().validate_code(code):
            factor.user = user
            return factor
    return None


def use_app_code(factor: Authenticator, code: str) -> bool:
    """Whether an app shows the code about now and it has not been used.

    django-allauth remembers used codes in the memory of one process; the database knows for all.
    """
    secret = decrypt(factor.data["secret"])
    for counter in yield_hotp_counters_from_time():
        expected = format_hotp_value(hotp_value(secret, counter))
        if compare_user_code(actual=code, expected=expected):
            if counter <= factor.data.get(LAST_COUNTER, 0):
                return False
            # Past the audit, which has the login itself.
            data = factor.data | {LAST_COUNTER: counter}
            Authenticator.objects.filter(pk=factor.pk).update(data=data)
            return True
    return False
