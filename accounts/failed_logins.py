"""Who has to wait after wrong passwords: a name at an address, and an address over all names."""

from typing import Any
from zlib import crc32

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from moderation_portal.advisory_locks import acquire_named

# Passwords that are looked at from one address at the same time.
MAX_AT_ONCE = 8


def authenticate_in_turn(request: HttpRequest, username: str, password: str) -> User | None:
    """Django's ``authenticate``: for one name from an address one at a time, eight for an address.

    django-axes counts the failures that there were before a password is looked at: at the same
    time, any number of guesses would find the limit not reached. So a name has its five exactly,
    and an address over all names at most seven more than its limit. Nothing else of the portal
    looks at a password.
    """
    turn = f"login {address_of(request)} {crc32(username.encode()) % MAX_AT_ONCE}"
    # Until the failure is counted; what refuses a login raises nothing that would undo that.
    with transaction.atomic():
        acquire_named(turn)
        return authenticate(request, username=username, password=password)


class FailedLoginHandler(AxesDatabaseHandler):  # type: ignore[misc]  # comes without types
    """Counts as django-axes does, and each address over all the names tried from it besides.

    Never by name alone: anybody could lock a colleague out.
    """

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Failures of the name at this address; the limit when the address has used up its own."""
        failures: int = super().get_failures(request, credentials)
        if self._failures_of_address(request) >= settings.LOGIN_FAILURES_PER_ADDRESS:
            return max(failures, int(settings.AXES_FAILURE_LIMIT))
        return failures

    def _failures_of_address(self, request: HttpRequest) -> int:
        recent = AccessAttempt.objects.filter(
            ip_address=request.META.get("REMOTE_ADDR") or None,
            attempt_time__gt=timezone.now() - settings.AXES_COOLOFF_TIME,
        )
        return recent.aggregate(n=Sum("failures_since_start"))["n"] or 0


def address_of(request: HttpRequest) -> str | None:
    """The client's address for django-axes (``AXES_CLIENT_IP_CALLABLE``)."""
    return request.META.get("REMOTE_ADDR") or None
