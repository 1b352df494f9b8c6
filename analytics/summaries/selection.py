"""Which roll-ups may be used: what is built, pending and stale, and the choice for a range of days.

Each built roll-up has a version, random, that a trigger renews with every statement that changes
one of its rows: what was read of a version stays true (``kept_rollups``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q

from analytics.models import Period
from analytics.summaries.rollups import ALL_TIME, ALL_TIME_START, Span, month_of, year_of
from analytics.summaries.standbys import reading_connection

NO_ROWS = Q(pk__in=())


class BuiltRollup(NamedTuple):
    """A built roll-up of some version, or what it holds ``without`` some of its days."""

    span: Span
    version: str
    without: frozenset[date] = frozenset()


@dataclass(frozen=True)
class SummaryStatus:
    """Which summaries are built, and which are out of date.

    ``built``: the versions of the roll-ups longer than a day, ``days``: of the days that no built
    month holds; ``pending``: the days whose own are not built; ``stale``: the sessions that
    changed since they were summed, with the days they were, are, and are summed on.
    """

    built: Mapping[Span, str]
    days: Mapping[date, str]
    pending: frozenset[date]
    stale: Mapping[int, set[date]]
    time_zone: str

    @property
    def time_zone_changed(self) -> bool:
        """Whether the days were cut by another zone than TIME_ZONE, so that no sum holds."""
        return self.time_zone != settings.TIME_ZONE

    @cached_property
    def unusable_days(self) -> frozenset[date]:
        """The days that no roll-up may be used for."""
        return self.pending.union(*self.stale.values())


# One query instead of five, run before any figure is computed. A session may be written and summed
# up again on another day, and keep the mark of a change before that.
STATUS_QUERY = """
SELECT DISTINCT 'stale', session_id, day, NULL FROM analytics_stalesession
UNION ALL SELECT 'stale', session_id, day, NULL FROM analytics_sessiontotals
 WHERE session_id IN (SELECT session_id FROM analytics_stalesession)
UNION ALL SELECT 'pending', NULL, day, NULL FROM analytics_pendingday
UNION ALL SELECT period, NULL, start, version::text FROM analytics_periodvideos AS rollup
 WHERE period <> 'day' OR NOT EXISTS
       (SELECT FROM analytics_periodvideos AS month WHERE month.period = 'month'
           AND month.start = date_trunc('month', rollup.start::timestamp)::date)
UNION ALL SELECT 'zone', NULL, NULL, time_zone FROM analytics_summarystate
"""


class MissingStateError(RuntimeError):
    """The summaries don't say by which time zone their days are cut."""

    def __init__(self) -> None:
        super().__init__(
            "analytics_summarystate has no row: run 'manage.py migrate', then"
            " 'manage.py summaries rebuild'"
        )


def load_status() -> SummaryStatus:
    """Read which roll-ups are built, and what is pending or stale.

    Raises ``MissingStateError`` where the row of ``SummaryState`` is missing.
    """
    zone = ""
    built: dict[Span, str] = {}
    days: dict[date, str] = {}
    pending: set[date] = set()
    sessions: dict[int, set[date]] = {}
    with reading_connection().cursor() as cursor:
        cursor.execute(STATUS_QUERY)
        for kind, session, day, text in cursor.fetchall():
            if kind == "stale":
                sessions.setdefault(session, set()).add(day)
            elif kind == "pending":
                pending.add(day)
            elif kind == "zone":
                zone = text
            elif kind == Period.DAY.value:
                days[day] = text
            else:
                built[period_span(kind, day)] = text
    if not zone:
        raise MissingStateError
    return SummaryStatus(built, days, frozenset(pending), sessions, zone)


def period_span(period: str, start: date) -> Span:
    """The span of a roll-up longer than a day."""
    spans = {Period.MONTH.value: month_of, Period.YEAR.value: year_of}
    return spans[period](start) if period in spans else ALL_TIME


def day_span(day: date) -> Span:
    """The span of a day."""
    return Span(Period.DAY, day, day + timedelta(days=1))


@dataclass(frozen=True)
class RollupSelection:
    """The roll-ups that make up a range of days, and the days that have to be read one by one.

    ``built`` selects rows of the period tables, ``day_rollups`` those of single days, for what is
    shown by day; ``days_without_rollup``: the days in range that no roll-up may be used for;
    ``single``: the one roll-up that ``built`` is, where it is only one.

    ``longer`` and ``stretches`` are ``built`` once more: the roll-ups longer than a day, and from
    when to before when days are taken. ``by_month`` is ``day_rollups`` once more: the same days by
    the built months that hold them, and those that none holds.
    """

    built: Q = NO_ROWS
    day_rollups: Q = NO_ROWS
    days_without_rollup: frozenset[date] = frozenset()
    single: Span | None = None
    longer: tuple[BuiltRollup, ...] = ()
    stretches: tuple[tuple[date, date], ...] = ()
    by_month: tuple[BuiltRollup, ...] = ()


def select_rollups(start: date | None, end: date | None, status: SummaryStatus) -> RollupSelection:
    """Choose the roll-ups of the days from ``start`` to ``end`` (inclusive; None: unlimited)."""
    first = start or ALL_TIME_START
    stop = end + timedelta(days=1) if end is not None else date.max
    other_days = frozenset(day for day in status.unusable_days if first <= day < stop)
    whole = Q() if not other_days else ~Q(start__in=other_days)
    chosen = longer_rollups(first, stop, status.built, other_days)
    stretches = tuple(stretches_between(first, stop, chosen))
    built = Q(period=Period.YEAR, start__in=starts_of(Period.YEAR, chosen))
    built |= Q(period=Period.MONTH, start__in=starts_of(Period.MONTH, chosen))
    for begin, until in stretches:
        built |= days_between(begin, until) & whole
    return RollupSelection(
        Q(period=Period.ALL) if chosen == [ALL_TIME] else built,
        days_between(first, stop) & whole,
        other_days,
        ALL_TIME if chosen == [ALL_TIME] else None,
        tuple(BuiltRollup(span, status.built[span]) for span in chosen),
        stretches,
        tuple(rollups_by_month(first, stop, status)),
    )


def longer_rollups(
    first: date, stop: date, built: Iterable[Span], unusable: frozenset[date]
) -> list[Span]:
    """The largest built roll-ups in a range that hold no unusable day, in order."""
    usable = [
        span
        for span in built
        if first <= span.start
        and span.stop <= stop
        and not any(span.start <= day < span.stop for day in unusable)
    ]
    if ALL_TIME in usable:
        return [ALL_TIME]
    years = [span for span in usable if span.period == Period.YEAR]
    covered = {span.start.year for span in years}
    months = [s for s in usable if s.period == Period.MONTH and s.start.year not in covered]
    return sorted((*years, *months), key=lambda span: span.start)


def starts_of(period: Period, spans: Iterable[Span]) -> list[date]:
    """The first days of the spans of a length."""
    return [span.start for span in spans if span.period == period]


def stretches_between(
    first: date, stop: date, spans: Iterable[Span]
) -> Iterable[tuple[date, date]]:
    """Yield from when to before when a range is not covered by spans that are in order."""
    begin = first
    for span in spans:
        if begin < span.start:
            yield begin, span.start
        begin = span.stop
    if begin < stop:
        yield begin, stop


def rollups_by_month(first: date, stop: date, status: SummaryStatus) -> list[BuiltRollup]:
    """The built months without the days that are out of range or unusable, and other days."""
    unusable = status.unusable_days
    found = [
        BuiltRollup(day_span(day), version)
        for day, version in status.days.items()
        if first <= day < stop and day not in unusable
    ]
    for span, version in status.built.items():
        if span.period == Period.MONTH and span.start < stop and first < span.stop:
            days = [span.start + timedelta(n) for n in range((span.stop - span.start).days)]
            without = frozenset(d for d in days if not first <= d < stop or d in unusable)
            found.append(BuiltRollup(span, version, without))
    return sorted(found, key=lambda rollup: rollup.span.start)


def days_between(start: date, stop: date) -> Q:
    """The condition on the roll-ups of the days from ``start`` to before ``stop``."""
    return Q(period=Period.DAY, start__gte=start, start__lt=stop)
