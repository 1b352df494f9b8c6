"""Addresses of the second factor; the names with an underscore are django-allauth's own.

Their views are imported when the first of them is asked for: passkeys take 10 MiB of every process,
most of which never need them.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path

View = Callable[..., HttpResponseBase]


@cache
def imported(name: str) -> View:
    """A view of ``views``: a function, or a class as one."""
    found: Any = getattr(import_module("accounts.second_factor.views"), name)
    view: View = found.as_view() if hasattr(found, "as_view") else found
    return view


def late(name: str) -> View:
    """A view that is imported when it is asked for."""

    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return imported(name)(request, *args, **kwargs)

    return view


urlpatterns = [
    path("login/second-step/", login_not_required(late("SecondStepView")), name="mfa_authenticate"),
    path("login/passkey/", login_not_required(late("PasskeyLoginView")), name="mfa_login_webauthn"),
    path("account/second-factor/", late("second_factor"), name="second-factor"),
    path("account/second-factor/app/", late("AddAppView"), name="mfa_activate_totp"),
    path(
        "account/second-factor/app/remove/",
        late("RemoveAppView"),
        name="mfa_deactivate_totp",
    ),
    path("account/second-factor/passkey/", late("AddPasskeyView"), name="mfa_add_webauthn"),
    path(
        "account/second-factor/passkey/<int:pk>/remove/",
        late("RemovePasskeyView"),
        name="mfa_remove_webauthn",
    ),
    path(
        "account/second-factor/codes/",
        late("RecoveryCodesView"),
        name="mfa_view_recovery_codes",
    ),
    path(
        "account/second-factor/codes/new/",
        late("NewRecoveryCodesView"),
        name="mfa_generate_recovery_codes",
    ),
    path("account/confirm/", late("ConfirmPasswordView"), name="account_reauthenticate"),
    path("account/confirm/code/", late("ConfirmCodeView"), name="mfa_reauthenticate"),
    path(
        "account/confirm/passkey/",
        late("ConfirmPasskeyView"),
        name="mfa_reauthenticate_webauthn",
    ),
]
