"""Reading parts of built roll-ups, those of several in one query; see ``kept_rollups``.

The SQL is written out: the ORM takes longer to write such queries than PostgreSQL to answer them.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from analytics.models import Subject
from analytics.summaries.counters import (
    MAX_COLUMNS,
    MIN_COLUMNS,
    MODERATOR_COUNTERS,
    SUM_COLUMNS,
    CounterRow,
)
from analytics.summaries.kept_rollups import parts_of, rows_of, whole_of
from analytics.summaries.rollups import union_of
from analytics.summaries.selection import BuiltRollup, day_span
from analytics.summaries.standbys import reading_connection

# (subject, value, number, day of a queue, n, amount).
ValueRow = tuple[str, str, float, date | None, int, int]
# The key of a moderator and ``MODERATOR_COUNTERS``, a row each.
PeopleRows = npt.NDArray[np.int64]

#: What is read of a session by itself.
SESSION_LINE = ("public_id", "started_at", "unique_videos", "speed_changes", "speed_sum")
COUNTER_NAMES = ("moderators", *SUM_COLUMNS, *MIN_COLUMNS, *MAX_COLUMNS)
# By subject, (n, amount) of each (value, number).
Values = dict[str, dict[tuple[str, float], tuple[int, int]]]
TOGETHER = 8
# A day's queue: see ``queue_row``.
QueueRow = dict[str, Any]
# A kind of idle intervals, and from how many to below how many microseconds they are long.
IdleStep = tuple[str, int, int]

#: What ``SummaryReader.values`` counts; other modules read the others.
COUNTED = [
    subject.value
    for subject in (Subject.STATUS, Subject.SPEED, Subject.IDLE, Subject.QUEUE, Subject.LENGTH)
]

# The roll-ups that are read, by number, and the days that are read of them.
ROLLUPS = (
    "unnest(%(periods)s::text[], %(starts)s::date[]) WITH ORDINALITY AS rollup(period, start, n)"
)
OF_ROLLUP = 'held.period = rollup.period COLLATE "C" AND held.start = rollup.start'
DAYS = "unnest(%(starts)s::date[], %(stops)s::date[]) WITH ORDINALITY AS rollup(first, stop, n)"
DAY_ROWS = "{day} >= rollup.first AND {day} < rollup.stop AND NOT {day} = ANY(%(without)s::date[])"
DAY_ROLLUPS = "held.period = 'day' AND " + DAY_ROWS.format(day="held.start")
OWN_SESSIONS = "held.moderator_id = %(moderator)s AND " + DAY_ROWS.format(day="held.day")


def read(sql: str, rollups: Sequence[BuiltRollup], **params: Any) -> list[list[tuple[Any, ...]]]:
    """The rows of each roll-up, without their first column: the roll-up's number, from 1."""
    days: frozenset[date] = frozenset().union(*(rollup.without for rollup in rollups))
    params |= {
        "periods": [rollup.span.period.value for rollup in rollups],
        "starts": [rollup.span.start for rollup in rollups],
        "stops": [rollup.span.stop for rollup in rollups],
        "without": list(days),
    }
    found: list[list[tuple[Any, ...]]] = [[] for _ in rollups]
    with reading_connection().cursor() as cursor:
        cursor.execute(sql, params)
        for row in cursor.fetchall():
            found[row[0] - 1].append(row[1:])
    return found


def load_totals(rollups: Sequence[BuiltRollup]) -> list[CounterRow]:
    """Everyone's counters, and how many videos were seen."""
    seen = "SELECT unique_videos FROM analytics_periodvideos AS held"
    sql = (
        f"SELECT rollup.n, {', '.join(COUNTER_NAMES)}, ({seen} WHERE {OF_ROLLUP}) FROM {ROLLUPS}"
        f" JOIN analytics_periodtotals AS held ON {OF_ROLLUP} WHERE moderator_id IS NULL"
    )
    names = (*COUNTER_NAMES, "unique_videos")
    return [dict(zip(names, rows[0], strict=True)) for rows in read(sql, rollups)]


def load_people(rollups: Sequence[BuiltRollup]) -> list[PeopleRows]:
    """The counters of each moderator."""
    names = ("moderator_id", *MODERATOR_COUNTERS)
    sql = (
        f"SELECT rollup.n, (SELECT {as_text(names)} FROM analytics_periodtotals AS held"
        f" WHERE {OF_ROLLUP} AND moderator_id IS NOT NULL) FROM {ROLLUPS}"
    )
    return [from_text(rows[0][0], len(names)) for rows in read(sql, rollups)]


def as_text(names: Sequence[str], order: str = "") -> str:
    """The SQL of one text for all rows' whole numbers, never null; read by ``from_text``.

    To make a Python object of each number would take longer than all the rest.
    """
    return f"string_agg(concat_ws(' ', {', '.join(names)}), ' ' {order})"


def from_text(numbers: str | None, columns: int) -> npt.NDArray[np.int64]:
    """The rows that ``as_text`` wrote; None: there are none."""
    return np.fromstring(numbers or "", np.int64, sep=" ").reshape(-1, columns)


def load_values(rollups: Sequence[BuiltRollup]) -> list[Values]:
    """Everyone's values."""
    sql = (
        f"SELECT rollup.n, subject, value, number, held.n, amount FROM {ROLLUPS}"
        f" JOIN analytics_periodvalue AS held ON {OF_ROLLUP} WHERE subject = ANY(%(counted)s)"
    )
    found: list[Values] = []
    for rows in read(sql, rollups, counted=COUNTED):
        counts: Values = {}
        for subject, value, number, n, amount in rows:
            counts.setdefault(subject, {})[value, number] = (n, amount)
        found.append(counts)
    return found


def add_values(parts: Iterable[Values]) -> Values:
    """The values of several roll-ups."""
    total: Values = {}
    for part in parts:
        for subject, counts in part.items():
            known = total.setdefault(subject, {})
            for key, (n, amount) in counts.items():
                before = known.get(key, (0, 0))
                known[key] = (before[0] + n, before[1] + amount)
    return total


def values_of(rollups: Sequence[BuiltRollup]) -> Values:
    """Everyone's values of some roll-ups together; they must not be changed."""
    parts = parts_of("values", rollups, load_values)
    if len(parts) == 1:
        return parts[0]
    before = whole_of(
        "values before the newest", rollups[:-1], partial(add_some, rollups[:-1], parts[:-1])
    )
    return add_values([before, *parts[-1:]])


def add_some(rollups: Sequence[BuiltRollup], parts: Sequence[Values]) -> Values:
    """The values of many days, whose sums are kept some days at a time: most stay as they are."""
    places = range(0, len(parts), TOGETHER)
    return add_values(
        whole_of(
            "sum of values",
            rollups[at : at + TOGETHER],
            partial(add_values, parts[at : at + TOGETHER]),
        )
        for at in places
    )


def load_videos(rollups: Sequence[BuiltRollup]) -> list[BitMap]:
    """The videos that were seen."""
    sql = (
        f"SELECT rollup.n, videos FROM {ROLLUPS} JOIN analytics_periodvideos AS held ON {OF_ROLLUP}"
    )
    return [union_of([blob for (blob,) in rows]) for rows in read(sql, rollups)]


def days_within(
    stretches: Sequence[tuple[date, date]], by_month: Sequence[BuiltRollup]
) -> list[BuiltRollup]:
    """The built roll-ups of the usable days in stretches (from, to before), in no order.

    ``by_month``: all usable days by the months that hold them.
    """
    months = [
        rollup
        for rollup in by_month
        if any(first < rollup.span.stop and rollup.span.start < stop for first, stop in stretches)
    ]
    days = rows_of(parts_of(("totals by day", None), months, load_totals_by_day))
    return [
        BuiltRollup(day_span(day), row["version"])
        for day, row in days
        if row["version"] and any(first <= day < stop for first, stop in stretches)
    ]


def load_totals_by_day(
    rollups: Sequence[BuiltRollup], moderator: int | None = None
) -> list[list[tuple[date, CounterRow]]]:
    """The counters of each day, everyone's with the version of the day, or a moderator's."""
    names, columns, whose = COUNTER_NAMES, ", ".join(COUNTER_NAMES), "= %(moderator)s"
    if moderator is None:
        names, whose = (*COUNTER_NAMES, "version"), "IS NULL"
        columns += (
            ", (SELECT version::text FROM analytics_periodvideos AS day"
            " WHERE day.period = 'day' AND day.start = held.start)"
        )
    sql = (
        f"SELECT rollup.n, held.start, {columns} FROM {DAYS}"
        f" JOIN analytics_periodtotals AS held ON moderator_id {whose} AND {DAY_ROLLUPS}"
    )
    return [
        [(day, dict(zip(names, row, strict=True))) for day, *row in rows]
        for rows in read(sql, rollups, moderator=moderator)
    ]


def load_queues_by_day(rollups: Sequence[BuiltRollup]) -> list[list[QueueRow]]:
    """Everyone's queues of each day, in order."""
    sql = (
        f"SELECT rollup.n, held.start, value, held.n, amount FROM {DAYS}"
        f" JOIN analytics_periodvalue AS held ON subject = 'queue' AND {DAY_ROLLUPS}"
        " ORDER BY held.start, value"
    )
    return [[queue_row(*row) for row in rows] for rows in read(sql, rollups)]


def queue_row(day: date, queue: str, assignments: int, items: int) -> QueueRow:
    """The active assignments of a queue on a day."""
    return {"day": day, "queue": queue, "assignments": assignments, "items": items}


def load_own_values(rollups: Sequence[BuiltRollup], moderator: int) -> list[list[ValueRow]]:
    """The values of a moderator's sessions; queues by day."""
    sql = (
        "SELECT rollup.n, subject, value, number, CASE WHEN subject = 'queue' THEN day END AS day,"
        f" sum(held.n)::bigint, sum(amount)::bigint FROM {DAYS}"
        f" JOIN analytics_sessionvalue AS held ON {OWN_SESSIONS}"
        " WHERE subject = ANY(%(counted)s) GROUP BY 1, 2, 3, 4, 5"
    )
    return read(sql, rollups, moderator=moderator, counted=COUNTED)


def load_own_videos(rollups: Sequence[BuiltRollup], moderator: int) -> list[BitMap]:
    """The videos that a moderator saw."""
    sql = (
        f"SELECT rollup.n, videos FROM {DAYS}"
        f" JOIN analytics_sessionvideos AS held ON {OWN_SESSIONS}"
    )
    return [
        union_of([blob for (blob,) in rows]) for rows in read(sql, rollups, moderator=moderator)
    ]


def load_own_sessions(
    rollups: Sequence[BuiltRollup], moderator: int
) -> list[list[tuple[Any, ...]]]:
    """The lines of a moderator's sessions."""
    sql = (
        "SELECT rollup.n, session.public_id, held.started_at, unique_videos, speed_changes,"
        f" speed_sum FROM {DAYS} JOIN analytics_sessiontotals AS held ON {OWN_SESSIONS}"
        " JOIN analytics_session AS session ON session.id = held.session_id"
    )
    return read(sql, rollups, moderator=moderator)


def load_idle_lengths(
    rollups: Sequence[BuiltRollup], steps: Sequence[IdleStep], moderator: int | None
) -> list[list[tuple[str, int]]]:
    """The kinds and lengths of the idle intervals in some steps, everyone's or a moderator's."""
    in_steps: list[str] = []
    limits: dict[str, str | int | date] = {}
    for at, step in enumerate(steps):
        in_steps.append(
            f"kind = %(kind{at})s AND duration_us >= %(first{at})s AND duration_us < %(stop{at})s"
        )
        limits |= dict(zip((f"kind{at}", f"first{at}", f"stop{at}"), step, strict=True))
    whose = OWN_SESSIONS if moderator is not None else DAY_ROWS.format(day="held.day")
    sql = (
        f"SELECT rollup.n, kind, duration_us FROM {DAYS}"
        f" JOIN analytics_sessiontotals AS held ON {whose}"
        " JOIN analytics_inactivity AS idle ON idle.session_id = held.session_id"
        # Said once more, in constants: of few days PostgreSQL then looks up each session's.
        f" WHERE held.day >= %(first)s AND held.day < %(stop)s AND ({' OR '.join(in_steps)})"
    )
    limits["first"] = min(rollup.span.start for rollup in rollups)
    limits["stop"] = max(rollup.span.stop for rollup in rollups)
    return read(sql, rollups, moderator=moderator, **limits)
