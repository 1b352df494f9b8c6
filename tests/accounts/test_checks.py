"""The system checks of accounts."""

import pytest

from accounts.checks import accounts_are_somebodys, mail_leaves
from accounts.models import Role, User
from analytics.models import Moderator


@pytest.mark.parametrize(("backend", "ids"), [("dummy", ["accounts.W001"]), ("smtp", [])])
def test_a_portal_that_cannot_mail_says_so(settings, backend, ids):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"

    assert [message.id for message in mail_leaves(None)] == ids


@pytest.mark.django_db
def test_a_moderators_account_without_a_moderator_is_told_by_name():
    User.objects.create_user("cleo", role=Role.MODERATOR)
    User.objects.create_user("ann", role=Role.MODERATOR)
    User.objects.create_user("gone", role=Role.MODERATOR, is_active=False)
    linked = Moderator.objects.create(username="ben")
    User.objects.create_user("ben", role=Role.MODERATOR, moderator=linked)
    User.objects.create_user("lead", role=Role.LEAD)

    messages = accounts_are_somebodys(databases=["default"])

    assert [(message.id, message.msg) for message in messages] == [
        (
            "accounts.W003",
            f"The account '{name}' is a moderator's, but linked to no moderator: it sees nothing.",
        )
        for name in ("ann", "cleo")
    ]


def test_the_database_is_asked_only_when_checks_may_ask_it():
    assert accounts_are_somebodys() == []
