"""The page on which users make, see and revoke their own tokens."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.account_pages import account_context
from accounts.models import User
from accounts.tokens import ApiToken

# Enough for every program of a person; without a limit one login could fill the table.
MAX_TOKENS = 20


class OwnTokenForm(forms.Form):
    """A token for oneself: it reads, nothing else."""

    name = forms.CharField(
        max_length=100, help_text="What it is for: the program or machine that will use it."
    )
    days = forms.TypedChoiceField(
        label="Works for",
        coerce=int,
        initial=90,
        choices=[(30, "30 days"), (90, "90 days"), (365, "a year"), (0, "until I revoke it")],
    )


@never_cache
@require_http_methods(["GET", "POST"])
def own_tokens(request: HttpRequest) -> HttpResponse:
    """List the user's tokens; a POST makes one and shows it, this one time."""
    user = cast(User, request.user)
    now = timezone.now()
    form = OwnTokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        if ApiToken.objects.working(now).filter(user=user).count() >= MAX_TOKENS:
            form.add_error(None, f"You have {MAX_TOKENS} tokens; revoke one first.")
        else:
            secret = _make(user, form.cleaned_data)
            form = OwnTokenForm()
    context = {
        **account_context(user, "tokens"),
        "form": form,
        "secret": secret,
        "tokens": [
            (token, token.invalid_reason(now) or token.forbidden_reason())
            for token in user.api_tokens.select_related("user")
        ],
        "api_url": f"{settings.PORTAL_URL}/api/v1/",
    }
    return render(request, "accounts/tokens.html", context, status=400 if form.errors else 200)


@require_POST
def revoke_own_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of the user's own tokens; anybody else's is not found."""
    user = cast(User, request.user)
    token: ApiToken = get_object_or_404(ApiToken, pk=pk, user=user)
    token.revoke()
    messages.success(request, f"{token.name} was revoked.")
    return redirect("tokens")


def _make(user: User, values: dict[str, Any]) -> str:
    """Make a read token and return it as it is shown once."""
    days: int = values["days"]
    expires_at = timezone.now() + timedelta(days=days) if days else None
    _, secret = ApiToken.objects.create_token(user, values["name"], expires_at=expires_at)
    return secret
