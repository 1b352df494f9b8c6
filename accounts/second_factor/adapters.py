"""What django-allauth asks the portal: how to log in, confirm and encrypt."""

import logging
import time
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.internal.flows.trust import is_trusted_browser
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.backends import PasswordBackend
from accounts.failed_logins import authenticate_in_turn
from accounts.models import User
from accounts.second_factor import encryption
from accounts.second_factor.requirement import is_last, is_required, remember_second_step

logger = logging.getLogger(__name__)

#: The ways to confirm, as links say them.
WORDS = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # comes without types
    """The portal's accounts: nobody signs up, programs do not log in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Admins invite; a company account that is new gets an account by itself."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Whether a login may lead there: to this host, by the request's own scheme or HTTPS."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, {request.get_host()}, require_https=request.is_secure()
        )

    def get_client_ip(self, request: HttpRequest) -> str:
        """The client's address, as the portal's middleware has found it."""
        return str(request.META.get("REMOTE_ADDR", ""))

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Refuse whom the password's own way would refuse: passkeys and links know no passwords."""
        if PasswordBackend().user_can_authenticate(user):
            return None
        clear_login(request)
        return redirect("login")

    def get_login_stages(self) -> list[str]:
        """The one step after the password."""
        return ["accounts.second_factor.stages.SecondStep"]

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin the session; the audit hears by what."""
        records = get_authentication_records(request, user)
        methods = [record.get("type") or record["method"] for record in records]
        if is_trusted_browser(request, user):
            methods.append("trusted browser")
            remember_second_step(request, user)
        request.login_methods = methods  # type: ignore[attr-defined]  # ours, for the audit
        login(request, user, backend="accounts.backends.PasswordBackend")

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The ways to confirm that it is still them, the first by default."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if not settings.LOCAL_PASSWORDS:
            methods = [method for method in methods if method["id"] != "reauthenticate"]
        methods = [
            {**method, "description": WORDS.get(method["id"], method["description"])}
            for method in methods
        ]
        if settings.OIDC_ISSUER and user.is_authenticated and user.company_accounts.exists():
            url = reverse("confirm-company-account")
            way = {"id": "company", "description": "Use your company account", "url": url}
            methods.append(way)
        return methods

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether the password is right; guessing has the limits of the login."""
        request = cast(HttpRequest, context.request)
        return authenticate_in_turn(request, user.get_username(), password) is not None

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whether to ask again: who has just logged in has just been asked."""
        request = cast(HttpRequest, context.request)
        records = get_authentication_records(request, request.user)
        last = max((record["at"] for record in records), default=0)
        return bool(time.time() - last > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # comes without types
    """Second factors: encrypted, named for people, not to be dropped by who must have one."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That was not right. Try the code that is shown now.",
        "cannot_delete_authenticator": "Your role needs a second step. Add another one first.",
    }

    def get_totp_issuer(self) -> str:
        """What an app shows beside the code."""
        return "Moderation Portal"

    def _get_site_name(self) -> str:
        """What a browser shows beside a passkey."""
        return "Moderation Portal"

    def _get_user_identifier(self, user: User) -> str:
        """The name that one logs in with, which apps and browsers show."""
        return user.get_username()

    def encrypt(self, text: str) -> str:
        """A secret as it is kept."""
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; of one that no known key opens, another one, so that no code fits."""
        try:
            return encryption.decrypt(encrypted_text)
        except InvalidToken:
            logger.error("A second factor cannot be read: is its key in SECRET_KEY_FALLBACKS?")
            return str(generate_totp_secret())

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether it may go: not the last one of somebody who must have one."""
        return not (is_required(authenticator.user) and is_last(authenticator))

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002  # allauth's
        """The first proposal for a passkey's name."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return "My passkey" if count == 0 else f"My passkey {count + 1}"
