"""A session's document, checked and turned into what is stored.

The one way from documents to records; rendering.py is the way back. What a value had to be
interpreted for is kept in ``extra`` under the document's own name, unless giving the document
back would write the same anyway.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from analytics.imports.report import Rejection
from analytics.imports.sessions import values
from analytics.imports.sessions.records import (
    IdleRecord,
    ModeratorRecord,
    QueueRecord,
    SessionContent,
    SessionRecord,
    SpeedRecord,
    ViewRecord,
)
from analytics.imports.sessions.values import Invalid, canonical, plain

Json = dict[str, object]
Record = TypeVar("Record")
Given = TypeVar("Given")

DOCUMENT_FIELDS = frozenset({"username", "sessions"})
SESSION_FIELDS = frozenset(
    {"_id", "starttime", "endtime", "duration", "videos", "inactivity", "queues"}
)
VIEW_FIELDS = frozenset(
    {"videoId", "status", "watched", "loopTime", "keys", "soundMuted", "speeds"}
)
SPEED_FIELDS = frozenset({"value", "at"})
IDLE_FIELDS = frozenset({"type", "duration", "startedAt"})
QUEUE_FIELDS = frozenset({"name", "count", "subqueues", "active", "createdAt"})

#: How the review tool itself spells what the portal stores; other spellings are kept beside it.
STATUS_SPELLINGS: dict[str, str | None] = {
    "completed": "Completed",
    "partial": "Partially Watched",
    "not_started": "Not Started",
    "unknown": None,
}
SOUND_SPELLINGS: dict[str, str | None] = {"muted": "yes", "unmuted": "no", "unknown": None}

_MICROSECOND = timedelta(microseconds=1)
_SEPARATORS = re.compile(r"[\s_-]+")
_STATUSES = {
    "completed": "completed",
    "partial": "partial",
    "partially watched": "partial",
    "not started": "not_started",
}
_SOUNDS = {
    **dict.fromkeys(("yes", "true", "1", "muted"), "muted"),
    **dict.fromkeys(("no", "false", "0", "unmuted"), "unmuted"),
}
# People press few different keys and write few different statuses: looked up rather than
# checked again. Emptied when somebody sends ever new ones.
_MAX_REMEMBERED = 20_000
_known_statuses: dict[str, tuple[str, bool]] = {}
_known_keys: dict[tuple[object, ...], tuple[str, ...]] = {}


def status(value: object) -> tuple[str, bool]:
    """Return the status of a view, and whether its original must be kept."""
    if value is None:
        return "unknown", False
    if type(value) is str:
        known = _known_statuses.get(value)
        if known is not None:
            return known
    original = values.short_text(value)
    folded = _SEPARATORS.sub(" ", original).strip().casefold()
    found = _STATUSES.get(folded) or original.strip() or "unknown"
    result = found, STATUS_SPELLINGS.get(found, found) != original
    if len(_known_statuses) >= _MAX_REMEMBERED:
        _known_statuses.clear()
    _known_statuses[original] = result
    return result


def sound(value: object) -> tuple[str, bool]:
    """Return whether the sound was muted, and whether the original must be kept."""
    if value == "no":
        return "unmuted", False
    if value == "yes":
        return "muted", False
    value = plain(value)
    if value is None:
        return "unknown", False
    if isinstance(value, str | bool | int | float):
        # A number is written as JavaScript does: 1.0 is 1.
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return _SOUNDS.get(str(value).lower(), "unknown"), True
    return "unknown", True


def keys(value: object) -> tuple[str, ...]:
    """Return the keys pressed, in order."""
    pressed = tuple(values.items(value))
    try:
        known = _known_keys.get(pressed)
    except TypeError:
        known = None
    if known is not None:
        return known
    result = each(pressed, values.short_text)
    if len(_known_keys) >= _MAX_REMEMBERED:
        _known_keys.clear()
    _known_keys[result] = result
    return result


def fields(value: object) -> Json:
    """Return an object's fields. Raises Invalid for anything else."""
    if type(value) is dict and (len(value) != 1 or plain(value) is value):
        return value
    raise values.expected("an object", plain(value))


def each(found: Iterable[object], check: Callable[[object], Record]) -> tuple[Record, ...]:
    """Return what ``check`` makes of every element; a complaint names the position."""
    result = []
    position = 0
    try:
        for position, value in enumerate(found):  # noqa: B007 - used when it fails
            result.append(check(value))
    except Invalid as reason:
        raise reason.under(f"[{position}]") from None
    return tuple(result)


def unknown(raw: Json, known: frozenset[str]) -> Json:
    """Return the fields of ``raw`` that are not ``known``, as they are kept."""
    found: Json = {}
    for field, value in raw.items():
        if field not in known:
            found[values.text(field)] = at(field, values.preserve_unknown, value)
    return found


def at(path: str, check: Callable[[Given], Record], value: Given) -> Record:
    """Return ``check(value)``; a complaint is about ``path``."""
    try:
        return check(value)
    except Invalid as reason:
        raise reason.under(path) from None


def time(raw: Json, field: str, extra: Json) -> datetime | None:
    """Return an optional time; the original of one finer than microseconds goes to ``extra``."""
    value = raw.get(field)
    if value is None:
        return None
    moment = at(field, values.instant, value)
    if values.is_finer(value):
        extra[field] = value["$date"] if isinstance(value, dict) else value
    return moment


def duration(raw: Json, extra: Json) -> int | None:
    """Return an optional duration in microseconds; the original of a finer one is kept."""
    value = raw.get("duration")
    if value is None:
        return None
    found = at("duration", values.microseconds, value)
    if type(value) is not int and values.seconds(found) != (exact := plain(value)):
        extra["duration"] = exact
    return found


def as_text(extra: Json) -> str | None:
    """Return ``extra`` as it is stored and compared."""
    return canonical(extra) if extra else None


def speed(raw: object) -> SpeedRecord:
    """Return a playback speed, given as a number or as an object."""
    if type(raw) is not dict:
        return SpeedRecord(values.positive(raw))
    value = plain(raw)
    if type(value) is not dict:
        return SpeedRecord(values.positive(value))
    if value.get("value") is None:
        raise Invalid("missing", "value")
    extra = unknown(value, SPEED_FIELDS)
    return SpeedRecord(
        at("value", values.positive, value["value"]), time(value, "at", extra), as_text(extra)
    )


def view(raw: object) -> ViewRecord:
    """Return one view of a video."""
    found = fields(raw)
    get = found.get
    extra: Json = {} if found.keys() <= VIEW_FIELDS else unknown(found, VIEW_FIELDS)
    field = "videoId"
    try:
        video = get(field)
        if video is not None:
            video = values.short_text(video)
            if not video:
                extra[field] = video
                video = None
        field = "status"
        status_found, keep = status(get(field))
        if keep:
            extra[field] = get(field)
        field = "watched"
        watched = get(field)
        if watched is not None:
            watched = values.boolean(watched)
        field = "loopTime"
        loop_time = get(field)
        if loop_time is not None:
            loop_time = values.number(loop_time)
        field = "keys"
        pressed = get(field)
        pressed = keys(pressed) if pressed else ()
        field = "soundMuted"
        sound_found, keep = sound(get(field))
        if keep:
            extra[field] = values.preserve_unknown(get(field))
        field = "speeds"
        speeds = get(field)
        speeds = each(values.items(speeds), speed) if speeds is not None else ()
    except Invalid as reason:
        raise reason.under(field) from None
    return ViewRecord(
        video,
        status_found,
        watched,
        loop_time,
        pressed,
        sound_found,
        canonical(extra) if extra else None,
        speeds,
    )


def idle(raw: object) -> IdleRecord:
    """Return one stretch of inactivity."""
    found = fields(raw)
    extra = unknown(found, IDLE_FIELDS)
    kind = found.get("type")
    name = "unknown" if kind is None else at("type", values.short_text, kind)
    if not name:
        extra["type"] = name
        name = "unknown"
    return IdleRecord(name, duration(found, extra), time(found, "startedAt", extra), as_text(extra))


def subqueues(value: object) -> Json:
    """Return the items by subqueue; null is an unknown number of them."""
    if value is None:
        return {}
    return {
        at(name, values.short_text, name): None if items is None else at(name, values.count, items)
        for name, items in fields(value).items()
    }


def queue(raw: object) -> QueueRecord:
    """Return one queue that the session worked on."""
    found = fields(raw)
    extra = unknown(found, QUEUE_FIELDS)
    items = found.get("count")
    active = found.get("active", True)
    return QueueRecord(
        at("name", values.name, found.get("name")),
        None if items is None else at("count", values.count, items),
        canonical(at("subqueues", subqueues, found.get("subqueues"))),
        False if active is None else at("active", values.boolean, active),
        time(found, "createdAt", extra),
        as_text(extra),
    )


def content(found: Json) -> SessionContent:
    """Return everything a session's document says beside its id. Raises Invalid."""
    extra = {} if found.keys() <= SESSION_FIELDS else unknown(found, SESSION_FIELDS)
    started_at = time(found, "starttime", extra)
    if started_at is None:
        raise Invalid("missing", "starttime")
    ended_at = time(found, "endtime", extra)
    if ended_at is not None and ended_at < started_at:
        raise Invalid("is before the start", "endtime")
    duration_us = duration(found, extra)
    if duration_us is None and ended_at is not None:
        duration_us = (ended_at - started_at) // _MICROSECOND
        at("endtime", values.within_duration, duration_us)
    return SessionContent(
        started_at,
        ended_at,
        duration_us,
        as_text(extra),
        at("videos", _views, found.get("videos")),
        at("inactivity", _idle, found.get("inactivity")),
        at("queues", _queues, found.get("queues")),
    )


def _views(value: object) -> tuple[ViewRecord, ...]:
    return each(values.items(value), view)


def _idle(value: object) -> tuple[IdleRecord, ...]:
    found = each(values.items(value), idle)
    values.within_duration(sum(part.duration_us or 0 for part in found))
    return found


def _queues(value: object) -> tuple[QueueRecord, ...]:
    found = each(values.items(value), queue)
    values.count(sum(part.item_count or 0 for part in found))
    return found


def session(raw: object) -> tuple[str, SessionContent]:
    """Return a session's public id and content. Raises Invalid."""
    found = fields(raw)
    return at("_id", values.name, found.get("_id")), content(found)


def session_key(raw: object) -> str | None:
    """Return the id of a session that may be anything, to name it in a rejection."""
    key = plain(raw.get("_id")) if isinstance(raw, dict) else None
    return key if isinstance(key, str) else None


def document(
    value: object, *, place: str = "", index: int | None = None, offset: int = 0
) -> Iterator[ModeratorRecord | SessionRecord | Rejection]:
    """Yield the person of a document, then its sessions, each as a record or as a rejection.

    A document that says nothing usable is one rejection and nothing else. ``offset`` is the
    position of the first session when only a part of the document is given.
    """
    try:
        found = fields(value)
        username = at("username", values.name, found.get("username"))
        sessions = at("sessions", values.items, found.get("sessions"))
    except Invalid as reason:
        yield Rejection(reason.message, reason.path, place=place, index=index)
        return
    extra: Json = {}
    complaints = []
    for field in found.keys() - DOCUMENT_FIELDS:
        try:
            extra.update(unknown({field: found[field]}, DOCUMENT_FIELDS))
        except Invalid as reason:
            complaints.append(Rejection(reason.message, reason.path, place=place, index=index))
    yield ModeratorRecord(username, as_text(extra))
    yield from complaints
    for position, raw in enumerate(sessions, offset):
        path = f"sessions[{position}]"
        try:
            public_id, found_content = session(raw)
        except Invalid as reason:
            reason = reason.under(path)
            yield Rejection(reason.message, reason.path, session_key(raw), place=place, index=index)
        else:
            yield SessionRecord(username, public_id, found_content, f"{path}._id", place, index)
