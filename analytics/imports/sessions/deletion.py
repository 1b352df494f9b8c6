"""Taking away sessions and what happened in them."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

# From the rows that nothing depends on upwards. The ORM would load every row to look for what
# depends on it.
_DELETIONS = (
    """DELETE FROM analytics_playbackspeed USING analytics_videoview AS viewed
        WHERE viewed.id = view_id AND viewed.session_id = ANY(%s)""",
    "DELETE FROM analytics_videoview WHERE session_id = ANY(%s)",
    "DELETE FROM analytics_inactivity WHERE session_id = ANY(%s)",
    "DELETE FROM analytics_queueassignment WHERE session_id = ANY(%s)",
)


def delete_children(session_ids: Collection[int]) -> None:
    """Delete everything that happened in sessions, which themselves stay."""
    ids = [list(session_ids)]
    with connection.cursor() as cursor:
        for statement in _DELETIONS:
            cursor.execute(statement, ids)


def delete_emptied_sessions(session_ids: Collection[int]) -> None:
    """Delete sessions in which nothing is left; the ORM would look for what depends on each."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM analytics_session WHERE id = ANY(%s)", [list(session_ids)])
