"""Who shows, adds or removes a second factor; and how all are taken away from somebody."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.login_sessions import end_sessions
from accounts.models import LoginChange, User
from accounts.second_factor.requirement import is_last, remember_second_step
from accounts.security_notices import notice

ADDED = {
    Authenticator.Type.TOTP: LoginChange.APP_ADDED,
    Authenticator.Type.WEBAUTHN: LoginChange.PASSKEY_ADDED,
}
REMOVED = {
    Authenticator.Type.TOTP: LoginChange.APP_REMOVED,
    Authenticator.Type.WEBAUTHN: LoginChange.PASSKEY_REMOVED,
}


@receiver(authenticator_used)
def used(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Somebody showed a second factor: the session knows from now on."""
    remember_second_step(request, user)


@receiver(authenticator_added)
def added(
    sender: object, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """With the first factor all other sessions end: the password alone has opened them."""
    if is_last(authenticator):
        end_sessions(user, keep=request.session.session_key)
    # Recovery codes come with the first factor and are part of that news.
    if authenticator.type in ADDED:
        notice(user, ADDED[authenticator.type])


@receiver(authenticator_removed)
def removed(sender: object, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Recovery codes go with the last factor."""
    if authenticator.type in REMOVED:
        notice(user, REMOVED[authenticator.type])


@receiver(authenticator_reset)
def renewed(sender: object, user: User, **kwargs: Any) -> None:
    """The recovery codes there were open nothing any more."""
    notice(user, LoginChange.RECOVERY_CODES)


def reset_second_factor(user: User) -> int:
    """Remove all second factors and recovery codes of an account; how many there were.

    Its sessions end: whoever has the lost phone may be logged in. The next login asks for the
    password alone, and then for a new factor where one is required.
    """
    with transaction.atomic():
        count, _by_model = Authenticator.objects.filter(user=user).delete()
        end_sessions(user)
        if count:
            notice(user, LoginChange.RESET)
    return int(count)
