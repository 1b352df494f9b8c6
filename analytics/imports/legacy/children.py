"""What belongs to the old database's sessions, merged from its sorted tables."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from analytics.imports.legacy.database import LegacyDatabase, Row
from analytics.imports.legacy.tables import document_of, old_columns
from analytics.imports.legacy.values import plain, subqueue_counts
from analytics.imports.notices import Notices
from analytics.imports.sessions.field_types import Json, at, read_each
from analytics.imports.sessions.fields import INACTIVITY, QUEUES, SPEEDS, VIDEOS
from analytics.imports.values import Invalid

# Two columns are one field of the documents.
_SUBQUEUES = ("subqueues", "subqueue_counts")


class Children:
    """What belongs to sessions, handed out session by session in the order of their ids."""

    def __init__(self, database: LegacyDatabase, notices: Notices) -> None:
        self._notices = notices
        self._has_ids = database.has_video_ids()
        self._shared = database.shared_videos()
        queues = database.table("queues")
        self._knows_active = "active" in queues.types
        inactivity = database.table("inactivity")
        self._videos = Groups(database.video_rows())
        self._keys = Groups(database.rows_by_video("video_keys", ("key_value",)))
        self._speeds = Groups(database.rows_by_video("video_speeds", old_columns(SPEEDS)))
        self._idle = Groups(database.rows_by_session(inactivity, old_columns(INACTIVITY)))
        self._queues = Groups(database.rows_by_session(queues, (*old_columns(QUEUES), *_SUBQUEUES)))

    def of(self, key: str) -> Json:
        """The lists of a session's document; or ``fault``, an Invalid, where they make no sense."""
        rows, queues = self._videos.of(key), self._queues.of(key)
        keys, speeds = self._keys.of(key), self._speeds.of(key)
        idle = [document_of(INACTIVITY, row) for row in self._idle.of(key)]
        try:
            return {
                "inactivity": idle,
                "queues": list(at("queues", lambda queued: read_each(queued, self._queue), queues)),
                "videos": at("videos", lambda viewed: self._views(key, viewed, keys, speeds), rows),
            }
        except Invalid as reason:
            return {"fault": reason}

    def _views(
        self, session: str, rows: list[Row], keys: list[Row], speeds: list[Row]
    ) -> list[object]:
        pressed: dict[object, list[object]] = {}
        for view, key in keys:
            pressed.setdefault(view, []).append(plain(key))
        chosen: dict[object, list[object]] = {}
        for view, *speed in speeds:
            chosen.setdefault(view, []).append(document_of(SPEEDS, speed))
        views: list[object] = []
        seen: dict[str, Row] = {}
        for view, *row in rows:
            number = None if view is None else str(view)
            if self._has_ids and self._is_repeated(number, tuple(row), seen):
                self._notices.add(
                    "repeated rows", f"videos.id {number} of session {session} is there twice"
                )
                continue
            views.append(
                {
                    **document_of(VIDEOS, row),
                    "keys": pressed.get(number, []),
                    "speeds": chosen.get(number, []),
                }
            )
        return views

    def _is_repeated(self, number: str | None, row: Row, seen: dict[str, Row]) -> bool:
        """Whether a video was ``seen`` before; else it is from now on.

        Raises Invalid for one without an id, or with that of another one.
        """
        if number is None:
            raise Invalid("a row of videos has no id")
        before = seen.setdefault(number, row)
        if number in self._shared or before != row:
            raise Invalid(f"videos.id {number} is there twice with different content")
        return before is not row

    def _queue(self, row: Any) -> Json:
        *own, names, counts = row
        queue = document_of(QUEUES, own)
        queue["subqueues"] = at(
            "subqueues", lambda columns: subqueue_counts(*columns), (names, counts)
        )
        if not self._knows_active:
            del queue["active"]
        return queue


class Groups:
    """A stream of rows sorted by session, handed out session by session.

    The sessions must be asked for in the order of the stream; every row belongs to one of them.
    """

    def __init__(self, rows: Iterator[Row]) -> None:
        self._groups = groupby(rows, key=itemgetter(0))
        self._next = next(self._groups, None)

    def of(self, key: object) -> list[Row]:
        """The rows of a session, without the session's id."""
        if self._next is None or self._next[0] != key:
            return []
        rows = [row[1:] for row in self._next[1]]
        self._next = next(self._groups, None)
        return rows
