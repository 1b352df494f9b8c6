"""Mails sent beside the request that causes them, by one thread of the process.

The request does not wait for a mail server; it leaves a row that says what is due. What a process
that ends leaves behind, the next mail's thread of any process sends.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import close_old_connections, connection, transaction

logger = logging.getLogger(__name__)


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


def send_each(send_next: Callable[[], bool]) -> int:
    """Send mails with a link until none is due or one fails, which ``send_next`` says by False.

    Returns how many were sent; none without a mail server, or an address for links.
    """
    sent_count = 0
    while settings.PORTAL_URL and has_mail_server() and send_next():
        sent_count += 1
    return sent_count
