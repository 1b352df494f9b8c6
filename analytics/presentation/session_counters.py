"""The counters of some sessions, for lists of them: summed up if fresh, else from the raw rows."""

from collections.abc import Sequence
from typing import Any

from analytics.models import RawTotals, SessionTotals, StaleSession

NAMES = (
    "session_id",
    "videos",
    "accepted",
    "rejected",
    "completed",
    "timed_decided",
    "logged_us",
    "idle_us",
    "timed_sessions",
    "speed_changes",
    "speed_sum",
    "unique_videos",
)


def counters_of(session_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The counters by session id; durations are in microseconds."""
    stale = set(
        StaleSession.objects.filter(session_id__in=session_ids).values_list("session_id", flat=True)
    )
    fresh = [pk for pk in session_ids if pk not in stale]
    counters = {
        row["session_id"]: row
        for row in SessionTotals.objects.filter(session_id__in=fresh).values(*NAMES)
    }
    unread = [pk for pk in session_ids if pk not in counters]
    if unread:
        for row in RawTotals.objects.filter(session_id__in=unread).values(*NAMES):
            counters[row["session_id"]] = row
    return counters
