"""Forms about accounts."""

from typing import Any

from django import forms
from django.contrib.auth.forms import (
    AuthenticationForm,
    PasswordChangeForm,
    ReadOnlyPasswordHashField,
    ReadOnlyPasswordHashWidget,
    UserChangeForm,
)
from django.contrib.auth.hashers import is_password_usable
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.failed_logins import authenticate_in_turn
from accounts.models import Role, User


class LoginForm(AuthenticationForm):
    """Name and password; as many guesses as allowed, however many are made at once."""

    request: HttpRequest

    def clean(self) -> dict[str, Any]:
        """Log in; Django's, whose own call of ``authenticate`` takes no turns."""
        username, password = (self.cleaned_data.get(name) for name in ("username", "password"))
        if username and password:
            self.user_cache = authenticate_in_turn(self.request, username, password)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data


class OwnPasswordForm(PasswordChangeForm):
    """A new password for oneself; a wrong old one counts as a failed login."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        """The old password; asked as at the login, so that guessing has the same limits."""
        old: str = self.cleaned_data["old_password"]
        if authenticate_in_turn(self.request, self.user.get_username(), old) is None:
            raise ValidationError(
                self.error_messages["password_incorrect"], code="password_incorrect"
            )
        return old


#: A moderator sees their own work and nothing else: without a person every page refuses them.
PERSON_MISSING = (
    "Choose whose work this moderator sees as their own; somebody without sessions yet is added"
    " with the plus beside the field."
)


class InvitationForm(forms.ModelForm[User]):
    """A new user, without a password: they set it themselves."""

    class Meta:
        model = User
        fields = ("username", "email", "first_name", "last_name", "role", "moderator")

    def clean(self) -> dict[str, Any]:
        """Refuse a moderator who is nobody."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("role") == Role.MODERATOR and not cleaned.get("moderator"):
            self.add_error("moderator", PERSON_MISSING)
        return cleaned


class PasswordState(ReadOnlyPasswordHashWidget):
    """Says whether there is a password; how it is hashed is nobody's business here.

    Without Django's way to set one: people set their own by a link.
    """

    template_name = "accounts/password_state.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Django's context, with the state as its only line."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        known = bool(value) and is_password_usable(value)
        context["summary"] = [{"label": "Set" if known else "Not set yet"}]
        return context


class AccountForm(UserChangeForm[User]):
    """A user as an admin changes them."""

    password = ReadOnlyPasswordHashField(
        label="Password",
        widget=PasswordState,
        help_text="Nobody can read it. Users set their own with the link that is mailed to them.",
    )

    own_account = False

    def clean(self) -> dict[str, Any]:
        """Refuse a moderator who is nobody, and what would lock the admin out of the admin."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_moderator = cleaned.get("role") == Role.MODERATOR and cleaned.get("is_active")
        if is_moderator and not cleaned.get("moderator"):
            self.add_error("moderator", PERSON_MISSING)
        if cleaned.get("role") == Role.PROGRAM and cleaned.get("moderator"):
            self.add_error("moderator", "A program is no moderator.")
        if self.own_account:
            if cleaned.get("role") != Role.ADMIN:
                self.add_error("role", "You cannot take the role of admin from yourself.")
            if not cleaned.get("is_active"):
                self.add_error("is_active", "You cannot deactivate yourself.")
        return cleaned
