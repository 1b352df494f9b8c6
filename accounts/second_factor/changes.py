"""Who shows or adds a second factor; and how all are taken away from somebody."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_used
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.login_sessions import end_sessions
from accounts.models import User
from accounts.second_factor.requirement import is_last, remember_second_step


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


def reset_second_factor(user: User) -> int:
    """Remove all second factors and recovery codes of an account; how many there were.

    Its sessions end: whoever has the lost phone may be logged in. The next login asks for the
    password alone, and then for a new factor where one is required.
    """
    with transaction.atomic():
        count, _by_model = Authenticator.objects.filter(user=user).delete()
        end_sessions(user)
    return int(count)
