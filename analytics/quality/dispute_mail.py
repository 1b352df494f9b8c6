"""Mails that tell people what became of their disputes, sent beside the request that decides them.

The request does not wait for a mail server. What could not be sent stays due, and is sent with the
next dispute that is decided, by any process.
"""

from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import timezone

from analytics.models import RULINGS, Dispute
from moderation_portal.mail_thread import MailThread, send_each

SUBJECT = "Moderation Portal: your dispute was decided"
BODY = """A dispute of yours was decided. What came of it, and why:

{link}

You asked for this mail on your page of checks, where you can turn it off.
"""
#: A mail that could not be sent for so long would no longer be news.
DUE_FOR = timedelta(days=7)


def send_due() -> int:
    """Send the mails that are due; returns how many were sent."""
    due = (
        Dispute.objects.filter(outcome__in=RULINGS)
        .filter(mailed_at__isnull=True, decided_at__gt=timezone.now() - DUE_FOR)
        .filter(created_by__is_active=True, created_by__wants_dispute_mail=True)
        .exclude(created_by__email="")
    )
    return send_each(due.select_related("created_by").order_by("decided_at"), mail, settle)


def mail(dispute: Dispute) -> None:
    """Send one mail."""
    assert dispute.created_by is not None
    path = reverse("portal:quality-check", args=[dispute.quality_check_id])
    body = BODY.format(link=f"{settings.PORTAL_URL}{path}")
    send_mail(SUBJECT, body, None, [dispute.created_by.email])


def settle(dispute: Dispute) -> None:
    """Note that the mail has left."""
    dispute.mailed_at = timezone.now()
    dispute.save(update_fields=["mailed_at"])


thread = MailThread("dispute-mail", send_due)
