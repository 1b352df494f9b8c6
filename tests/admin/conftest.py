"""A few review sessions, and an admin who looks at them."""

from datetime import timedelta

import pytest

from tests.brute import PlainSession, PlainView
from tests.factory import NOON, write_session

LISTS = "/admin/analytics/"


def make_session(public_id, moderator="mia", *, days=0, views=2):
    """Store a session of so many views, the first of them accepted and the second rejected."""
    keys = [["a"], ["q"]]
    plain = PlainSession(
        public_id=public_id,
        moderator=moderator,
        started_at=NOON + timedelta(days=days),
        duration_us=90_000_000,
        views=[
            PlainView(f"clip-{i}", "completed", keys[i] if i < 2 else [], "muted", [1.25, 1.5])
            for i in range(views)
        ],
        idle=[("pause", 30_000_000, None)],
        queues=[("urgent", 7, True, {"high": 3, "low": 4})],
    )
    return write_session(plain)


@pytest.fixture
def admin_client(client, ada):
    """Ada, an admin, logged in."""
    client.force_login(ada)
    return client


def shown(answer):
    """Return the rows that a list shows."""
    return [str(row) for row in answer.context["cl"].result_list]
