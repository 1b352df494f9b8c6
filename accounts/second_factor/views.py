"""Pages of the second factor: django-allauth's views with the portal's rules and look."""

from typing import Any, cast
from urllib.parse import quote

from allauth.account.views import ReauthenticateView as PasswordView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeView
from allauth.mfa.internal.flows.trust import trust_browser
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.failed_logins import tries_left
from accounts.models import User
from accounts.second_factor.forms import ConfirmingPasswordForm, use_code
from accounts.second_factor.overview import overview
from accounts.second_factor.requirement import is_missing, is_required, remember_second_step

OVERVIEW = "second-factor"


class SecondStepView(AuthenticateView):  # type: ignore[misc]  # comes without types
    """Between the password and the session: a passkey, a code or a recovery code."""

    template_name = "accounts/second_step.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Finish the login; the browser may be remembered for 30 days."""
        response: HttpResponse = super().form_valid(form)
        if form.cleaned_data.get("trust"):
            trust_browser(self.request, self.stage.login.user, response)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Who is logging in, by what they may, and how often they may still try."""
        user: User = self.stage.login.user
        types = {*Authenticator.objects.filter(user=user).values_list("type", flat=True)}
        has_app = Authenticator.Type.TOTP in types
        by_recovery_code = has_app and "recovery" in self.request.GET
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "person": user,
            "is_required": is_required(user),
            "has_app": has_app,
            "offers_passkey": Authenticator.Type.WEBAUTHN in types and not by_recovery_code,
            "with_recovery_code": by_recovery_code or not has_app,
            "tries_left": tries_left(self.request, user),
        }


@never_cache
@require_GET
def second_factor(request: HttpRequest) -> HttpResponse:
    """What somebody logs in with beside the password, and what they may add."""
    user = cast(User, request.user)
    context = overview(user) | {"is_missing": is_missing(request, user)}
    return render(request, "accounts/second_factor.html", context)


class AddAppView(ActivateTOTPView):  # type: ignore[misc]  # likewise
    """Shows an app the secret, and asks for its first code."""

    template_name = "accounts/add_app.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Add it, its code being used up; who has just typed that has taken the second step."""
        response: HttpResponse = super().form_valid(form)
        with transaction.atomic():
            use_code(self.request.user, form.cleaned_data["code"])
        remember_second_step(self.request, self.request.user)
        return response


class RemoveAppView(DeactivateTOTPView):  # type: ignore[misc]  # likewise
    """Asks, then removes the app."""

    template_name = "accounts/remove_factor.html"
    success_url = reverse_lazy(OVERVIEW)
    extra_context = {"factor": "your authenticator app"}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Back to the overview where there is no app."""
        factors = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP)
        if not factors.exists():
            return redirect(OVERVIEW)
        return cast(HttpResponseBase, super().dispatch(request, *args, **kwargs))


class AddPasskeyView(AddWebAuthnView):  # type: ignore[misc]  # likewise
    """Has the browser make a passkey."""

    template_name = "accounts/add_passkey.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Add it; who has just made it has taken the second step."""
        response: HttpResponse = super().form_valid(form)
        remember_second_step(self.request, self.request.user)
        return response


class RemovePasskeyView(RemoveWebAuthnView):  # type: ignore[misc]  # likewise
    """Asks, then removes a passkey; not the last factor of somebody who must have one."""

    template_name = "accounts/remove_factor.html"
    success_url = reverse_lazy(OVERVIEW)

    def form_valid(self, form: Any) -> HttpResponse:
        """Remove it, if it may go."""
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.object):
            form.add_error(None, adapter.validation_error("cannot_delete_authenticator"))
            return cast(HttpResponse, self.form_invalid(form))
        return cast(HttpResponse, super().form_valid(form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is about to be removed."""
        name = f"the passkey “{self.object}”"
        return {**super().get_context_data(**kwargs), "factor": name}


class RecoveryCodesView(ViewRecoveryCodesView):  # type: ignore[misc]  # likewise
    """Shows new recovery codes, this one time."""

    template_name = "accounts/recovery_codes.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show them; back to the overview where there are none."""
        try:
            return cast(HttpResponse, super().get(request, *args, **kwargs))
        except Http404:
            return redirect(OVERVIEW)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the codes as a file, which stands in the page itself: nothing keeps it."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if context["can_view_codes"]:
            lines = ["Recovery codes of the moderation portal, each for one login:", ""]
            text = "\n".join([*lines, *context["unused_codes"], ""])
            context["codes_file"] = f"data:text/plain;charset=utf-8,{quote(text)}"
        return context


class NewRecoveryCodesView(GenerateRecoveryCodesView):  # type: ignore[misc]  # likewise
    """Asks, then makes new recovery codes; the old ones end."""

    template_name = "accounts/new_recovery_codes.html"


@method_decorator(login_not_required, name="dispatch")
class PasskeyLoginView(LoginWebAuthnView):  # type: ignore[misc]  # likewise
    """Logs in by a passkey alone, where its device has asked for a finger, a face or a PIN."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Not found where only the provider of single sign-on lets people in."""
        if not settings.LOCAL_PASSWORDS:
            raise Http404
        return cast(HttpResponseBase, super().dispatch(request, *args, **kwargs))


class ConfirmPasswordView(PasswordView):  # type: ignore[misc]  # likewise
    """Asks for the password once more."""

    template_name = "accounts/confirm.html"
    form_class = ConfirmingPasswordForm
    extra_context = {"method": "password"}


class ConfirmCodeView(CodeView):  # type: ignore[misc]  # likewise
    """Asks for a code once more."""

    template_name = "accounts/confirm.html"
    extra_context = {"method": "code"}


class ConfirmPasskeyView(ReauthenticateWebAuthnView):  # type: ignore[misc]  # likewise
    """Asks for a passkey once more."""

    template_name = "accounts/confirm.html"
    extra_context = {"method": "passkey"}

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say that it was not right, and ask again."""
        messages.error(self.request, "That passkey was not right.")
        return redirect("mfa_reauthenticate_webauthn")
