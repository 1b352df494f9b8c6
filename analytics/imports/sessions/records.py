"""What a validated document is made of: the one thing that every way in hands to the store.

Plain tuples, since millions of them are made: two contents are equal when nothing would change
by storing the one over the other. ``extra`` is canonical JSON text, or None when there is none.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class SpeedRecord(NamedTuple):
    """A playback speed chosen while a video was watched."""

    value: float
    chosen_at: datetime | None = None
    extra: str | None = None


class ViewRecord(NamedTuple):
    """One video put before the moderator; ``video`` is the content's public id."""

    video: str | None
    status: str
    watched: bool | None
    loop_time: float | None
    keys: tuple[str, ...]
    sound: str
    extra: str | None
    speeds: tuple[SpeedRecord, ...]


class IdleRecord(NamedTuple):
    """A stretch in which nothing was done."""

    kind: str
    duration_us: int | None
    started_at: datetime | None
    extra: str | None


class QueueRecord(NamedTuple):
    """A queue that the session worked on; ``subqueues`` is canonical JSON: name -> items."""

    name: str
    item_count: int | None
    subqueues: str
    active: bool
    created_at: datetime | None
    extra: str | None


class SessionContent(NamedTuple):
    """The whole truth about a session, children in order."""

    started_at: datetime
    ended_at: datetime | None
    duration_us: int | None
    extra: str | None
    views: tuple[ViewRecord, ...]
    idle: tuple[IdleRecord, ...]
    queues: tuple[QueueRecord, ...]


class ModeratorRecord(NamedTuple):
    """A moderator named by a document, with the document's unknown fields."""

    username: str
    extra: str | None


class SessionRecord(NamedTuple):
    """A session to be stored, and where its id stands in the input, should it be refused."""

    username: str
    public_id: str
    content: SessionContent
    path: str = "_id"
    place: str = ""
    document_index: int | None = None
