"""A few review sessions with hand-computed figures, for tests of pages.

In March 2026: alice two sessions (one of unknown length), bob one.

==========  ======  ========  ========  ====  ========
session     videos  accepted  rejected  none  duration
==========  ======  ========  ========  ====  ========
alice-1     4       2         1         1     600 s
alice-2     1       0         1         0     unknown
bob-1       3       1         0         2     100 s
==========  ======  ========  ========  ====  ========
"""

from datetime import UTC, datetime, timedelta

from tests.brute import PlainSession, PlainView
from tests.factory import write_session

FIRST = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
SECOND_US = 1_000_000


def view(video, keys, status="completed", sound="muted", speeds=()):
    return PlainView(video=video, status=status, keys=list(keys), sound=sound, speeds=list(speeds))


def write_march():
    """Write the three sessions; returns them by id."""
    sessions = [
        PlainSession(
            public_id="alice-1",
            moderator="alice",
            started_at=FIRST,
            duration_us=600 * SECOND_US,
            views=[
                view("v1", "a", speeds=[1.0, 1.5]),
                view("v2", "q", status="partial", sound="unmuted"),
                view("v1", "a", speeds=[2.0]),
                view(None, "", status="not_started", sound="unknown"),
            ],
            idle=[
                ("pause", 60 * SECOND_US, FIRST + timedelta(seconds=300)),
                ("inactivity", 30 * SECOND_US, None),
            ],
            queues=[
                ("Spam", 40, True, {"Links": 10, "Bots": 30}),
                ("Old", 7, False, {}),
                ("=Minors", None, True, {}),
            ],
        ),
        PlainSession(
            public_id="alice-2",
            moderator="alice",
            started_at=FIRST + timedelta(days=1),
            duration_us=None,
            views=[view("v3", "q")],
            idle=[],
            queues=[],
        ),
        PlainSession(
            public_id="bob-1",
            moderator="bob",
            started_at=FIRST + timedelta(days=2),
            duration_us=100 * SECOND_US,
            views=[view("v1", "a"), view("v4", ""), view("v5", "", sound="unmuted")],
            idle=[],
            queues=[("Spam", 5, True, {})],
        ),
    ]
    return {plain.public_id: write_session(plain) for plain in sessions}
