"""What a portal should not run without: ``check --deploy``, ``check --database default``."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import DatabaseError

from accounts.models import Role, User
from moderation_portal.mail_thread import has_mail_server


@register(Tags.security, deploy=True)
def mail_leaves(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """W001: without a mail server nobody can reset a forgotten password."""
    if has_mail_server():
        return []
    return [
        CheckWarning(
            "No mail leaves the portal: EMAIL_HOST is not set.",
            hint="Set EMAIL_HOST. Until then forgotten passwords cannot be reset by mail, and "
            "admins hand over the links of invitations themselves.",
            id="accounts.W001",
        )
    ]


@register(Tags.security, deploy=True)
def links_lead_here(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """W002: links in mails need the portal's own address."""
    if settings.PORTAL_URL:
        return []
    return [
        CheckWarning(
            "No mail with a link can be sent: the portal's address is not known.",
            hint="Set PORTAL_URL (https://portal.example), or name a host in ALLOWED_HOSTS.",
            id="accounts.W002",
        )
    ]


#: Without one of these there is no single sign-on.
PROVIDER_SETTINGS = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")


@register(Tags.security)
def single_sign_on_is_whole(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """E001: half a provider; E002: nobody could log in; W004: the provider without HTTPS."""
    missing = [name for name in PROVIDER_SETTINGS if not getattr(settings, name)]
    claims = settings.OIDC_ROLE_CLAIM or settings.OIDC_MODERATOR_CLAIM
    found: list[CheckMessage] = []
    if missing and (claims or len(missing) < len(PROVIDER_SETTINGS)):
        text = f"Single sign-on is off: {' and '.join(missing)} must be set, too."
        found.append(Error(text, hint="Set all three, or none.", id="accounts.E001"))
    if missing and not settings.LOCAL_PASSWORDS:
        text = "Nobody can log in: LOCAL_PASSWORDS is off, and there is no single sign-on."
        hint = f"Set {', '.join(missing)}, or LOCAL_PASSWORDS=1."
        found.append(Error(text, hint=hint, id="accounts.E002"))
    if settings.OIDC_ISSUER and not settings.OIDC_ISSUER.startswith("https://"):
        text = "The provider of single sign-on is asked without HTTPS: anybody between may answer."
        hint = "OIDC_ISSUER is an https address, exactly as the provider calls itself."
        found.append(CheckWarning(text, hint=hint, id="accounts.W004"))
    return found


@register(Tags.database)
def accounts_are_somebodys(
    *, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """W003: a moderator's account without a moderator is refused on every page.

    Forms ask for one; accounts that are older may have none, or lost it with their moderator.
    """
    if not databases:
        return []
    nobodys = User.objects.filter(role=Role.MODERATOR, moderator=None, is_active=True)
    try:
        names = list(nobodys.order_by("username").values_list("username", flat=True))
    except DatabaseError:
        # Not migrated yet: there are no accounts.
        return []
    return [
        CheckWarning(
            f"The account {name!r} is a moderator's, but linked to no moderator: it sees nothing.",
            hint="Choose the moderator, or another role, under Administration, Users.",
            id="accounts.W003",
        )
        for name in names
    ]
