"""Mails sent beside the request that causes them, by one thread of the process.

The request does not wait for a mail server; it leaves a row that says what is due. What a process
that ends leaves behind, the next mail's thread of any process sends.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import TypeVar

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import Model, QuerySet

logger = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Model)
#: What says something of one mail and nothing of others: an address that the server does not take,
#: or that cannot be written (``ValueError``).
REFUSALS = (SMTPRecipientsRefused, SMTPDataError, ValueError)


class MailThread:
    """Calls ``send``, which sends what is due, after a transaction that made something due."""

    def __init__(self, name: str, send: Callable[[], int]) -> None:
        self.name = name
        self.send = send
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    def send_soon(self) -> None:
        """Send once the transaction has ended, without waiting for it."""
        transaction.on_commit(lambda: self._executor.submit(self.run))

    def run(self) -> None:
        """Send what is due, on a connection of this thread's own."""
        close_old_connections()
        try:
            self.send()
        except Exception:
            # Nobody looks at what the executor's threads raise.
            logger.exception("Mails could not be sent: %s", self.name)
        finally:
            connection.close()


def has_mail_server() -> bool:
    """Whether mails leave at all."""
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def send_each(
    due: QuerySet[Row], mail: Callable[[Row], None], settle: Callable[[Row], object]
) -> int:
    """Mail what is due, in its order; ``settle`` says that a row no longer is. Returns how many.

    Rows that another process is sending are left to it. One whose own mail is refused stays due
    and holds up no other; when the mail server fails, the rest waits as well. None is sent without
    a mail server, or an address for links.
    """
    sent_count = 0
    refused: list[int] = []
    while settings.PORTAL_URL and has_mail_server():
        with transaction.atomic():
            rest = due.exclude(pk__in=refused)
            row = rest.select_for_update(of=("self",), skip_locked=True).first()
            if row is None:
                break
            try:
                mail(row)
            except REFUSALS:
                logger.exception("%s %s was refused", row._meta.verbose_name, row.pk)
                refused.append(row.pk)
                continue
            except (SMTPException, OSError):
                logger.exception("%s %s could not be sent", row._meta.verbose_name, row.pk)
                break
            settle(row)
        sent_count += 1
    return sent_count
