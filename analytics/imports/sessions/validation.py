"""A session's document, checked and turned into what is stored.

The one way from documents to records; rendering.py is the way back. What a value had to be
interpreted for is kept in ``extra`` under the document's own name, unless giving the document
back would write the same anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from analytics.imports.report import COUNTED_ONLY, Rejection
from analytics.imports.sessions import values
from analytics.imports.sessions.extended_json import is_undefined, loses_digits, plain
from analytics.imports.sessions.field_types import Json, as_object, at, each
from analytics.imports.sessions.fields import (
    DOCUMENT_NAMES,
    INACTIVITY,
    QUEUES,
    SESSIONS,
    SPEEDS,
    VIDEOS,
    Field,
    Part,
)
from analytics.imports.sessions.records import ModeratorRecord, SessionRecord
from analytics.imports.sessions.values import canonical
from analytics.imports.values import Invalid

_MICROSECOND = timedelta(microseconds=1)
# Missing and null are not the same, or an error.
_ASK = object()

Reader = Callable[[object], Any]


def unknown_fields(raw: Json, known: frozenset[str]) -> Json:
    """The fields of ``raw`` that are not ``known``, as they are kept."""
    found: Json = {}
    for name, value in raw.items():
        if name not in known:
            found[at(name, values.text, name)] = at(name, values.preserve_unknown, value)
    return found


def _empty_values(field: Field) -> Any:
    """What a missing field and a null one become, where that is one value."""
    return _ASK if field.required or field.null is not None else field.missing


def _without_value(part: Part, name: str, found: Json) -> Any:
    """What a field becomes that is missing or null. Raises Invalid when it is required."""
    field = part[name]
    if field.required:
        raise Invalid("missing")
    return field.null if name in found else field.missing


def reader_of(part: Part, **children: Reader) -> Reader:
    """The function that reads a part: made once, since millions are read.

    ``children`` read the elements of the part's lists, by their name in documents.
    """
    known, record, new = part.names, part.record, tuple.__new__
    rules = tuple(
        (
            field.name,
            field.type.read,
            field.type.original,
            field.type.spellings.get,
            _empty_values(field),
        )
        for field in part.fields
    )
    lists = tuple((child.name, children[child.name]) for child in part.children)

    def read(raw: object) -> Any:
        found = raw if type(raw) is dict and len(raw) > 1 else as_object(raw)
        extra: Json = {} if found.keys() <= known else unknown_fields(found, known)
        get = found.get
        result: list[Any] = []
        append = result.append
        name = ""
        try:
            for name, check, original, spelling, missing in rules:
                value = get(name)
                if value is None:
                    append(_without_value(part, name, found) if missing is _ASK else missing)
                    continue
                checked = check(value)
                if checked is None:
                    # Blank: as good as missing, and kept as it is.
                    extra[name] = plain(value)
                    checked = missing
                elif (
                    original is not None
                    and spelling(checked, checked) != value
                    and (kept := original(value, checked)) is not None
                ):
                    extra[name] = kept
                append(checked)
            append(canonical(extra) if extra else None)
            for name, read_child in lists:
                value = get(name)
                append(each(values.items(value), read_child) if value is not None else ())
        except Invalid as reason:
            if any(map(is_undefined, found.values())):
                return read({key: v for key, v in found.items() if not is_undefined(v)})
            raise reason.under(name) from None
        return new(record, result)

    return read


_read_speed_object = reader_of(SPEEDS)


def read_speed(raw: object) -> Any:
    """A playback speed, given as a number or as an object."""
    if type(raw) is dict:
        if loses_digits(raw):
            return _read_speed_object({SPEEDS.shorthand: raw})
        if type(value := plain(raw)) is dict:
            return _read_speed_object(value)
    return tuple.__new__(SPEEDS.record, (values.positive(raw), None, None))


read_view = reader_of(VIDEOS, speeds=read_speed)
read_idle = reader_of(INACTIVITY)
read_queue = reader_of(QUEUES)
_read_session = reader_of(SESSIONS, videos=read_view, inactivity=read_idle, queues=read_queue)


def read_content(raw: object) -> Any:
    """Everything a session's document says beside its id. Raises Invalid."""
    content = _read_session(raw)
    started_at, ended_at = content.started_at, content.ended_at
    if ended_at is not None and ended_at < started_at:
        raise Invalid("is before the start", "endtime")
    if content.duration_us is None and ended_at is not None:
        duration_us = (ended_at - started_at) // _MICROSECOND
        at("endtime", values.within_duration, duration_us)
        content = content._replace(duration_us=duration_us)
    _check_starts(content.views, started_at)
    at("inactivity", values.within_duration, sum(idle.duration_us or 0 for idle in content.idle))
    at("queues", values.count, sum(queue.item_count or 0 for queue in content.queues))
    return content


_view_start = attrgetter(VIDEOS["startedAt"].attribute)


def _check_starts(views: tuple[Any, ...], session_start: datetime) -> None:
    """No video was put before the moderator before the session began."""
    starts = filter(None, map(_view_start, views))
    if min(starts, default=session_start) >= session_start:
        return
    for position, view in enumerate(views):
        if view.started_at is not None and view.started_at < session_start:
            raise Invalid("is before the session's start", f"videos[{position}].startedAt")


def read_session(raw: object) -> tuple[str, Any]:
    """A session's public id and content. Raises Invalid."""
    found = as_object(raw)
    return at("_id", values.identifier, found.get("_id")), read_content(found)


def session_key(raw: object) -> str | None:
    """The id of a session that may be anything, to name it in a rejection."""
    key = plain(raw.get("_id")) if isinstance(raw, dict) else None
    return key if isinstance(key, str) else None


def with_original(content: Any, name: str, original: object) -> Any:
    """The same content that also keeps an original of its document."""
    extra = {**values.parsed(content.extra), name: original}
    return content._replace(extra=canonical(extra))


def read_document(
    value: object,
    *,
    place: str = "",
    index: int | None = None,
    offset: int = 0,
    is_full: Callable[[], bool] = lambda: False,
) -> Iterator[ModeratorRecord | SessionRecord | Rejection]:
    """Yield the person of a document, then its sessions, each as a record or as a rejection.

    A document that says nothing usable is one rejection and nothing else. ``offset`` is the
    position of the first session when only a part of the document is given. When ``is_full``
    says that enough rejections are described, plain nonsense is only counted.
    """
    try:
        found = as_object(value)
        original = at("username", values.identifier, found.get("username"))
        username = at("username", values.name, original)
        sessions = at("sessions", values.items, found.get("sessions"))
    except Invalid as reason:
        yield Rejection(reason.message, reason.path, place=place, index=index)
        return
    complaints = []
    try:
        extra = unknown_fields(found, DOCUMENT_NAMES)
    except Invalid:
        # What is good of them is kept: one by one, which takes longer.
        extra = {}
        for name in found.keys() - DOCUMENT_NAMES:
            try:
                extra.update(unknown_fields({name: found[name]}, DOCUMENT_NAMES))
            except Invalid as reason:
                complaints.append(Rejection(reason.message, reason.path, place=place, index=index))
    yield ModeratorRecord(username, canonical(extra) if extra else None)
    yield from complaints
    for position, raw in enumerate(sessions, offset):
        if type(raw) is not dict and is_full():
            yield COUNTED_ONLY
            continue
        path = f"sessions[{position}]"
        try:
            public_id, content = read_session(raw)
            if original != username:
                content = with_original(content, "username", original)
        except Invalid as reason:
            reason = reason.under(path)
            yield Rejection(reason.message, reason.path, session_key(raw), place=place, index=index)
        else:
            yield SessionRecord(username, public_id, content, f"{path}._id", place, index)
