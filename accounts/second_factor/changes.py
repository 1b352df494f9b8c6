"""Who shows a second factor; and how all are taken away from somebody."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.login_sessions import end_sessions
from accounts.models import User
from accounts.second_factor.requirement import remember_second_step


@receiver(authenticator_used)
def used(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Somebody showed a second factor: the session knows from now on."""
    remember_second_step(request, user)


def reset_second_factor(user: User) -> int:
    """Remove all second factors and recovery codes of an account; how many there were.

    Its sessions end: whoever has the lost phone may be logged in. The next login asks for the
    password alone, and then for a new factor where one is required.
    """
    with transaction.atomic():
        count, _by_model = Authenticator.objects.filter(user=user).delete()
        end_sessions(user)
    return int(count)
