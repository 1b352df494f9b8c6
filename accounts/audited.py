"""What the audit records of accounts and tokens."""

from allauth.mfa.models import Authenticator

from accounts.models import ApiToken, CompanyAccount, User
from audit import changes
from audit.context import Who

# Names stand in the audit's table of names only.
NAMES = ("username", "first_name", "last_name", "email", "display_name")


def audit_models() -> None:
    """Record every change from now on."""
    changes.register(
        User,
        hidden=(*NAMES, "password"),
        ignored=("last_login", "access_version"),
        subject=lambda user: Who("account", user.pk, user.username),
    )
    changes.register(
        ApiToken,
        hidden=("digest", "prefix"),
        ignored=("last_used_at", "recent_requests", "access_version"),
        subject=lambda token: Who("account", token.user_id, token.user.username),
    )
    changes.register(
        CompanyAccount,
        hidden=("subject",),
        ignored=("last_used_at",),
        subject=lambda company: Who("account", company.user_id, company.user.username),
    )
    changes.register(
        Authenticator,
        hidden=("data",),
        ignored=("last_used_at",),
        subject=lambda factor: Who("account", factor.user_id, factor.user.username),
    )
