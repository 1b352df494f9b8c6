"""Who must have a second factor, and whether a login was made with one."""

from collections.abc import Mapping

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from accounts.models import Role, User

#: ``REQUIRE_SECOND_FACTOR`` -> the roles that must have one.
ROLES: Mapping[str, frozenset[str]] = {
    "none": frozenset(),
    "admin": frozenset({Role.ADMIN}),
    "lead": frozenset({Role.ADMIN, Role.LEAD}),
    "all": frozenset({Role.ADMIN, Role.LEAD, Role.MODERATOR}),
}
#: In the session: the number of the account that took the second step in it.
SESSION_KEY = "second_factor_of"


def is_required(user: User) -> bool:
    """Whether an account of this role must have a second factor."""
    return user.role in ROLES[settings.REQUIRE_SECOND_FACTOR]


def has_second_factor(user: User) -> bool:
    """Whether the account has an app or a passkey; recovery codes alone are none."""
    factors = Authenticator.objects.filter(user=user)
    return bool(factors.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def is_last(authenticator: Authenticator) -> bool:
    """Whether the account would have no second factor without this one."""
    others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(
        pk=authenticator.pk
    )
    return not others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def remember_second_step(request: HttpRequest, user: User) -> None:
    """Note in the session that this account has taken the second step."""
    request.session[SESSION_KEY] = user.pk


def took_second_step(request: HttpRequest) -> bool:
    """Whether the login of this request was made with a second factor, or has set one up."""
    return request.session.get(SESSION_KEY) == request.user.pk


def is_missing(request: HttpRequest, user: User) -> bool:
    """Whether this login may reach nothing but the pages that set a second factor up."""
    return is_required(user) and not took_second_step(request)
