"""A session's document, checked and turned into what is stored.

The one way from documents to records; rendering.py is the way back. What a value had to be
interpreted for is kept in ``extra`` under the document's own name, unless giving the document
back would write the same anyway.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from analytics.imports.report import COUNTED_ONLY, Rejection
from analytics.imports.sessions import values
from analytics.imports.sessions.encoding import MAX_REMEMBERED
from analytics.imports.sessions.extended_json import is_undefined, loses_digits, plain
from analytics.imports.sessions.field_types import Json, as_object, at, read_each
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
# A field that is missing or null is not one value: it may be an error, or they may differ.
_DEPENDS = object()

# The bytes of equal values are equal: without references to what came before.
_PLAIN_MARSHAL = 2
# What is longer does not recur.
_MAX_KEY_BYTES = 300

Reader = Callable[[object], Any]
Rules = tuple[tuple[Any, ...], ...]


def unknown_fields(raw: Json, known: frozenset[str]) -> Json:
    """The fields of ``raw`` that are not ``known``, as plain JSON. Raises Invalid."""
    unknown: Json = {}
    for name, value in raw.items():
        if name not in known:
            unknown[at(name, values.text, name)] = at(name, values.preserve_unknown, value)
    return unknown


def _empty_value(field: Field) -> Any:
    """The value of a field that is missing or null, where that is one; else ``_DEPENDS``."""
    return _DEPENDS if field.required or field.null is not None else field.missing


def _without_value(part: Part, name: str, raw: Json) -> Any:
    """The value of a field that is missing or null. Raises Invalid when it is required."""
    field = part[name]
    if field.required:
        raise Invalid("missing")
    return field.null if name in raw else field.missing


def _rules_of(fields: Iterable[Field]) -> Rules:
    """Each field's name, reader, ``original``, lookup of spellings if any, and empty value."""
    return tuple(
        (
            field.name,
            field.type.read,
            field.type.original,
            field.type.spellings.get if field.type.spellings else None,
            _empty_value(field),
        )
        for field in fields
    )


def _read_fields(part: Part, rules: Rules, raw: Json, extra: Json) -> list[Any]:
    """The values of fields; what has to be kept beside them goes to ``extra``. Raises Invalid.

    The loop is not split into functions: it runs for millions of fields.
    """
    result: list[Any] = []
    append, get = result.append, raw.get
    name = ""
    try:
        for name, check, original, spelling, missing in rules:
            value = get(name)
            if value is None:
                append(_without_value(part, name, raw) if missing is _DEPENDS else missing)
                continue
            checked = check(value)
            if checked is None:
                # Blank: as good as missing, and kept as it is.
                extra[name] = plain(value)
                checked = missing
            elif (
                original is not None
                and (spelling(checked, checked) if spelling else checked) != value
                and (spelled := original(value, checked)) is not None
            ):
                extra[name] = spelled
            append(checked)
    except Invalid as reason:
        raise reason.under(name) from None
    return result


class _Shape(NamedTuple):
    """What the names of an object's fields, in their order, say of it."""

    has_unknown: bool
    #: Whether it has any of the fields behind the common ones.
    has_rare: bool
    #: Gives the values of the common fields.
    common: Callable[[Json], tuple[Any, ...]]


def _shapes_of(part: Part) -> Callable[[Json], _Shape]:
    """The function that tells an object's shape. Most objects are of few."""
    common = [field.name for field in part.fields[part.common]]
    rare = frozenset(field.name for field in part.fields[part.common.stop :])
    known: dict[tuple[str, ...], _Shape] = {}

    def common_values(raw: Json) -> tuple[Any, ...]:
        return tuple(map(raw.get, common))

    def shape_of(raw: Json) -> _Shape:
        names = tuple(raw)
        shape = known.get(names)
        if shape is None:
            has_all = len(common) > 1 and raw.keys() >= set(common)
            shape = _Shape(
                has_unknown=not part.names.issuperset(names),
                has_rare=not rare.isdisjoint(names),
                common=itemgetter(*common) if has_all else common_values,
            )
            # Unknown names may be long, and always others.
            if not shape.has_unknown and len(known) < MAX_REMEMBERED:
                known[names] = shape
        return shape

    return shape_of


class _Common(NamedTuple):
    """What was read of the common fields of an object."""

    values: list[Any]
    #: What has to be kept beside them.
    originals: Json
    #: The same as JSON text; None where it is nothing.
    kept: str | None


def _common_reader(part: Part) -> Callable[[Json, tuple[Any, ...]], _Common]:
    """``_read_fields`` of a part's common fields, which remembers what it read."""
    rules = _rules_of(part.fields[part.common])
    known: dict[bytes, _Common] = {}

    def read_anew(raw: Json) -> _Common:
        originals: Json = {}
        result = _read_fields(part, rules, raw, originals)
        return _Common(result, originals, canonical(originals) if originals else None)

    def read(raw: Json, common: tuple[Any, ...]) -> _Common:
        try:
            # Not the values themselves: 1, 1.0 and True are equal, and lists are no keys.
            key = marshal.dumps(common, _PLAIN_MARSHAL)
        except ValueError:
            # Something that no JSON parser gave.
            return read_anew(raw)
        found = known.get(key)
        if found is None:
            found = read_anew(raw)
            if len(key) <= _MAX_KEY_BYTES:
                if len(known) >= MAX_REMEMBERED:
                    known.clear()
                known[key] = found
        return found

    return read


def _reader_of_list(read: Reader) -> Reader:
    return lambda value: read_each(values.items(value), read)


def reader_of(part: Part, **children: Reader) -> Reader:
    """The function that reads a part: made once, since millions are read.

    ``children`` read the elements of the part's lists, by their name in documents.
    """
    known, record, new = part.names, part.record, tuple.__new__
    first, end = part.common.start or 0, part.common.stop
    head, tail = _rules_of(part.fields[:first]), _rules_of(part.fields[end:])
    shape_of, read_common = _shapes_of(part), _common_reader(part)
    # What stands behind the common fields is seldom there.
    nothing_rare = [_empty_value(field) for field in part.fields[end:]]
    assert not (end and _DEPENDS in nothing_rare), "a rare field may be missing"
    lists = tuple((child.name, _reader_of_list(children[child.name])) for child in part.children)

    def read(raw: object) -> Any:
        fields = raw if type(raw) is dict and len(raw) > 1 else as_object(raw)
        has_unknown, has_rare, common = shape_of(fields)
        extra: Json = unknown_fields(fields, known) if has_unknown else {}
        try:
            if not end:
                result = _read_fields(part, tail, fields, extra)
                kept = None
            else:
                result = _read_fields(part, head, fields, extra)
                found, originals, kept = read_common(fields, common(fields))
                result += found
                result += _read_fields(part, tail, fields, extra) if has_rare else nothing_rare
                if extra and originals:
                    extra.update(originals)
            result.append(canonical(extra) if extra else kept)
            for name, read_child in lists:
                value = fields.get(name)
                result.append(() if value is None else at(name, read_child, value))
        except Invalid:
            if any(map(is_undefined, fields.values())):
                return read({key: v for key, v in fields.items() if not is_undefined(v)})
            raise
        return new(record, result)

    return read


_read_speed_object = reader_of(SPEEDS)
_SPEED = SPEEDS.record


def read_speed(raw: object) -> Any:
    """A playback speed, given as a number or as an object."""
    if type(raw) is dict:
        if loses_digits(raw):
            return _read_speed_object({SPEEDS.shorthand: raw})
        if type(value := plain(raw)) is dict:
            return _read_speed_object(value)
    return tuple.__new__(_SPEED, (values.positive(raw), None, None))


read_view = reader_of(VIDEOS, speeds=read_speed)
read_idle = reader_of(INACTIVITY)
read_queue = reader_of(QUEUES)
_read_session = reader_of(SESSIONS, videos=read_view, inactivity=read_idle, queues=read_queue)


def read_content(raw: object) -> Any:
    """A session's record without its id. Raises Invalid."""
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
    """Raise Invalid when a view started before its session."""
    starts = filter(None, map(_view_start, views))
    if min(starts, default=session_start) >= session_start:
        return
    for position, view in enumerate(views):
        if view.started_at is not None and view.started_at < session_start:
            raise Invalid("is before the session's start", f"videos[{position}].startedAt")


def read_session(raw: object) -> tuple[str, Any]:
    """A session's public id and content. Raises Invalid."""
    fields = as_object(raw)
    return at("_id", values.identifier, fields.get("_id")), read_content(fields)


def session_key(raw: object) -> str | None:
    """The id of a session that may be anything, to name it in a rejection."""
    key = plain(raw.get("_id")) if isinstance(raw, dict) else None
    return key if isinstance(key, str) else None


def with_original(content: Any, name: str, original: object) -> Any:
    """The same content that also keeps an original of its document."""
    extra = {**values.parsed(content.extra), name: original}
    return content._replace(extra=canonical(extra))


def _unknown_document_fields(fields: Json) -> tuple[Json, list[Invalid]]:
    """A document's unknown fields that can be kept, and the reasons against the others."""
    try:
        return unknown_fields(fields, DOCUMENT_NAMES), []
    except Invalid:
        pass
    # One by one, which takes longer.
    extra: Json = {}
    reasons = []
    for name in fields.keys() - DOCUMENT_NAMES:
        try:
            extra.update(unknown_fields({name: fields[name]}, DOCUMENT_NAMES))
        except Invalid as reason:
            reasons.append(reason)
    return extra, reasons


def read_document(
    value: object,
    *,
    place: str = "",
    index: int | None = None,
    offset: int = 0,
    is_full: Callable[[], bool] = lambda: False,
) -> Iterator[ModeratorRecord | SessionRecord | Rejection]:
    """Yield the person of a document, then its sessions, each as a record or as a rejection.

    A document without a username or a list of sessions is one rejection and nothing else.
    ``offset`` is the position of the first session when only a part of the document is given.
    Once ``is_full()`` (enough rejections are described) sessions that are no objects are only
    counted.
    """
    try:
        fields = as_object(value)
        original = at("username", values.identifier, fields.get("username"))
        username = at("username", values.name, original)
        sessions = at("sessions", values.items, fields.get("sessions"))
    except Invalid as reason:
        yield Rejection(reason.message, reason.path, place=place, index=index)
        return
    extra, reasons = _unknown_document_fields(fields)
    yield ModeratorRecord(username, canonical(extra) if extra else None)
    for fault in reasons:
        yield Rejection(fault.message, fault.path, place=place, index=index)
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
