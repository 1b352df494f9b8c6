"""``migrate``: one at a time, and not the accounts by the way."""

import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from accounts.models import User
from analytics.management.commands.migrate import one_at_a_time
from moderation_portal.advisory_locks import AdvisoryLock
from tests.locks import wait_until_blocked


@pytest.mark.django_db
def test_the_data_alone_are_not_migrated_away(alice) -> None:
    with pytest.raises(CommandError, match="delete every account"):
        call_command("migrate", "analytics", "zero", stdout=StringIO())
    assert User.objects.filter(pk=alice.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_turns() -> None:
    order: list[str] = []

    def migrate() -> None:
        try:
            call_command("migrate", stdout=StringIO())
            order.append("second")
        finally:
            connections.close_all()

    with one_at_a_time("default", AdvisoryLock.MIGRATE):
        other = threading.Thread(target=migrate)
        other.start()
        wait_until_blocked()
        order.append("first")
    other.join(60)
    assert order == ["first", "second"]
