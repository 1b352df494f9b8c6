"""The report of views: a row a view, as ``videos.csv`` has them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from analytics.imports.sessions.fields import VIDEOS
from analytics.models import SECOND_US, VideoView
from analytics.scope import Scope
from analytics.summaries.snapshots import repeatable_read

# Sessions whose views are read at a time; a session has about 150.
SESSIONS_AT_ONCE = 20

_SESSION_COLUMNS = ("username", "session_id", "session_start", "session_end", "session_duration")
# The report's first columns have an order of their own; further fields follow in the table's.
_FIRST = ("status", "watched", "loopTime", "videoId", "soundMuted", "keys")
_FURTHER = tuple(field.name for field in VIDEOS.fields if field.name not in _FIRST)
_LOOKUPS = (
    *(VIDEOS[name].lookup for name in _FIRST),
    "decision",
    *(VIDEOS[name].lookup for name in _FURTHER),
)
VIDEO_COLUMNS = (*_SESSION_COLUMNS, *_FIRST, "decision", *_FURTHER)


def video_rows(scope: Scope) -> Iterator[tuple[Any, ...]]:
    """A row of ``VIDEO_COLUMNS`` for each view in scope: the oldest session first.

    Durations are in seconds. Raises ``Forbidden`` at once when the scope is the team's totals.
    """
    scope.require_row_access("the export of videos")
    return _rows_of_views(scope)


def _rows_of_views(scope: Scope) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of ``video_rows``, in one state of the database."""
    with repeatable_read():
        sessions = (
            scope.sessions()
            .order_by("started_at", "public_id")
            .values_list(
                "pk",
                "moderator__username",
                "public_id",
                "started_at",
                "ended_at",
                "duration_us",
            )
            .iterator(chunk_size=SESSIONS_AT_ONCE)
        )
        while batch := list(islice(sessions, SESSIONS_AT_ONCE)):
            views = _views_of([pk for pk, *_ in batch])
            for pk, username, public_id, start, end, duration_us in batch:
                seconds = None if duration_us is None else duration_us / SECOND_US
                session = (username, public_id, start, end, seconds)
                for view in views.get(pk, ()):
                    yield session + view


def _views_of(sessions: list[int]) -> dict[int, list[tuple[Any, ...]]]:
    """The columns from ``status`` on of each session's views, by primary key, in order.

    Plain values: rows as objects would take most of an export's time.
    """
    views: dict[int, list[tuple[Any, ...]]] = {}
    rows = VideoView.objects.filter(session__in=sessions).order_by("position")
    for session, *view in rows.values_list("session_id", *_LOOKUPS):
        views.setdefault(session, []).append(tuple(view))
    return views
