"""Mails that tell people what became of their disputes, sent beside the request that decides them.

The request does not wait for a mail server. What could not be sent stays due, and is sent with the
next dispute that is decided, by any process.
"""

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from analytics.models import RULINGS, Dispute
from moderation_portal.mail_thread import MailThread, send_each

logger = logging.getLogger(__name__)

SUBJECT = "Moderation Portal: your dispute was decided"
BODY = """A dispute of yours was decided. What came of it, and why:

{link}

You asked for this mail on your page of checks, where you can turn it off.
"""
#: A mail that could not be sent for so long would no longer be news.
DUE_FOR = timedelta(days=7)


def send_due() -> int:
    """Send the mails that are due, until one fails; returns how many were sent."""
    return send_each(send_next)


def send_next() -> bool:
    """Send the oldest mail that no other process is sending; False: none is due, or it failed."""
    due = (
        Dispute.objects.filter(outcome__in=RULINGS)
        .filter(mailed_at__isnull=True, decided_at__gt=timezone.now() - DUE_FOR)
        .filter(created_by__is_active=True, created_by__wants_dispute_mail=True)
        .exclude(created_by__email="")
    )
    with transaction.atomic():
        dispute = (
            due.select_for_update(of=("self",), skip_locked=True).order_by("decided_at").first()
        )
        if dispute is None or dispute.created_by is None:
            return False
        path = reverse("portal:quality-check", args=[dispute.quality_check_id])
        body = BODY.format(link=f"{settings.PORTAL_URL}{path}")
        try:
            send_mail(SUBJECT, body, None, [dispute.created_by.email])
        except (SMTPException, OSError):
            logger.exception("A mail about dispute %s could not be sent", dispute.pk)
            return False
        dispute.mailed_at = timezone.now()
        dispute.save(update_fields=["mailed_at"])
    return True


thread = MailThread("dispute-mail", send_due)
