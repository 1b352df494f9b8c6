"""Records turned back into documents: the inverse of validation.py.

Reading a document that was made here gives the record it was made from, so that an export
imported into an empty portal gives the same portal and the same export again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analytics.imports.sessions import validation
from analytics.imports.sessions.field_types import Json
from analytics.imports.sessions.fields import INACTIVITY, QUEUES, SESSIONS, SPEEDS, VIDEOS, Part
from analytics.imports.sessions.values import parsed
from analytics.imports.values import Invalid


def render_fields(part: Part, record: Any) -> Json:
    """A record's columns as a document has them, without ``extra`` and children."""
    fields: Json = {}
    for field, value in zip(part.fields, record, strict=False):
        if value is not None or not field.is_sparse:
            fields[field.name] = field.type.write(value)
    return fields


def _with_originals(columns: Json, record: Any, part: Part, read: Callable[[object], Any]) -> Json:
    """``{**columns, **extra}``.

    An original counts only while reading it gives the columns' values: after a correction in the
    admin or in SQL it no longer does.
    """
    extra = parsed(record.extra)
    result = {**columns, **extra}
    if not part.names.isdisjoint(extra):
        try:
            if read(result)[: len(part.fields)] == record[: len(part.fields)]:
                return result
        except Invalid:
            pass
        result = {**extra, **columns}
    return result


def render_speed(record: Any) -> object:
    """A playback speed: a number where that says everything."""
    columns = render_fields(SPEEDS, record)
    if record.extra is None and columns.keys() == {SPEEDS.shorthand}:
        return columns[SPEEDS.shorthand]
    return _with_originals(columns, record, SPEEDS, validation.read_speed)


def render_view(record: Any) -> Json:
    """One view of a video."""
    columns = render_fields(VIDEOS, record)
    if record.speeds:
        columns["speeds"] = [render_speed(speed) for speed in record.speeds]
    if record.extra is None:
        return columns
    return _with_originals(columns, record, VIDEOS, validation.read_view)


def render_idle(record: Any) -> Json:
    """One stretch of inactivity."""
    columns = render_fields(INACTIVITY, record)
    return _with_originals(columns, record, INACTIVITY, validation.read_idle)


def render_queue(record: Any) -> Json:
    """One queue that the session worked on."""
    return _with_originals(render_fields(QUEUES, record), record, QUEUES, validation.read_queue)


def render_session(public_id: str, content: Any) -> Json:
    """A session's document."""
    columns: Json = {"_id": public_id, **render_fields(SESSIONS, content)}
    children: Json = {
        "videos": [render_view(view) for view in content.views],
        "inactivity": [render_idle(idle) for idle in content.idle],
        "queues": [render_queue(queue) for queue in content.queues],
    }
    result = _with_originals(columns, content, SESSIONS, validation.read_content)
    return {**result, **children}
