"""Streamed exports: CSV that a spreadsheet opens safely, and the report of views.

Shared by pages and REST. A stream reads through a server-side cursor in one snapshot of the
database: it starts at once, its memory does not grow with the rows, and what comes in meanwhile
is not in it.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import islice
from types import NoneType
from typing import Any

from django.utils import timezone

from analytics.metrics.registry import Metric
from analytics.metrics.results import Row
from analytics.models import VideoView
from analytics.scope import Scope
from analytics.summaries.snapshots import repeatable_read

# What a spreadsheet takes for the beginning of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

# Sessions whose views are read at a time; a session has about 150.
SESSIONS_AT_ONCE = 100
# Rows that are sent at a time.
ROWS_AT_ONCE = 500

VIDEO_COLUMNS = (
    "username",
    "session_id",
    "session_start",
    "session_end",
    "session_duration",
    "status",
    "watched",
    "loopTime",
    "videoId",
    "soundMuted",
    "keys",
    "decision",
)


@lru_cache(maxsize=4096)
def moment(value: datetime) -> str:
    """Return a time as ISO 8601 in TIME_ZONE, with its offset."""
    return value.astimezone(timezone.get_default_timezone()).isoformat()


def cell(value: object) -> str:
    """Return ``value`` as a CSV cell: empty for None, ISO 8601 for times, lists as JSON.

    A text that a spreadsheet would compute gets an apostrophe in front.
    """
    return CELLS.get(type(value), other_cell)(value)


def text_cell(value: str) -> str:
    """Return a text, harmless for spreadsheets."""
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


def number_cell(value: float) -> str:
    """Return a number; a whole one without a point."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)


def other_cell(value: object) -> str:
    """Return what is none of the usual types: serializers give subclasses of them."""
    if isinstance(value, str):
        return text_cell(value)
    if isinstance(value, Mapping | list | tuple):
        return text_cell(json.dumps(value, ensure_ascii=False))
    return str(value)


#: How the values of each type are written.
CELLS: dict[type, Callable[[Any], str]] = {
    NoneType: lambda _: "",
    str: text_cell,
    bool: lambda value: "true" if value else "false",
    int: str,
    float: number_cell,
    datetime: moment,
    date: date.isoformat,
    list: lambda value: json.dumps(value, ensure_ascii=False),
}


class Line:
    """A file for ``csv.writer`` that keeps only what was written last."""

    def write(self, text: str) -> str:
        """Return ``text``: the writer hands it on."""
        return text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield a CSV file in pieces: the header by itself at once, then many rows at a time."""
    writer = csv.writer(Line())
    yield str(writer.writerow([cell(name) for name in header]))
    rows = iter(rows)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        yield "".join(str(writer.writerow([cell(value) for value in row])) for row in batch)


def metric_lines(metric: Metric, rows: Iterable[Row]) -> Iterator[str]:
    """A metric's rows as the lines of a CSV file, in the order of its columns."""
    names = [column.name for column in metric.columns]
    return csv_lines(names, ([row[name] for name in names] for row in rows))


def seconds(microseconds: int | None) -> float | None:
    """Return whole microseconds as seconds."""
    return None if microseconds is None else microseconds / 1e6


def video_rows(scope: Scope) -> Iterator[tuple[Any, ...]]:
    """Return a row of ``VIDEO_COLUMNS`` for each view in scope: oldest session first, in order.

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
                session = (username, public_id, start, end, seconds(duration_us))
                for view in views.get(pk, ()):
                    yield session + view


def _views_of(sessions: list[int]) -> dict[int, list[tuple[Any, ...]]]:
    """Return the columns from ``status`` on of each session's views, in order.

    Plain values: rows as objects would take most of an export's time.
    """
    views: dict[int, list[tuple[Any, ...]]] = {}
    found = VideoView.objects.filter(session__in=sessions).order_by("position")
    for session, *view in found.values_list(
        "session_id",
        "status",
        "watched",
        "loop_time",
        "video__public_id",
        "sound",
        "keys",
        "decision",
    ):
        views.setdefault(session, []).append(tuple(view))
    return views
