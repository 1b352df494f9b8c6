"""Links by which people set their own password, so that nobody else ever knows it."""

import logging
from dataclasses import dataclass
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import User
from moderation_portal.mail_thread import has_mail_server

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mail:
    """A mail with such a link."""

    subject: str
    template: str


INVITATION = Mail("Your account on the moderation portal", "registration/invitation_email.txt")
FORGOTTEN = Mail("Moderation Portal: set a new password", "registration/password_reset_email.txt")


def set_password_link(user: User) -> str:
    """The address where this user sets a password: for one use, three days long.

    It begins with ``PORTAL_URL``, never with what the request calls the portal: a Host header is
    whatever its sender likes.
    """
    path = reverse(
        "password_reset_confirm",
        kwargs={
            "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
            "token": default_token_generator.make_token(user),
        },
    )
    return f"{settings.PORTAL_URL}{path}"


def mail_link(user: User, link: str, mail: Mail = INVITATION) -> bool:
    """Mail the link to its user; whether it left (no address, or no server: it did not)."""
    if not settings.PORTAL_URL:
        logger.error("No mail with a link left: PORTAL_URL is not set")
        return False
    if not user.email or not has_mail_server():
        return False
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    body = render_to_string(mail.template, {"user": user, "link": link, "days": days})
    try:
        send_mail(mail.subject, body, None, [user.email])
    except (SMTPException, OSError):
        logger.exception("A link for user %s could not be mailed", user.pk)
        return False
    return True
