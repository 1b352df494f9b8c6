"""Links by which people set their own password, so that nobody else ever knows it."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import User

logger = logging.getLogger(__name__)


def set_password_link(user: User, request: HttpRequest) -> str:
    """Return the address where this user sets a password: for one use, three days long."""
    path = reverse(
        "password_reset_confirm",
        kwargs={
            "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
            "token": default_token_generator.make_token(user),
        },
    )
    return request.build_absolute_uri(path)


def mail_link(user: User, link: str) -> bool:
    """Mail the link to its user; return whether it left (no address, or no server: it did not)."""
    if not user.email or settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
        return False
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    body = render_to_string(
        "registration/invitation_email.txt", {"user": user, "link": link, "days": days}
    )
    try:
        send_mail("Your account on the moderation portal", body, None, [user.email])
    except (SMTPException, OSError):
        logger.exception("The invitation of user %s could not be mailed", user.pk)
        return False
    return True
