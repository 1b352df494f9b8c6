"""Sessions whose decisions tests of checks judge.

=======  =========  =====  ==========================================
session  moderator  day    views (video, keys, queue)
=======  =========  =====  ==========================================
s1       ann        1 Mar  v1 a Spam; v2 q Spam; v3 - Spam; v4 q Hate
s2       ann        2 Mar  v5 a, v6 q, both of an unknown queue
s3       ben        3 Mar  v1 q Spam; a view of an unknown video a Spam
s4       ben        4 Apr  v7 a Hate
=======  =========  =====  ==========================================
"""

from datetime import UTC, datetime

from analytics.models import Session
from tests.brute import PlainSession, PlainView
from tests.factory import write_sessions

VIEWS = {
    ("s1", "ann", 3, 1): [
        ("v1", "a", "Spam"),
        ("v2", "q", "Spam"),
        ("v3", "", "Spam"),
        ("v4", "q", "Hate"),
    ],
    ("s2", "ann", 3, 2): [("v5", "a", None), ("v6", "q", None)],
    ("s3", "ben", 3, 3): [("v1", "q", "Spam"), (None, "a", "Spam")],
    ("s4", "ben", 4, 4): [("v7", "a", "Hate")],
}


def write_world() -> dict[str, Session]:
    """Write the sessions; returns them by id."""
    plain = [
        plain_session(name, moderator, datetime(2026, month, day, 12, tzinfo=UTC), views)
        for (name, moderator, month, day), views in VIEWS.items()
    ]
    return {session.public_id: session for session in write_sessions(plain)}


def plain_session(name, moderator, started_at, views):
    """A session of views (video, keys, queue)."""
    return PlainSession(
        name,
        moderator,
        started_at,
        None,
        [PlainView(video, "completed", list(keys), "muted", queue=q) for video, keys, q in views],
        [],
        [],
    )
