"""Who has to wait after wrong passwords: a name at an address, and an address over all names."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from zlib import crc32

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import FailedCode, User
from moderation_portal.advisory_locks import acquire_named

# Passwords that are looked at from one address at the same time.
MAX_AT_ONCE = 8
# Wrong codes of a second factor for one account from all addresses together, in an hour. Only who
# knows the password gets so far, so nobody else can use them up; a passkey works on.
MAX_WRONG_CODES = 20
CODES_COUNT_FOR = timedelta(hours=1)

Found = TypeVar("Found")


def authenticate_in_turn(request: HttpRequest, username: str, password: str) -> User | None:
    """Django's ``authenticate``: for one name from an address one at a time, eight for an address.

    django-axes counts the failures that there were before a password is looked at: at the same
    time, any number of guesses would find the limit not reached. So a name has its five exactly,
    and an address over all names at most seven more than its limit. Nothing else of the portal
    looks at a password.
    """
    # Until the failure is counted; what refuses a login raises nothing that would undo that.
    with transaction.atomic():
        acquire_named(turn_of(request, username))
        return authenticate(request, username=username, password=password)


def check_code_in_turn(
    request: HttpRequest, user: User, check: Callable[[], Found | None]
) -> Found | None:
    """What ``check`` finds for a code; None when it finds nothing or has been asked too often.

    A wrong code counts as a wrong password does, by (name, address) and by address, and besides by
    account over all addresses. One at a time for an account.
    """
    credentials = {"username": user.get_username()}
    with transaction.atomic():
        acquire_named(turn_of(request, user.get_username()))
        acquire_named(f"code {user.pk}")
        allowed = AxesProxyHandler.is_allowed(request, credentials)
        if not allowed or wrong_codes_left(user) <= 0:
            # The middleware of django-axes answers with the page that says to wait.
            request.axes_locked_out = True  # type: ignore[attr-defined]  # django-axes' own
            return None
        found = check()
        if found is None:
            FailedCode.objects.create(user=user)
            user_login_failed.send(__name__, credentials=credentials, request=request)
        return found


def wrong_codes_left(user: User) -> int:
    """How many wrong codes the account may still have in this hour, from all addresses."""
    now = timezone.now()
    FailedCode.objects.filter(user=user, failed_at__lt=now - CODES_COUNT_FOR).delete()
    return MAX_WRONG_CODES - FailedCode.objects.filter(user=user).count()


def tries_left(request: HttpRequest, user: User) -> int:
    """How many more wrong codes may come from this address before it waits."""
    credentials = {"username": user.get_username()}
    failures: int = AxesProxyHandler.get_failures(request, credentials)
    return max(0, min(settings.AXES_FAILURE_LIMIT - failures, wrong_codes_left(user)))


def turn_of(request: HttpRequest, username: str) -> str:
    """The name of the lock for guesses at this name from this address."""
    return f"login {address_of(request)} {crc32(username.encode()) % MAX_AT_ONCE}"


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
