"""Sessions as they are stored, read back as the records they were stored from."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from analytics.imports.sessions.records import (
    IdleRecord,
    QueueRecord,
    SessionContent,
    SpeedRecord,
    ViewRecord,
)
from analytics.imports.sessions.values import canonical
from analytics.models import (
    Inactivity,
    PlaybackSpeed,
    QueueAssignment,
    Session,
    VideoView,
)


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str:
    return canonical(json.loads(text))


def extra_text(text: str | None) -> str | None:
    """Return the text of a jsonb column in the form in which records hold it."""
    return None if text is None else _canonical(text)


def as_json_text(field: str = "extra") -> Cast:
    """Return a jsonb column as text, which is parsed only where there is any."""
    return Cast(F(field), TextField())


def contents(session_ids: Collection[int]) -> dict[int, SessionContent]:
    """Return what is stored of these sessions, by id, in five queries."""
    found = Session.objects.filter(pk__in=session_ids).order_by()
    views = _views(session_ids)
    idle: dict[int, list[IdleRecord]] = {}
    for session, kind, duration_us, started_at, extra in _rows(
        Inactivity.objects.all(), session_ids, "kind", "duration_us", "started_at"
    ):
        part = IdleRecord(kind, duration_us, started_at, extra_text(extra))
        idle.setdefault(session, []).append(part)
    queues: dict[int, list[QueueRecord]] = {}
    for session, name, items, subqueues, active, created_at, extra in _rows(
        QueueAssignment.objects.annotate(subqueues_text=as_json_text("subqueues")),
        session_ids,
        "name",
        "item_count",
        "subqueues_text",
        "active",
        "created_at",
    ):
        queue = QueueRecord(
            name, items, _canonical(subqueues), active, created_at, extra_text(extra)
        )
        queues.setdefault(session, []).append(queue)
    return {
        session: SessionContent(
            started_at,
            ended_at,
            duration_us,
            extra_text(extra),
            tuple(views.get(session, ())),
            tuple(idle.get(session, ())),
            tuple(queues.get(session, ())),
        )
        for session, started_at, ended_at, duration_us, extra in found.values_list(
            "pk", "started_at", "ended_at", "duration_us", as_json_text()
        )
    }


def _rows(
    rows: QuerySet[Any], session_ids: Collection[int], *columns: str
) -> QuerySet[Any, tuple[Any, ...]]:
    """Return (session, columns..., extra) of the sessions' rows, in their order."""
    found = rows.filter(session_id__in=session_ids).order_by("session_id", "position")
    return found.values_list("session_id", *columns, as_json_text())


def _views(session_ids: Collection[int]) -> dict[int, list[ViewRecord]]:
    speeds: dict[int, list[SpeedRecord]] = {}
    chosen = PlaybackSpeed.objects.filter(view__session_id__in=session_ids)
    for view, value, chosen_at, extra in (
        chosen.order_by("view_id", "position")
        .values_list("view_id", "value", "chosen_at", as_json_text())
        .iterator(10_000)
    ):
        speeds.setdefault(view, []).append(SpeedRecord(value, chosen_at, extra_text(extra)))
    views: dict[int, list[ViewRecord]] = {}
    rows = VideoView.objects.filter(session_id__in=session_ids)
    for pk, session, video, status, watched, loop_time, keys, sound, extra in (
        rows.order_by("session_id", "position")
        .values_list(
            "pk",
            "session_id",
            "video__public_id",
            "status",
            "watched",
            "loop_time",
            "keys",
            "sound",
            as_json_text(),
        )
        .iterator(10_000)
    ):
        views.setdefault(session, []).append(
            ViewRecord(
                video,
                status,
                watched,
                loop_time,
                tuple(keys),
                sound,
                extra_text(extra),
                tuple(speeds.get(pk, ())),
            )
        )
    return views
