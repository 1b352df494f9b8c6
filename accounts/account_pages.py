"""The pages on which people look after their account: logins, settings, what is kept of them."""

from functools import lru_cache
from itertools import groupby
from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.login_sessions import end_session, end_sessions, open_sessions
from accounts.models import User
from accounts.second_factor.overview import overview
from accounts.tokens import ApiToken
from analytics.display import active
from analytics.formatting import round_duration
from audit.context import Who
from audit.models import Action
from audit.recording import record

TABS = (
    ("account", "Login and devices"),
    ("account-settings", "Settings"),
    ("tokens", "API tokens"),
    ("account-data", "My data"),
)
MAX_TOKENS_SHOWN = 5
# Of the names of zones, those that are places.
REGIONS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe"),
    *("Indian", "Pacific"),
)


def account_tabs(current: str) -> list[dict[str, Any]]:
    """The pages of the account, beside each other."""
    return [
        {"url": reverse(name), "label": label, "current": name == current} for name, label in TABS
    ]


def account_subtitle(user: User) -> str:
    """Who it is and what they may do: ``alice · moderator``."""
    parts = [user.get_username(), str(user.get_role_display()).lower()]
    if user.moderator is not None and user.moderator.username != user.get_username():
        parts.append(f"sees the work of {user.moderator.username} as their own")
    return " · ".join(parts)


def account_context(user: User, name: str) -> dict[str, Any]:
    """What each page of the account shows."""
    return {"title": "My account", "subtitle": account_subtitle(user), "tabs": account_tabs(name)}


def session_limits() -> dict[str, str]:
    """After how long sessions end, in words, without use and in any case; the zone of times."""
    return {
        "zone": active().zone_name,
        "idle_limit": round_duration(settings.SESSION_IDLE_SECONDS),
        "age_limit": round_duration(settings.SESSION_COOKIE_AGE),
    }


@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show where somebody is logged in, and what they log in with."""
    user = cast(User, request.user)
    context = {
        **account_context(user, "account"),
        **session_limits(),
        "sessions": open_sessions(user),
        "current_key": request.session.session_key,
        "end_url": reverse("end-session"),
        "tokens": ApiToken.objects.working(timezone.now()).filter(user=user)[:MAX_TOKENS_SHOWN],
        **overview(user),
    }
    return render(request, "accounts/account.html", context)


@require_POST
def end_own_session(request: HttpRequest) -> HttpResponse:
    """End one of the user's sessions, or all but this one."""
    user = cast(User, request.user)
    messages.success(request, end_chosen(request, user, keep=request.session.session_key))
    return redirect("account")


def end_chosen(request: HttpRequest, user: User, *, keep: str | None) -> str:
    """End the session of ``user`` that a form names, or all but ``keep``; says what was done.

    The audit has it.
    """
    if "all" in request.POST:
        ended = end_sessions(user, keep=keep)
        words = "1 session was ended." if ended == 1 else f"{ended} sessions were ended."
    else:
        session = end_session(user, request.POST.get("session", ""))
        if session is None:
            return "That session has ended already."
        ended, words = 1, f"{session.device} is logged out."
    who = Who("account", user.pk, user.get_username())
    record(Action.LOGOUT, subject=who, request=request, details={"sessions ended": ended})
    return words


@lru_cache(maxsize=1)
def zone_choices() -> list[tuple[str, Any]]:
    """The places that zones are named by, under their continents."""
    names = sorted(name for name in available_timezones() if name.split("/")[0] in REGIONS)
    grouped = groupby(names, key=lambda name: name.split("/")[0])
    return [
        ("UTC", "UTC"),
        *((region, [(name, zone_label(name)) for name in zones]) for region, zones in grouped),
    ]


def zone_label(name: str) -> str:
    """``Buenos Aires, Argentina`` for ``America/Argentina/Buenos_Aires``."""
    return ", ".join(reversed(name.replace("_", " ").split("/")[1:]))


class SettingsForm(forms.ModelForm[User]):
    """How pages are written for somebody, and what they are mailed."""

    class Meta:
        model = User
        fields = (
            *("display_name", "time_zone", "number_format", "date_format"),
            "wants_dispute_mail",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.fields["time_zone"]
        portal = ("", f"The portal's, {settings.TIME_ZONE}")
        self.fields["time_zone"] = forms.ChoiceField(
            label="Times",
            required=False,
            choices=[portal, *zone_choices()],
            help_text=f"Days, weeks and months are those of {settings.TIME_ZONE} for everybody.",
            validators=zone.validators,
        )
        mail = self.fields["wants_dispute_mail"]
        mail.label = "Mail me when a dispute of mine is decided"
        mail.help_text = (
            f"To {self.instance.email}."
            if self.instance.email
            else "The portal knows no mail address of yours; an admin can add it."
        )


@never_cache
@require_http_methods(["GET", "POST"])
def account_settings(request: HttpRequest) -> HttpResponse:
    """Show and change how pages are written for somebody."""
    # Not the request's own: a form that is refused must change nothing of this answer.
    user = User.objects.select_related("moderator").get(pk=cast(User, request.user).pk)
    form = SettingsForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        user.save(update_fields=form.changed_data)
        messages.success(request, "Your settings are saved.")
        return redirect("account-settings")
    context = {**account_context(user, "account-settings"), "form": form}
    status = 400 if form.errors else 200
    return render(request, "accounts/settings.html", context, status=status)


@never_cache
@require_safe
def account_data(request: HttpRequest) -> HttpResponse:
    """Say what is kept of somebody, who looked at it, and where they get all of it."""
    user = cast(User, request.user)
    return render(request, "accounts/data.html", account_context(user, "account-data"))
