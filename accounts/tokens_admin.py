"""All tokens in the admin: make either kind for an account, see their use, revoke."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import DateTimeField, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from accounts.tokens import ApiToken


class LabelledDateTime(AdminSplitDateTime):
    """A date and a time, each field labelled for screen readers."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        for field, name in zip(self.widgets, ("date", "time"), strict=True):
            field.attrs["aria-label"] = f"Works until, {name}"


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin[ApiToken]):
    """A token is made once and then only revoked: what it opens never changes."""

    list_display = (
        "name",
        "user",
        "scope",
        "prefix",
        "state",
        "created_at",
        "expires_at",
        "last_used_at",
    )
    list_filter = ("scope",)
    list_select_related = ("user",)
    search_fields = ("name", "prefix", "user__username")
    autocomplete_fields = ("user",)
    fields = ("user", "name", "scope", "expires_at")
    actions = ("revoke",)
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": LabelledDateTime}
    }

    @admin.display(description="State")
    def state(self, token: ApiToken) -> str:
        """Whether it works, and if not, why."""
        reason = token.invalid_reason(timezone.now()) or token.forbidden_reason()
        return reason.removeprefix("the token ") or "works"

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        """Show the history of a token that exists."""
        if obj is None:
            return self.fields
        return (*self.fields, "prefix", "created_at", "last_used_at", "revoked_at")

    def get_readonly_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        """Nothing of a token that exists can be changed, except its name."""
        return [name for name in self.get_fields(request, obj) if name != "name"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """Tokens are revoked and stay in sight, except with their account."""
        return request.path.startswith("/admin/accounts/user/") and super().has_delete_permission(
            request, obj
        )

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        """Save; a new token's text is shown once."""
        if change:
            super().save_model(request, obj, form, change)
            return
        secret = obj.set_secret()
        super().save_model(request, obj, form, change)
        self.message_user(
            request,
            format_html("The token, shown this one time: <code>{}</code>", secret),
            messages.WARNING,
        )

    @admin.action(description="Revoke: never works again", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """Revoke the selected tokens."""
        working = queryset.filter(revoked_at__isnull=True)
        for token in working:
            token.revoke()
            self.log_change(request, token, "Revoked.")
        self.message_user(request, "The selected tokens are revoked.", messages.SUCCESS)
