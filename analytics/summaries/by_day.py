"""On which days, and in which sessions of them, records of a kind are to be found.

The summaries know it, so that a page of a list reads the sessions that hold its rows and no
others, however rare the rows are.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from analytics.models import (
    PeriodValue,
    RawTotals,
    RawValue,
    SessionTotals,
    SessionValue,
)
from analytics.summaries.counters import CounterRow
from analytics.summaries.reading import SummaryReader
from analytics.summaries.rollups import COUNTERS


@dataclass(frozen=True)
class SummaryCount:
    """How the summaries count some records: by a counter, by rows of values, or both.

    ``values`` is the condition on rows of values whose ``n`` counts them; beside a counter these
    are what the counter has too many: views of an unknown queue are all views but those of the
    known ones.
    """

    counter: Callable[[CounterRow], int] | None = None
    values: Q | None = None

    def total(self, by_counter: int, by_values: int) -> int:
        """How many there are, by both."""
        return by_values if self.counter is None else by_counter - by_values


def count_by_day(reader: SummaryReader, counted: SummaryCount) -> dict[date, int]:
    """How many there are on each day that has any."""
    values = {} if counted.values is None else values_by_day(reader, counted.values)
    counters = {}
    if counted.counter is not None:
        counters = {day: counted.counter(row) for day, row in reader.by_day.items()}
    days = counters.keys() | values.keys()
    n_by_day = {day: counted.total(counters.get(day, 0), values.get(day, 0)) for day in days}
    return {day: n for day, n in n_by_day.items() if n}


def values_by_day(reader: SummaryReader, values: Q) -> dict[date, int]:
    """The sum of ``n`` over the rows of values of each day."""
    n_by_day: dict[date, int] = defaultdict(int)
    for of_name in values_by_day_and_name(reader, values).values():
        for day, n in of_name.items():
            n_by_day[day] += n
    return n_by_day


def values_by_day_and_name(reader: SummaryReader, values: Q) -> dict[str, dict[date, int]]:
    """The sum of ``n`` over the rows of values of each name and day."""
    n_by_name: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    sources = list(
        reader.sources_beyond_rollups(SessionValue, RawValue)
        if reader.is_everyone
        else reader.session_sources(SessionValue, RawValue)
    )
    if reader.is_everyone:
        built = PeriodValue.objects.filter(reader.usable_rollups.day_rollups, values)
        for name, day, n in built.values_list("value", "start").annotate(Sum("n")).order_by():
            n_by_name[name][day] += n
    for source in sources:
        rows = source.filter(values).values_list("value", "day").annotate(Sum("n")).order_by()
        for name, day, n in rows:
            n_by_name[name][day] += n
    return n_by_name


def count_by_session(
    reader: SummaryReader, counted: SummaryCount, days: Iterable[date]
) -> dict[int, int]:
    """How many there are in each session of these days that has any, by the session's key."""
    counters: dict[int, int] = defaultdict(int)
    values: dict[int, int] = defaultdict(int)
    days = list(days)
    if counted.counter is not None:
        for source in reader.session_sources(SessionTotals, RawTotals):
            for row in source.filter(day__in=days).values("session_id", *COUNTERS):
                counters[row["session_id"]] = counted.counter(row)
    if counted.values is not None:
        for source in reader.session_sources(SessionValue, RawValue):
            rows = source.filter(counted.values, day__in=days).values_list("session_id")
            for session, n in rows.annotate(Sum("n")).order_by():
                values[session] = n
    sessions = counters.keys() | values.keys()
    n_by_session = {
        key: counted.total(counters.get(key, 0), values.get(key, 0)) for key in sessions
    }
    return {key: n for key, n in n_by_session.items() if n}
