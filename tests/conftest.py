"""What all tests share: people of each kind, a second moderator, a program."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings

from accounts.models import Role, User
from analytics.kept_answers import forget_answers
from analytics.models import Moderator
from analytics.summaries import kept_rollups
from analytics.summaries.snapshots import SnapshotState
from audit import looks

PASSWORD = "correct horse battery"
#: Files whose tests take long. They come first, so that no worker waits for another at the end.
LONG = {
    "test_backups.py",
    "test_benchmarks.py",
    "test_demo.py",
    "test_demo_findings.py",
    "test_end_to_end.py",
    "test_every_answer.py",
    "test_every_number.py",
    "test_memory.py",
    "test_postgres.py",
    "test_rehearsal.py",
    "test_standbys.py",
    "test_two_machines.py",
    "test_upgrade.py",
    "test_worlds.py",
}

# Hypothesis tries the same examples each time, however slow the machine is. Others are looked for
# by hand: ``--hypothesis-profile search``.
settings.register_profile(
    "same",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "search", settings.get_profile("same"), derandomize=False, max_examples=2000
)
settings.load_profile("same")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files and those in a browser first; everything else stays in its order."""
    items.sort(key=lambda item: item.path.name not in LONG and item.path.parent.name != "browser")


@pytest.fixture(scope="module")
def module_db(django_db_setup, django_db_blocker):
    """The database for data that the tests of a module share, gone after the last of them.

    What a test adds is gone after that test, as its transaction is a part of this one. For modules
    whose tests all use ``db``.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def make_user(username: str, role: Role, *, moderates: bool = False) -> User:
    """Create a user; with ``moderates`` linked to a moderator of the same name."""
    moderator = Moderator.objects.get_or_create(username=username)[0] if moderates else None
    return User.objects.create_user(
        username,
        f"{username}@portal.example",
        PASSWORD,
        role=role,
        moderator=moderator,
    )


@pytest.fixture(autouse=True)
def kept_at_once(monkeypatch):
    """What is otherwise kept when it is made again: more is kept, and asked for once."""
    monkeypatch.setattr("analytics.keeping.WAITS", False)


@pytest.fixture(autouse=True)
def _no_looks_of_other_tests():
    """Each test writes its own looks only."""
    looks.pending.clear()


@pytest.fixture(autouse=True)
def _no_pages_of_other_tests():
    """Each test makes its own pages: another test's data may have had the same version."""
    forget_answers()


@pytest.fixture
def keeping(monkeypatch):
    """Keep what is read of roll-ups as in a snapshot: nobody else commits inside a test."""
    always = property(lambda _state: True, lambda _state, _value: None)
    monkeypatch.setattr(SnapshotState, "is_repeatable", always, raising=False)
    kept_rollups.forget_rollups()
    yield
    kept_rollups.forget_rollups()


@pytest.fixture
def alice(db) -> User:
    """A moderator."""
    return make_user("alice", Role.MODERATOR, moderates=True)


@pytest.fixture
def bob(db) -> User:
    """Another moderator."""
    return make_user("bob", Role.MODERATOR, moderates=True)


@pytest.fixture
def lea(db) -> User:
    """A lead, who moderates nothing."""
    return make_user("lea", Role.LEAD)


@pytest.fixture
def ada(db) -> User:
    """An admin."""
    return make_user("ada", Role.ADMIN)


@pytest.fixture
def tool(db) -> User:
    """A program's account."""
    return make_user("tool", Role.PROGRAM)
