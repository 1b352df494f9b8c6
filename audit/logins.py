"""Logins, good and bad, logouts, and tokens that open nothing."""

import logging
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from audit.context import Who, circumstances
from audit.models import Action
from audit.recording import record
from moderation_portal.prometheus import FAILED_LOGINS

logger = logging.getLogger("portal.login")


@receiver(user_logged_in)
def logged_in(sender: object, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Somebody logged in, by what ``request.login_methods`` says."""
    methods = getattr(request, "login_methods", None)
    details = {"by": methods} if methods else {}
    record(Action.LOGIN, subject=account(user), request=request, details=details)


@receiver(user_logged_out)
def logged_out(sender: object, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Somebody logged out, or their login ran out."""
    if user is not None:
        record(Action.LOGOUT, subject=account(user), request=request)


@receiver(user_login_failed)
def failed(
    sender: object,
    credentials: dict[str, Any],
    request: HttpRequest | None = None,
    **kwargs: Any,
) -> None:
    """A password was wrong, or refused unseen. What was typed for a name may be a password.

    So the audit names accounts that exist; the log, for whoever runs the server, what was typed.
    Attempts on one account from one address are one entry a minute.
    """
    FAILED_LOGINS.inc()
    name = str(credentials.get("username", ""))[:150]
    address = request.META.get("REMOTE_ADDR", "") if request else ""
    logger.warning("Failed login", extra={"username": name, "address": address})
    user = get_user_model()._default_manager.filter(username=name).first()
    subject = account(user) if user is not None else None
    minute = timezone.now().strftime("%Y-%m-%d %H:%M")
    record(
        Action.LOGIN_FAILED,
        subject=subject,
        request=request,
        details={} if subject else {"account": "unknown"},
        merge=("login-failed", subject, address, minute),
    )


def sign_on_refused(request: HttpRequest, method: str, reason: str) -> None:
    """A provider's word was not enough; whose account it was about is not known.

    The same reason from one address is one entry a minute.
    """
    FAILED_LOGINS.inc()
    minute = timezone.now().strftime("%Y-%m-%d %H:%M")
    record(
        Action.LOGIN_FAILED,
        request=request,
        details={"by": [method], "reason": reason},
        merge=("login-failed", method, reason, circumstances(request).address, minute),
    )


def token_refused(reason: str, *, owner: Any = None, token: int | None = None) -> None:
    """A token opened nothing; ``owner`` and ``token`` where there is such a token.

    The same one, or any unknown ones, from one address are one entry a minute.
    """
    how = circumstances()
    minute = timezone.now().strftime("%Y-%m-%d %H:%M")
    record(
        Action.REFUSED,
        subject=account(owner) if owner is not None else None,
        about=("", "") if token is None else ("accounts.apitoken", token),
        details={"status": 401, "reason": reason},
        merge=("token-refused", token, reason, how.address, minute),
    )


def account(user: Any) -> Who:
    """An account, as the audit names it."""
    return Who("account", user.pk, user.get_username())
