"""Mails sent beside the request."""

import logging
import threading

from moderation_portal.mail_thread import MailThread


def test_it_sends_after_the_transaction_in_another_thread(db, django_capture_on_commit_callbacks):
    sent = threading.Event()
    names: list[str] = []

    def send() -> int:
        names.append(threading.current_thread().name)
        sent.set()
        return 1

    thread = MailThread("some-mail", send)
    with django_capture_on_commit_callbacks(execute=True):
        thread.send_soon()
        assert not sent.is_set()
    assert sent.wait(60)
    assert names == ["some-mail_0"]


def test_a_fault_is_logged(transactional_db, caplog):
    def send() -> int:
        raise ValueError("broken")

    with caplog.at_level(logging.ERROR):
        MailThread("some-mail", send).run()
    assert "Mails could not be sent: some-mail" in caplog.text
    assert "ValueError: broken" in caplog.text
