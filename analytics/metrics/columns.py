"""Columns that several review metrics share, with what they count."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import FloatField, Q
from django.db.models.functions import Cast

from analytics.metrics.records import (
    IDLE_INTERVALS,
    QUEUES,
    SECONDS_LONG,
    Count,
    Distinct,
    Key,
    Part,
    Rate,
    Ratio,
    Sum,
    moderators_of,
)
from analytics.metrics.records import SESSIONS as SESSION_RECORDS
from analytics.metrics.records import VIDEOS as VIDEO_RECORDS
from analytics.metrics.results import Column
from analytics.models import DECISION_NUMBERS, SECOND_US, Decision, Subject, ViewStatus
from analytics.scope import Scope, WeekHour
from analytics.summaries.counters import CounterRow

# The buckets of session lengths, as the view analytics_rawvalue names them.
LENGTH_BUCKETS = (
    "0-30s",
    "31-60s",
    "61-120s",
    "121-300s",
    "301-600s",
    "601-1800s",
    "1801-3600s",
    "3601-7200s",
    ">7200s",
)
# Their upper bounds in seconds, inclusive; the last has none.
LENGTH_LIMITS = (30, 60, 120, 300, 600, 1800, 3600, 7200)


def views_decided(*decisions: Decision, label: str = "") -> Part:
    """The views of these decisions."""
    numbers = [DECISION_NUMBERS[decision.value] for decision in decisions]
    condition = Q(decision__in=[decision.value for decision in decisions])
    return Part(
        condition,
        counter=lambda row: sum(count_of(decision, row) for decision in decisions),
        value_filter=Q(number__in=numbers),
        label=label,
    )


def count_of(decision: Decision, row: CounterRow) -> int:
    """How many views of a decision there are."""
    if decision == Decision.NONE:
        return int(row["videos"] - row["accepted"] - row["rejected"])
    return int(row[decision.value])


def active_seconds(row: CounterRow) -> float:
    """Active time: logged minus idle."""
    return float(row["logged_us"] - row["idle_us"]) / SECOND_US


def counter(name: str) -> Any:
    """The counter of a session by its name."""
    return lambda row: row[name]


def seconds_of(name: str) -> Any:
    """A counter of microseconds, as seconds."""
    return lambda row: row[name] / SECOND_US


EVERY_SESSION = Part(counter=counter("sessions"))
TIMED_SESSIONS = Part(
    Q(duration_us__isnull=False),
    counter=counter("timed_sessions"),
    label="review sessions of known length",
)
EVERY_VIEW = Part(counter=counter("videos"), value_filter=Q(number__in=DECISION_NUMBERS.values()))
ACCEPTED_VIEWS = views_decided(Decision.ACCEPTED, label="accepted videos")
REJECTED_VIEWS = views_decided(Decision.REJECTED, label="rejected videos")
UNDECIDED_VIEWS = views_decided(Decision.NONE, label="videos without a decision")
DECIDED_VIEWS = views_decided(Decision.ACCEPTED, Decision.REJECTED, label="decided videos")
COMPLETED_VIEWS = Part(
    Q(status=ViewStatus.COMPLETED.value),
    counter=counter("completed"),
    label="videos watched to the end",
)
ACTIVE_QUEUES = Part(
    Q(active=True), values=Q(subject=Subject.QUEUE), label="active queue assignments"
)
MEASURED_INTERVALS = Part(
    Q(duration_us__isnull=False),
    values=Q(subject=Subject.IDLE),
    annotations={SECONDS_LONG: Cast("duration_us", FloatField()) / SECOND_US},
    label="idle intervals of known length",
)

FROM_OTHERS = "It is computed from the work of the whole team."
INTERVAL_END = (
    "It is the end of Wilson's 95 % interval, for n / D decided videos: those of one session are"
    " alike, and D, one for the whole scope, says how much."
)


def day_only(scope: Scope, row: Any) -> Scope:
    """The scope of one day."""
    return replace(scope, start=row["day"], end=row["day"])


def month_only(scope: Scope, row: Any) -> Scope:
    """The days of a scope in one calendar month (``YYYY-MM``)."""
    first = date.fromisoformat(f"{row['month']}-01")
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return replace(scope, start=max(first, scope.start or first), end=min(last, scope.end or last))


def hour_only(scope: Scope, row: Any) -> Scope:
    """The sessions of a scope that started in one hour of the week."""
    return replace(scope, week_hour=WeekHour(row["weekday"], row["hour"]))


SCOPE_KEY = Key()
DAY_KEY = Key(narrow=day_only)
MONTH_KEY = Key(narrow=month_only)

SESSIONS = Column(
    "sessions", "Sessions", "integer", "sessions", Count(SESSION_RECORDS, EVERY_SESSION)
)
MODERATORS = Column(
    "moderators", "Moderators", "integer", "people", Distinct(moderators_of(SESSION_RECORDS))
)
VIDEOS = Column("videos", "Videos", "integer", "videos", Count(VIDEO_RECORDS, EVERY_VIEW))
UNIQUE = Column(
    "unique_videos", "Unique videos", "integer", "videos", Distinct(VIDEO_RECORDS, EVERY_VIEW)
)
ACCEPTED = Column("accepted", "Accepted", "integer", "videos", Count(VIDEO_RECORDS, ACCEPTED_VIEWS))
REJECTED = Column("rejected", "Rejected", "integer", "videos", Count(VIDEO_RECORDS, REJECTED_VIEWS))
NO_DECISION = Column(
    "none", "No decision", "integer", "videos", Count(VIDEO_RECORDS, UNDECIDED_VIEWS)
)
SHARE = Column("share", "Share", "share", "", Rate(VIDEO_RECORDS, EVERY_VIEW, needs_key=True))
ACTIVE = Column(
    "active_seconds",
    "Active time",
    "seconds",
    "s",
    Sum(SESSION_RECORDS, TIMED_SESSIONS, amount=active_seconds),
)
HANDLE = Column(
    "handle_seconds",
    "Handle time",
    "seconds",
    "s a decided video",
    Ratio(
        SESSION_RECORDS,
        TIMED_SESSIONS,
        amount=active_seconds,
        weight=counter("timed_decided"),
        amount_label="Active seconds",
        weight_label="Decided videos",
    ),
)
REJECT_RATE = Column(
    "reject_rate",
    "Reject rate",
    "share",
    "of the decided",
    Rate(
        VIDEO_RECORDS,
        DECIDED_VIEWS,
        counted=REJECTED_VIEWS,
        counted_label="rejected",
        label="decided",
    ),
)
REJECT_LOW = Column(
    "reject_low", "Reject rate, low", "share", "95 % interval", without_records=INTERVAL_END
)
REJECT_HIGH = Column(
    "reject_high", "Reject rate, high", "share", "95 % interval", without_records=INTERVAL_END
)
COMPLETION_RATE = Column(
    "completion_rate",
    "Completion rate",
    "share",
    "of the videos",
    Rate(VIDEO_RECORDS, EVERY_VIEW, counted=COMPLETED_VIEWS, counted_label="completed"),
)
MODERATOR = Column("moderator", "Moderator", "text", key=SCOPE_KEY)
SESSION = Column("session", "Session", "text", key=SCOPE_KEY)
STARTED = Column("started_at", "Started", "datetime", without_records="It is a time.")
DAY = Column("day", "Day", "date", key=DAY_KEY)
WEEKDAY = Column("weekday", "Weekday", "integer", key=Key(narrow=hour_only))
HOUR = Column("hour", "Hour", "integer", key=Key())
QUEUE = Column(
    "queue",
    "Queue",
    "text",
    key=Key(lambda row: Part(Q(name=row["queue"]), values=Q(value=row["queue"]))),
)
ASSIGNMENTS = Column(
    "assignments", "Assignments", "integer", "sessions", Count(QUEUES, ACTIVE_QUEUES)
)
ITEMS = Column(
    "items", "Items", "integer", "items", Sum(QUEUES, ACTIVE_QUEUES, amount="item_count")
)
KIND = Column(
    "kind",
    "Kind",
    "text",
    key=Key(lambda row: Part(Q(kind=row["kind"]), values=Q(value=row["kind"]))),
)
INTERVALS = Column(
    "intervals", "Intervals", "integer", "intervals", Count(IDLE_INTERVALS, MEASURED_INTERVALS)
)
