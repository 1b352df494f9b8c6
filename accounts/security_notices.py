"""Mails that tell people what became of their login: a new password, factor or company account.

Whoever did not do it themselves learns of it. A mail says what changed and when, and nothing that
opens anything.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import LoginChange, SecurityNotice, User
from moderation_portal.mail_thread import MailThread, send_each

BODY = """{change} of the moderation portal, on {when}.

If that was you, there is nothing to do. If it was not, set a new password, look at where you are
logged in, and tell an admin of the portal:

{link}
"""
#: Later a mail could not be sent for so long that it would only frighten.
DUE_FOR = timedelta(days=2)


def notice(user: User, change: LoginChange) -> None:
    """Let somebody know by mail; who has never logged in has nothing that could have changed."""
    if user.last_login is not None:
        SecurityNotice.objects.create(user=user, change=change)
        thread.send_soon()


class PasswordNotices:
    """Gives notice of changed passwords, by the hook that Django has for validators."""

    def validate(self, password: str, user: Any = None) -> None:
        """Every password will do."""

    def get_help_text(self) -> str:
        """Nothing to say beside the field."""
        return ""

    def password_changed(self, password: str, user: Any = None) -> None:
        """A password was set, by whomever and in whichever way, and is stored."""
        notice(user, LoginChange.PASSWORD)


def send_due() -> int:
    """Send the mails that are due; returns how many were sent."""
    SecurityNotice.objects.filter(happened_at__lt=timezone.now() - DUE_FOR).delete()
    due = SecurityNotice.objects.filter(user__is_active=True).exclude(user__email="")
    return send_each(due.select_related("user").order_by("pk"), mail, SecurityNotice.delete)


def mail(due: SecurityNotice) -> None:
    """Send one mail."""
    change = due.get_change_display()
    when = f"{timezone.localtime(due.happened_at):%Y-%m-%d %H:%M %Z}"
    link = f"{settings.PORTAL_URL}{reverse('account')}"
    subject = f"Moderation Portal: {change[0].lower()}{change[1:]}"
    send_mail(subject, BODY.format(change=change, when=when, link=link), None, [due.user.email])


thread = MailThread("security-notices", send_due)
