"""Forms about accounts."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.forms import (
    PasswordResetForm,
    ReadOnlyPasswordHashField,
    ReadOnlyPasswordHashWidget,
    UserChangeForm,
)
from django.contrib.auth.hashers import is_password_usable

from accounts.models import Role, User


class PortalPasswordResetForm(PasswordResetForm):
    """Django's form, for people too who never set the password they were invited to set."""

    def get_users(self, email: str) -> Iterable[User]:
        """Return the active users with this mail address, whatever its case."""
        return User.objects.filter(email__iexact=email, is_active=True)


class InvitationForm(forms.ModelForm[User]):
    """A new user, without a password: they set it themselves."""

    class Meta:
        model = User
        fields = ("username", "email", "first_name", "last_name", "role", "moderator")


class PasswordState(ReadOnlyPasswordHashWidget):
    """Says whether there is a password; how it is hashed is nobody's business here."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return the context of Django's template, with the state as its only line."""
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
        """Refuse what would lock the admin out of the admin."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.own_account:
            if cleaned.get("role") != Role.ADMIN:
                self.add_error("role", "You cannot take the role of admin from yourself.")
            if not cleaned.get("is_active"):
                self.add_error("is_active", "You cannot deactivate yourself.")
        return cleaned
