"""Sessions as they are stored, read back as the records they were stored from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from operator import call
from typing import Any

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from analytics.imports.sessions.field_types import canonical_text, same
from analytics.imports.sessions.fields import INACTIVITY, QUEUES, SESSIONS, SPEEDS, VIDEOS, Part
from analytics.models import Inactivity, PlaybackSpeed, QueueAssignment, Session, VideoView

_ROWS_AT_ONCE = 10_000


def extra_text(text: str | None) -> str | None:
    """The text of a jsonb column in the form in which records hold it."""
    return None if text is None else canonical_text(text)


def as_json_text(field: str = "extra") -> Cast:
    """A jsonb column as text, which is parsed only where there is any."""
    return Cast(F(field), TextField())


def columns_of(part: Part) -> list[str | Cast]:
    """The columns to select for a record: its fields and ``extra``."""
    fields = (as_json_text(f.lookup) if f.type.is_json else f.lookup for f in part.fields)
    return [*fields, as_json_text()]


def loader_of(part: Part) -> Callable[[Iterable[Any]], list[Any]]:
    """The function that turns selected columns into a record's values."""
    loads = (*(field.type.load or same for field in part.fields), extra_text)
    return lambda row: list(map(call, loads, row))


_LOADERS = {part.name: loader_of(part) for part in (SESSIONS, VIDEOS, SPEEDS, INACTIVITY, QUEUES)}


def contents(session_ids: Collection[int]) -> dict[int, Any]:
    """The stored contents of these sessions, by primary key, in five queries."""
    views = _views(session_ids)
    idle = _children(INACTIVITY, Inactivity.objects.all(), session_ids)
    queues = _children(QUEUES, QueueAssignment.objects.all(), session_ids)
    sessions = Session.objects.filter(pk__in=session_ids).order_by()
    return {
        session: SESSIONS.record(
            *_LOADERS["session"](columns),
            tuple(views.get(session, ())),
            tuple(idle.get(session, ())),
            tuple(queues.get(session, ())),
        )
        for session, *columns in sessions.values_list("pk", *columns_of(SESSIONS))
    }


def _children(
    part: Part, rows: QuerySet[Any], session_ids: Collection[int]
) -> dict[int, list[Any]]:
    """The records of a part without children, by session, in their order."""
    ordered = rows.filter(session_id__in=session_ids).order_by("session_id", "position")
    return _grouped(
        part, ordered.values_list("session_id", *columns_of(part)).iterator(_ROWS_AT_ONCE)
    )


def _grouped(part: Part, rows: Iterator[tuple[Any, ...]]) -> dict[int, list[Any]]:
    load, make = _LOADERS[part.name], part.record._make
    by_parent: dict[int, list[Any]] = {}
    for parent, *columns in rows:
        by_parent.setdefault(parent, []).append(make(load(columns)))
    return by_parent


def _views(session_ids: Collection[int]) -> dict[int, list[Any]]:
    chosen = PlaybackSpeed.objects.filter(view__session_id__in=session_ids)
    speeds = _grouped(
        SPEEDS,
        chosen.order_by("view_id", "position")
        .values_list("view_id", *columns_of(SPEEDS))
        .iterator(_ROWS_AT_ONCE),
    )
    load, make = _LOADERS[VIDEOS.name], VIDEOS.record._make
    rows = VideoView.objects.filter(session_id__in=session_ids).order_by("session_id", "position")
    views: dict[int, list[Any]] = {}
    for pk, session, *columns in rows.values_list("pk", "session_id", *columns_of(VIDEOS)).iterator(
        _ROWS_AT_ONCE
    ):
        values = load(columns)
        values.append(tuple(speeds.get(pk, ())))
        views.setdefault(session, []).append(make(values))
    return views
