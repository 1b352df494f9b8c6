"""The system checks of accounts."""

import pytest

from accounts.checks import mail_leaves


@pytest.mark.parametrize(("backend", "ids"), [("dummy", ["accounts.W001"]), ("smtp", [])])
def test_a_portal_that_cannot_mail_says_so(settings, backend, ids):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"

    assert [message.id for message in mail_leaves(None)] == ids
