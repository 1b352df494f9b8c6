"""Mails with a link that sets a forgotten password, sent beside the request that asks for them.

The request only leaves a row, the same for a known address as for an unknown one: how long its
answer takes tells nobody which addresses have an account. A thread of the same process looks the
address up and sends the mail; what a process that ends leaves behind, the next mail's thread of
any process sends.
"""

import logging
from datetime import timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.invitations import FORGOTTEN, mail_link, set_password_link
from accounts.models import ResetRequest, Role, User
from moderation_portal.advisory_locks import AdvisoryLock, acquire
from moderation_portal.mail_thread import MailThread

logger = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
# More than anybody needs; a mailbox cannot be filled by way of the portal.
MAX_PER_MAILBOX = 3
MAX_PER_ADDRESS = 20
# Rows are of use for the limits only.
KEPT = timedelta(days=1)


def ask_for_mail(email: str, address: str) -> None:
    """Leave a request for the thread, unless the mailbox or the address has had too many."""
    email = email.lower()
    with transaction.atomic():
        # One after the other, or many at once would all find the limit not reached.
        acquire(AdvisoryLock.PASSWORD_RESETS)
        _store(email, address)


def _store(email: str, address: str) -> None:
    recent = ResetRequest.objects.filter(asked_at__gt=timezone.now() - HOUR)
    of_mailbox = recent.filter(email=email).count()
    of_address = recent.filter(address=address or None).count()
    if of_mailbox >= MAX_PER_MAILBOX or of_address >= MAX_PER_ADDRESS:
        logger.warning("Too many requests for a new password from %s", address)
        return
    ResetRequest.objects.create(email=email, address=address or None)
    thread.send_soon()


def send_waiting() -> int:
    """Send all mails that wait; returns how many requests were dealt with."""
    sent_count = 0
    while (email := _next_waiting()) is not None:
        for user in people_with(email):
            mail_link(user, set_password_link(user), FORGOTTEN)
        sent_count += 1
    ResetRequest.objects.filter(asked_at__lt=timezone.now() - KEPT).delete()
    return sent_count


def people_with(email: str) -> QuerySet[User]:
    """The people who may log in and have this mail address, whatever its case."""
    people = User.objects.filter(email__iexact=email, is_active=True).exclude(role=Role.PROGRAM)
    # Who came by single sign-on stays with it: the provider decides until when.
    return people.exclude(
        company_accounts__isnull=False, password__startswith=UNUSABLE_PASSWORD_PREFIX
    )


def _next_waiting() -> str | None:
    """Take the oldest request that no other process has taken; its mail address."""
    now = timezone.now()
    with transaction.atomic():
        waiting = ResetRequest.objects.select_for_update(skip_locked=True)
        request = waiting.filter(sent_at=None, asked_at__gt=now - HOUR).order_by("pk").first()
        if request is None:
            return None
        request.sent_at = now
        request.save(update_fields=["sent_at"])
        return request.email


thread = MailThread("reset-mail", send_waiting)
