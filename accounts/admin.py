"""Users in the admin: invite, give a role, link to a moderator, deactivate."""

from typing import Any

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from accounts.account_pages import end_chosen, session_limits
from accounts.forms import AccountForm, InvitationForm
from accounts.invitations import mail_link, set_password_link
from accounts.login_sessions import open_sessions
from accounts.models import Role, User
from accounts.second_factor.changes import reset_second_factor
from accounts.tokens_admin import ApiTokenAdmin
from analytics.formatting import plural

__all__ = ["AccountAdmin", "ApiTokenAdmin"]

# Roles take their place; mail addresses and second factors stand with their account.
admin.site.unregister((Group, EmailAddress, Authenticator))


@admin.register(User)
class AccountAdmin(UserAdmin[User]):
    """A new user is invited: they get a link and set their own password."""

    form = AccountForm
    add_form = InvitationForm
    # Django's own says that there is more to fill in later.
    add_form_template = None
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Access", {"fields": ("role", "moderator", "is_active")}),
        ("History", {"fields": ("last_login", "date_joined", "sessions_link")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": (*InvitationForm.Meta.fields,),
                "description": "The new user gets a link by mail and sets a password there. "
                "You see the link too, to hand it over yourself if need be.",
            },
        ),
    )
    list_display = (
        "username",
        "full_name",
        "email",
        "role_shown",
        "moderator",
        "state",
        "last_login",
    )
    list_filter = ("role", "is_active")
    list_select_related = ("moderator",)
    search_fields = ("username", "first_name", "last_name", "email", "moderator__username")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined", "sessions_link")
    autocomplete_fields = ("moderator",)
    actions = ("send_links", "deactivate", "activate", "reset_second_factors")

    @admin.display(description="Name", ordering="last_name")
    def full_name(self, user: User) -> str:
        """First and last name."""
        return user.get_full_name()

    @admin.display(description="Role", ordering="role")
    def role_shown(self, user: User) -> SafeString:
        """The role as the mark that stands beside the name in the top bar."""
        return format_html('<span class="pill">{}</span>', user.get_role_display())

    @admin.display(description="State", ordering="is_active")
    def state(self, user: User) -> str:
        """Whether the user can log in, and if not, why."""
        if not user.is_active:
            return "deactivated"
        if user.is_program:
            return "tokens only"
        return "active" if user.has_usable_password() else "invited"

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Let the form know who is using it: nobody may lock themselves out."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None and obj.pk == request.user.pk:
            return type("OwnAccountForm", (form,), {"own_account": True})
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save; a new user is invited."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change and not obj.is_program:
            self._invite(request, obj)

    def get_urls(self) -> list[URLPattern]:
        """Django's, without the page on which an admin would set somebody's password."""
        sessions = path(
            "<int:object_id>/sessions/",
            self.admin_site.admin_view(self.sessions_page),
            name="accounts_user_sessions",
        )
        others = [url for url in super().get_urls() if url.name != "auth_user_password_change"]
        return [sessions, *others]

    def sessions_page(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Where a user is logged in; a POST ends one session, or all."""
        user = get_object_or_404(User, pk=object_id)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if request.method == "POST":
            words = end_chosen(request, user, keep=None)
            self.log_change(request, user, words)
            self.message_user(request, words, messages.SUCCESS)
            return redirect("admin:accounts_user_sessions", object_id)
        context = {
            **self.admin_site.each_context(request),
            **session_limits(),
            "title": f"Sessions of {user.get_username()}",
            "opts": self.opts,
            "account": user,
            "sessions": open_sessions(user),
            "end_url": reverse("admin:accounts_user_sessions", args=[object_id]),
        }
        return render(request, "admin/accounts/user/sessions.html", context)

    @admin.display(description="Logged in")
    def sessions_link(self, user: User) -> SafeString:
        """To the sessions, which can be ended there."""
        words = plural(len(open_sessions(user)), "session")
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:accounts_user_sessions", args=[user.pk]), words
        )

    @admin.action(description="Send a link that sets a new password", permissions=["change"])
    def send_links(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Invite again, or help somebody who is locked out."""
        for user in queryset.filter(is_active=True).exclude(role=Role.PROGRAM):
            self._invite(request, user)

    @admin.action(description="Deactivate: no login, data kept", permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Take the login away from the selected users, except from oneself."""
        other_accounts = queryset.exclude(username=request.user.get_username())
        if other_accounts.count() < queryset.count():
            self.message_user(request, "Your own account stays active.", messages.WARNING)
        self._set_active(request, other_accounts, active=False)

    @admin.action(description="Activate: allow to log in again", permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Give the login back."""
        self._set_active(request, queryset, active=True)

    @admin.action(description="Reset the second step: set up anew", permissions=["change"])
    def reset_second_factors(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Help people who have lost their phone or key and the recovery codes."""
        others = queryset.exclude(username=request.user.get_username())
        if others.count() < queryset.count():
            text = "Your own stays: change it under your account, by what you have."
            self.message_user(request, text, messages.WARNING)
        with_factors = [user for user in others if reset_second_factor(user)]
        for user in with_factors:
            self.log_change(request, user, "Second step reset.")
        self.message_user(
            request, f"{len(with_factors)} users set up a new second step.", messages.SUCCESS
        )

    def _set_active(self, request: HttpRequest, users: QuerySet[User], *, active: bool) -> None:
        word = "activated" if active else "deactivated"
        changed = users.exclude(is_active=active)
        for user in changed:
            user.is_active = active
            user.save(update_fields=["is_active"])
            self.log_change(request, user, f"{capfirst(word)}.")
        self.message_user(request, f"{len(changed)} users {word}.", messages.SUCCESS)

    def _invite(self, request: HttpRequest, user: User) -> None:
        """Mail the link, and show it to the admin, who may have to hand it over."""
        if not settings.LOCAL_PASSWORDS:
            text = "Nobody sets a password here: people log in by their company account."
            self.message_user(request, text, messages.WARNING)
            return
        link = set_password_link(user)
        message = (
            f"A link was mailed to {user.email}." if mail_link(user, link) else "No mail left."
        )
        self.message_user(
            request,
            format_html(
                "{} {} sets a password at <a href='{}'>{}</a>", message, user.username, link, link
            ),
            messages.SUCCESS,
        )
