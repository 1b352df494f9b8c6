"""What a production portal should not be started without, told by ``check --deploy``."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as CheckWarning


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
