"""Writes at every moment of a migration: each is refused, or in the figures at the end."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from analytics.access import PORTAL
from analytics.metrics.registry import METRICS
from analytics.scope import Scope
from analytics.summaries import checking
from analytics.summaries.selection import MissingStateError

SCRATCH = "every_moment"


@pytest.fixture
def scratch(django_db_setup, django_db_blocker) -> Iterator[None]:
    """An empty database of its own in the place of the tests'."""
    with django_db_blocker.unblock():
        usual = connection.settings_dict["NAME"]
        name = f"{usual}_{SCRATCH}"
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual
            with connection.cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}"')


def write(apps, name: str) -> bool:
    """Write a session with the models of a moment; whether the database took it."""
    models = {each: apps.get_model("analytics", each) for each in ("Moderator", "Session")}
    view = apps.get_model("analytics", "VideoView")
    try:
        with transaction.atomic():
            person, _ = models["Moderator"].objects.get_or_create(username="amy")
            session = models["Session"].objects.create(
                moderator_id=person.pk, public_id=name, started_at=datetime(2026, 3, 1, tzinfo=UTC)
            )
            view.objects.create(session_id=session.pk, position=0, status="completed")
    except DatabaseError:
        return False
    return True


def figures() -> tuple[int, int] | None:
    """(sessions, videos) as the portal tells them; None where it says that it can't."""
    try:
        with transaction.atomic():
            row = METRICS["review-summary"].compute(Scope(PORTAL)).rows[0]
    except (DatabaseError, MissingStateError):
        return None
    return row["sessions"], row["videos"]


def test_no_write_during_a_migration_is_lost(scratch) -> None:
    executor = MigrationExecutor(connection)
    names = sorted(name for app, name in executor.loader.graph.nodes if app == "analytics")
    taken = 0
    for name in names:
        executor = MigrationExecutor(connection)
        state = executor.migrate([("analytics", name)])
        taken += write(state.apps, f"before-{name}")
        assert figures() in (None, (taken, taken)), name
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    assert taken > 2
    assert figures() == (taken, taken)
    assert list(checking.differences()) == []
