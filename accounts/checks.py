"""What a portal should not run without: ``check --deploy``, ``check --database default``."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import DatabaseError

from accounts.models import Role, User


@register(Tags.security, deploy=True)
def mail_leaves(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """W001: without a mail server nobody can reset a forgotten password."""
    if not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
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
