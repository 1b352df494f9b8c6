"""What sessions did, one by one, as arrays: for comparisons of people.

Read as one text: a year of a large team is hundreds of thousands of sessions, and making a Python
object of each row would take longer than all the rest.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import BigIntegerField, Case, F, Func, QuerySet, Value, When
from django.db.models.functions import Cast, ExtractIsoYear, ExtractWeek

from analytics.models import RawTotals, RawValue, SessionTotals, SessionValue, Subject
from analytics.summaries.reading import SummaryReader
from analytics.summaries.rollup_parts import as_text, from_text
from analytics.summaries.standbys import reading_connection

Columns = dict[str, npt.NDArray[np.int64]]

WEEK = ExtractIsoYear("day") * 100 + ExtractWeek("day")
COUNTERS = ("session_id", "moderator_id", "week", "videos", "completed", "accepted", "rejected")
TIMES = ("timed_decided", "logged_us", "idle_us")
# A number that stands for a name: 64 bits, so that two names of a portal never share one.
NAME = Func("value", Value(0), function="hashtextextended", output_field=BigIntegerField())


def session_work(summaries: SummaryReader) -> Columns:
    """Each session's counters, moderator and ISO week, in no order."""
    sources = summaries.session_sources(SessionTotals, RawTotals)
    return read_columns((rows.annotate(week=WEEK) for rows in sources), (*COUNTERS, *TIMES))


def session_queues(summaries: SummaryReader) -> Columns:
    """The queues of sessions: ``name`` stands for the queue's, ``of_views`` is 1 or 0.

    1: ``n`` views whose own queue it is, decided as ``decision`` (``models.DECISION_NUMBERS``). 0:
    an active queue of the session, with ``amount`` items.
    """
    sources = (
        rows.filter(subject__in=(Subject.QUEUE, Subject.VIDEO_QUEUE)).annotate(
            of_views=Case(When(subject=Subject.VIDEO_QUEUE, then=Value(1)), default=Value(0)),
            name=NAME,
            decision=Cast(F("number"), BigIntegerField()),
        )
        for rows in summaries.session_sources(SessionValue, RawValue)
    )
    return read_columns(sources, ("session_id", "of_views", "name", "decision", "n", "amount"))


def queue_numbers(names: Sequence[str]) -> dict[int, str]:
    """The names of queues by the numbers that stand for them in ``session_queues``."""
    with reading_connection().cursor() as cursor:
        # Of names that may be in no table: the ORM selects from tables only.
        cursor.execute(
            "SELECT hashtextextended(name, 0), name FROM unnest(%s::text[]) AS names(name)",
            [list(names)],
        )
        return dict(cursor.fetchall())


def read_columns(sources: Iterable[QuerySet[Any]], names: tuple[str, ...]) -> Columns:
    """The rows of some queries as arrays by name; all columns are whole numbers, never null."""
    none = np.zeros((len(names), 0), np.int64)
    arrays: list[npt.NDArray[np.int64]] = []
    columns = ", ".join(names)
    for rows in sources:
        sql, params = rows.order_by().values_list(*names).query.sql_with_params()
        with reading_connection().cursor() as cursor:
            # The ORM has no way around its rows.
            cursor.execute(f"SELECT {as_text(names)} FROM ({sql}) AS source({columns})", params)
            arrays.append(from_text(cursor.fetchone()[0], len(names)).T)
    # Mostly there is one: not copied, since it may be of hundreds of thousands of rows.
    every = arrays[0] if len(arrays) == 1 else np.concatenate([none, *arrays], axis=1)
    return dict(zip(names, every, strict=True))
