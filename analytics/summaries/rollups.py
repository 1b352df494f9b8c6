"""The roll-ups of days, months, years and all time, each built from the one below it.

A roll-up is built as a whole (totals, values, videos) or not at all. A day's must not be used
while the day is pending; a longer one's not while any of its days is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Q
from pyroaring import BitMap

from analytics.models import (
    PendingDay,
    Period,
    PeriodAgreement,
    PeriodTotals,
    PeriodValue,
    PeriodVideos,
    SessionVideos,
)
from analytics.models.summaries import Counters

COUNTERS = tuple(field.name for field in Counters._meta.fields)

# The start of Period.ALL.
ALL_TIME_START = date(1, 1, 1)


@dataclass(frozen=True)
class Span:
    """One period: from ``start`` to before ``stop``."""

    period: Period
    start: date
    stop: date

    @property
    def last(self) -> date:
        """The last day."""
        return self.stop - timedelta(days=1)

    @property
    def below(self) -> Period:
        """The period of which this one is built."""
        return {Period.ALL: Period.YEAR, Period.YEAR: Period.MONTH, Period.MONTH: Period.DAY}[
            self.period
        ]


def month_of(day: date) -> Span:
    """The calendar month of a day."""
    start = day.replace(day=1)
    return Span(Period.MONTH, start, (start + timedelta(days=31)).replace(day=1))


def year_of(day: date) -> Span:
    """The calendar year of a day."""
    return Span(Period.YEAR, date(day.year, 1, 1), date(day.year + 1, 1, 1))


ALL_TIME = Span(Period.ALL, ALL_TIME_START, date.max)


def longer_periods(day: date) -> tuple[Span, ...]:
    """The periods longer than a day that hold ``day``, shortest first."""
    return (month_of(day), year_of(day), ALL_TIME)


# The version of a roll-up is deleted first: nothing is left to be renewed for its other rows.
ROLLUPS = (PeriodVideos, PeriodTotals, PeriodValue, PeriodAgreement)


def delete_rollups(spans: Sequence[Span]) -> None:
    """Delete the roll-ups of these periods."""
    if not spans:
        return
    condition = Q()
    for span in spans:
        condition |= Q(period=span.period, start=span.start)
    for model in ROLLUPS:
        model._default_manager.filter(condition).delete()


def delete_all_rollups() -> None:
    """Delete every roll-up."""
    for model in ROLLUPS:
        model._default_manager.all().delete()


SUMS = ", ".join(f"sum({name})" for name in COUNTERS)

# Grouping sets, unique counts and INSERT ... SELECT are beyond the ORM; the rows stay in the
# database. The row without a moderator is everyone's.
TOTALS_OF_DAYS = f"""
INSERT INTO analytics_periodtotals
       (period, start, moderator_id, {", ".join(COUNTERS)}, moderators,
        unique_sum, unique_low, unique_high,
        speed_sessions, speed_mean_sum, speed_mean_low, speed_mean_high,
        decided_sessions, decided_squares, rejected_squares, decided_rejected)
SELECT 'day', day, moderator_id, {SUMS}, count(DISTINCT moderator_id),
       sum(unique_videos), min(unique_videos), max(unique_videos),
       count(speed_mean), coalesce(sum(speed_mean), 0), min(speed_mean), max(speed_mean),
       count(*) FILTER (WHERE decided > 0), sum(decided * decided), sum(rejected * rejected),
       sum(decided * rejected)
  FROM (SELECT *, speed_sum / nullif(speed_changes, 0) AS speed_mean,
               accepted + rejected AS decided
          FROM analytics_sessiontotals WHERE day = ANY(%(days)s)) AS session
 GROUP BY GROUPING SETS ((day), (day, moderator_id))
"""

VALUES_OF_DAYS = """
INSERT INTO analytics_periodvalue (period, start, subject, value, number, n, amount)
SELECT 'day', day, subject, value, number, sum(n), sum(amount)
  FROM analytics_sessionvalue WHERE day = ANY(%(days)s)
 GROUP BY day, subject, value, number
"""

# How the reject rates of sessions vary by queue and by reason; see models.SQUARES_NUMBER. What a
# session has beyond the known is its part of the unknown.
RATES_OF_DAYS = """
INSERT INTO analytics_periodvalue (period, start, subject, value, number, n, amount)
WITH known AS (
     SELECT day, subject, session_id, value,
            sum(CASE WHEN number IN (1, 2) THEN n ELSE 0 END) AS decided,
            sum(CASE WHEN number = 2 THEN n ELSE 0 END) AS rejected
       FROM analytics_sessionvalue
      WHERE day = ANY(%(days)s) AND subject IN ('video_queue', 'video_reason')
      GROUP BY day, subject, session_id, value
), of_session AS (
     SELECT session_id, subject, sum(decided) AS decided, sum(rejected) AS rejected
       FROM known GROUP BY session_id, subject
), part AS (
     SELECT day, subject, value, decided, rejected FROM known
      UNION ALL
     SELECT whole.day, named.subject, '',
            whole.accepted + whole.rejected - coalesce(of_session.decided, 0),
            whole.rejected - coalesce(of_session.rejected, 0)
       FROM analytics_sessiontotals AS whole
      CROSS JOIN (VALUES ('video_queue'), ('video_reason')) AS named(subject)
       LEFT JOIN of_session ON of_session.session_id = whole.session_id
             AND of_session.subject = named.subject
      WHERE whole.day = ANY(%(days)s)
)
SELECT 'day', day, subject, value, pair.number, pair.n, pair.amount
  FROM (SELECT day, subject, value, count(*) AS sessions, sum(decided * decided) AS squares,
               sum(rejected * rejected) AS rejected_squares, sum(decided * rejected) AS products
          FROM part WHERE decided > 0 GROUP BY day, subject, value) AS rates
 CROSS JOIN LATERAL (VALUES (3, sessions, squares), (4, rejected_squares, products))
       AS pair(number, n, amount)
"""

# By hour of the week: see models.HOUR_COUNTERS. The zone is the one by which ``day`` was cut.
HOURS_OF_DAYS = """
INSERT INTO analytics_periodvalue (period, start, subject, value, number, n, amount)
SELECT 'day', day, 'hour', week_hour, pair.number, pair.n, pair.amount
  FROM (SELECT day, to_char(session.started_at AT TIME ZONE state.time_zone, 'ID-FMHH24')
                    AS week_hour,
               sum(sessions) AS sessions, sum(videos) AS videos, sum(accepted) AS accepted,
               sum(rejected) AS rejected, sum(timed_decided) AS timed_decided,
               sum(logged_us - idle_us) AS active_us
          FROM analytics_sessiontotals AS session CROSS JOIN analytics_summarystate AS state
         WHERE day = ANY(%(days)s) GROUP BY day, week_hour) AS hours
 CROSS JOIN LATERAL (VALUES (0, sessions, videos), (1, accepted, rejected),
                            (2, timed_decided, active_us)) AS pair(number, n, amount)
"""

TOTALS_OF_LONGER = f"""
INSERT INTO analytics_periodtotals
       (period, start, moderator_id, {", ".join(COUNTERS)}, moderators,
        unique_sum, unique_low, unique_high,
        speed_sessions, speed_mean_sum, speed_mean_low, speed_mean_high,
        decided_sessions, decided_squares, rejected_squares, decided_rejected)
SELECT %(period)s, %(start)s, moderator_id, {SUMS},
       CASE WHEN moderator_id IS NULL
            THEN (SELECT count(DISTINCT moderator_id) FROM analytics_periodtotals
                   WHERE period = %(below)s AND start >= %(start)s AND start < %(stop)s)
            ELSE 1 END,
       sum(unique_sum), min(unique_low), max(unique_high),
       sum(speed_sessions), sum(speed_mean_sum), min(speed_mean_low), max(speed_mean_high),
       sum(decided_sessions), sum(decided_squares), sum(rejected_squares), sum(decided_rejected)
  FROM analytics_periodtotals
 WHERE period = %(below)s AND start >= %(start)s AND start < %(stop)s
 GROUP BY moderator_id
"""

VALUES_OF_LONGER = """
INSERT INTO analytics_periodvalue (period, start, subject, value, number, n, amount)
SELECT %(period)s, %(start)s, subject, value, number, sum(n), sum(amount)
  FROM analytics_periodvalue
 WHERE period = %(below)s AND start >= %(start)s AND start < %(stop)s
 GROUP BY subject, value, number
"""


def union_of(blobs: Sequence[bytes | memoryview]) -> BitMap:
    """The union of serialised bitmaps."""
    return BitMap.union(*(BitMap.deserialize(bytes(blob)) for blob in blobs)) if blobs else BitMap()


def store_videos(span: Span, videos: BitMap) -> None:
    """Store a period's set of videos."""
    PeriodVideos.objects.create(
        period=span.period,
        start=span.start,
        videos=videos.serialize(),
        unique_videos=len(videos),
    )


def build_days(days: Sequence[date]) -> None:
    """Build the roll-ups of ``days`` and delete those of the longer periods that hold them."""
    spans = [Span(Period.DAY, day, day + timedelta(days=1)) for day in days]
    longer = {span for day in days for span in longer_periods(day)}
    delete_rollups([*spans, *longer])
    with connection.cursor() as cursor:
        cursor.execute(TOTALS_OF_DAYS, {"days": list(days)})
        cursor.execute(VALUES_OF_DAYS, {"days": list(days)})
        cursor.execute(RATES_OF_DAYS, {"days": list(days)})
        cursor.execute(HOURS_OF_DAYS, {"days": list(days)})
    blobs: dict[date, list[bytes | memoryview]] = {}
    for day, blob in SessionVideos.objects.filter(day__in=days).values_list("day", "videos"):
        blobs.setdefault(day, []).append(blob)
    for span in spans:
        if span.start in blobs:
            store_videos(span, union_of(blobs[span.start]))


def longer_periods_of_days() -> dict[Period, list[Span]]:
    """The longer periods of the days with roll-ups, but for those with pending days."""
    pending = {
        span
        for day in PendingDay.objects.values_list("day", flat=True)
        for span in longer_periods(day)
    }
    days = PeriodVideos.objects.filter(period=Period.DAY).order_by("start")
    found: dict[Period, list[Span]] = {Period.MONTH: [], Period.YEAR: [], Period.ALL: []}
    for span in dict.fromkeys(
        span for day in days.values_list("start", flat=True) for span in longer_periods(day)
    ):
        if span not in pending:
            found[span.period].append(span)
    return found


def build_longer_periods() -> None:
    """Build the longer periods' roll-ups that are missing, but for agreement."""
    built = set(PeriodVideos.objects.values_list("period", "start"))
    for spans in longer_periods_of_days().values():
        for span in spans:
            if (span.period, span.start) not in built:
                build_longer(span)


def build_longer(span: Span) -> None:
    """Build one longer period from the periods below it."""
    names: dict[str, str | date] = {
        "period": span.period.value,
        "start": span.start,
        "stop": span.stop,
        "below": span.below.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(TOTALS_OF_LONGER, names)
        cursor.execute(VALUES_OF_LONGER, names)
    below = PeriodVideos.objects.filter(
        period=span.below, start__gte=span.start, start__lt=span.stop
    )
    store_videos(span, union_of(list(below.values_list("videos", flat=True))))
