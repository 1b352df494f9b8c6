"""Records turned back into documents: the inverse of validation.py.

Reading a document that was made here gives the record it was made from, so that an export
imported into an empty portal gives the same portal and the same export again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

from analytics.imports.sessions import validation, values
from analytics.imports.sessions.records import (
    IdleRecord,
    QueueRecord,
    SessionContent,
    SpeedRecord,
    ViewRecord,
)
from analytics.imports.sessions.validation import Json
from analytics.imports.sessions.values import Invalid

Part = TypeVar("Part", SpeedRecord, ViewRecord, IdleRecord, QueueRecord)


def from_text(extra: str | None) -> Json:
    """Return the fields that ``extra`` holds."""
    found: Json = json.loads(extra) if extra else {}
    return found


def _number(value: float | None) -> float | None:
    """Return a whole number as such: 2, not 2.0."""
    return int(value) if value is not None and value.is_integer() else value


def _with_originals(
    columns: Json, part: Part, known: frozenset[str], read: Callable[[object], Part]
) -> Json:
    """Return ``{**columns, **extra}``.

    An original counts only as long as it is read as what the columns say: after a correction in
    the admin or in SQL it no longer does.
    """
    extra = from_text(part.extra)
    result = {**columns, **extra}
    if not known.isdisjoint(extra):
        try:
            if read(result) == part:
                return result
        except Invalid:
            pass
        result = {**extra, **columns}
    return result


def speed(part: SpeedRecord) -> object:
    """Return a playback speed: a number where that says everything."""
    if part.chosen_at is None and part.extra is None:
        return _number(part.value)
    columns: Json = {"value": _number(part.value)}
    if part.chosen_at is not None:
        columns["at"] = values.time_text(part.chosen_at)
    return _with_originals(columns, part, validation.SPEED_FIELDS, validation.speed)


def view(part: ViewRecord) -> Json:
    """Return one view of a video."""
    columns: Json = {
        "videoId": part.video,
        "status": validation.STATUS_SPELLINGS.get(part.status, part.status),
        "watched": part.watched,
        "loopTime": _number(part.loop_time),
        "keys": list(part.keys),
        "soundMuted": validation.SOUND_SPELLINGS[part.sound],
    }
    if part.speeds:
        columns["speeds"] = [speed(chosen) for chosen in part.speeds]
    if part.extra is None:
        return columns
    return _with_originals(columns, part, validation.VIEW_FIELDS, validation.view)


def idle(part: IdleRecord) -> Json:
    """Return one stretch of inactivity."""
    columns: Json = {
        "type": part.kind,
        "duration": None if part.duration_us is None else values.seconds(part.duration_us),
    }
    if part.started_at is not None:
        columns["startedAt"] = values.time_text(part.started_at)
    return _with_originals(columns, part, validation.IDLE_FIELDS, validation.idle)


def queue(part: QueueRecord) -> Json:
    """Return one queue that the session worked on."""
    columns: Json = {
        "name": part.name,
        "count": part.item_count,
        "subqueues": from_text(part.subqueues),
        "active": part.active,
        "createdAt": None if part.created_at is None else values.time_text(part.created_at),
    }
    return _with_originals(columns, part, validation.QUEUE_FIELDS, validation.queue)


def session(public_id: str, content: SessionContent) -> Json:
    """Return a session's document."""
    columns: Json = {
        "_id": public_id,
        "starttime": values.time_text(content.started_at),
        "endtime": None if content.ended_at is None else values.time_text(content.ended_at),
        "duration": None if content.duration_us is None else values.seconds(content.duration_us),
    }
    children: Json = {
        "videos": [view(part) for part in content.views],
        "inactivity": [idle(part) for part in content.idle],
        "queues": [queue(part) for part in content.queues],
    }
    extra = from_text(content.extra)
    result = {**columns, **extra}
    if not validation.SESSION_FIELDS.isdisjoint(extra):
        try:
            read = validation.content(result)
        except Invalid:
            read = None
        if read is None or read[:4] != content[:4]:
            result = {**extra, **columns}
    return {**result, **children}
