"""What a number counts: a column of a metric declares it, and its records are listed by that.

A column has ``records`` (one of the classes below) where its number is made of records, ``key``
where its values name the rows, or ``without_records``, the reason why there are none. A
``RecordKind`` says which table; a ``Part`` which of its records, and how the summaries count them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import BaseExpression, Combinable

from analytics.keyset import Ordering, SortKey
from analytics.models import (
    ChatSession,
    Inactivity,
    Moderator,
    ModeratorPerformance,
    PlaybackSpeed,
    QueueAssignment,
    Recommendation,
    Session,
    VideoView,
)
from analytics.quality.estimates import CheckedView
from analytics.quality.listing import checks_in
from analytics.scope import Scope
from analytics.summaries.by_day import SummaryCount
from analytics.summaries.counters import CounterRow

Expression = BaseExpression | Combinable
Counter = Callable[[CounterRow], int]
#: The name of a field or an annotation of the kind; of sessions also a number of their counters.
Amount = str | Callable[[CounterRow], float] | None
#: A metric's row: the values by the columns' names.
RowValues = Mapping[str, Any]
How = Literal["count", "sum", "rate", "ratio", "mean", "distinct", "median", "extreme"]


def rows_of_dates(model: type[Any]) -> Callable[[Scope], QuerySet[Any]]:
    """The rows whose ``date``, and ``moderator`` where they have one, are in scope."""

    def rows(scope: Scope) -> QuerySet[Any]:
        condition = scope.date_filter()
        if scope.moderator is not None:
            condition &= Q(moderator=scope.moderator)
        in_scope: QuerySet[Any] = model._default_manager.filter(condition)
        return in_scope

    return rows


def rows_of_sessions(model: type[Any], path: str) -> Callable[[Scope], QuerySet[Any]]:
    """The rows of the sessions in scope; joined, so that they can be read in the order of those."""
    return lambda scope: model._default_manager.filter(scope.session_filter(path))


@dataclass(frozen=True)
class RecordKind:
    """A kind of records: ``name`` is its list in the API, ``label`` its plural for people.

    ``order`` are the keys of its order, newest first; the last is unique. ``session`` is the path
    from a record to its session ("" for sessions), None for what belongs to none.
    """

    name: str
    label: str
    rows: Callable[[Scope], QuerySet[Any]]
    order: tuple[SortKey, ...]
    session: str | None = None
    related: tuple[str, ...] = ()
    prefetched: tuple[str, ...] = ()
    is_descending: bool = True

    @property
    def ordering(self) -> Ordering:
        """The order of its rows."""
        return Ordering(f"rows:{self.name}", self.order, descending=self.is_descending)


SESSION_ORDER = (SortKey("started_at"), SortKey("public_id"))
PART_ORDER = (SortKey("session__started_at"), SortKey("session__public_id"), SortKey("position"))

SESSIONS = RecordKind(
    "sessions",
    "review sessions",
    rows_of_sessions(Session, ""),
    SESSION_ORDER,
    session="",
    related=("moderator",),
)
VIDEOS = RecordKind(
    "videos",
    "videos",
    rows_of_sessions(VideoView, "session__"),
    PART_ORDER,
    session="session__",
    related=("session__moderator", "video"),
    prefetched=("speeds",),
)
IDLE_INTERVALS = RecordKind(
    "inactivity",
    "idle intervals",
    rows_of_sessions(Inactivity, "session__"),
    PART_ORDER,
    session="session__",
    related=("session__moderator",),
)
QUEUES = RecordKind(
    "queues",
    "queue assignments",
    rows_of_sessions(QueueAssignment, "session__"),
    PART_ORDER,
    session="session__",
    related=("session__moderator",),
)
SPEEDS = RecordKind(
    "speeds",
    "playback speeds",
    rows_of_sessions(PlaybackSpeed, "view__session__"),
    (
        SortKey("view__session__started_at"),
        SortKey("view__session__public_id"),
        SortKey("view__position"),
        SortKey("position"),
    ),
    session="view__session__",
    related=("view__session__moderator", "view__video"),
)
CHATS = RecordKind(
    "user-activity",
    "chat sessions",
    rows_of_dates(ChatSession),
    (SortKey("date"), SortKey("session_id")),
)
RECOMMENDATIONS = RecordKind(
    "recommendations",
    "recommendations",
    rows_of_dates(Recommendation),
    (SortKey("date"), SortKey("recommendation_id")),
)
PERFORMANCE = RecordKind(
    "moderator-performance",
    "performance rows",
    rows_of_dates(ModeratorPerformance),
    (SortKey("date"), SortKey("moderator__username")),
    related=("moderator",),
)
CHECKS = RecordKind(
    "quality-checks",
    "checked decisions",
    checks_in,
    (SortKey("checked_at"), SortKey("pk")),
    session="session__",
    related=("sampled__sample", "dispute"),
)


def moderators_of(kind: RecordKind) -> RecordKind:
    """The moderators who have records of a kind in scope."""

    def rows(scope: Scope) -> QuerySet[Any]:
        theirs = kind.rows(scope).filter(moderator=OuterRef("pk"))
        return Moderator.objects.filter(Exists(theirs))

    return RecordKind("moderators", "moderators", rows, (SortKey("username"),), is_descending=False)


#: The annotation of an idle interval's length in seconds.
SECONDS_LONG = "seconds_long"


@dataclass(frozen=True)
class Part:
    """Some records of a kind.

    ``condition`` chooses them, by fields of the kind's model. ``counter`` and ``values`` (on rows
    of ``ValueCount``) say how the summaries count them; neither: they are counted in their table.
    ``value_filter`` narrows the values of a row's key. ``is_rest``: they are what the counter has
    beyond the values. ``annotations`` are expressions of the kind's model, for amounts. ``label``
    names them for people ("decided videos"); without one they are called as their kind.
    """

    condition: Q = field(default_factory=Q)
    counter: Counter | None = None
    values: Q | None = None
    value_filter: Q = field(default_factory=Q)
    is_rest: bool = False
    annotations: Mapping[str, Expression] = field(default_factory=dict, hash=False)
    label: str = ""

    def __and__(self, key: "Part") -> "Part":
        """The records of this part that a row's key names."""
        counter, values = key.counter or self.counter, self.values
        if key.values is not None:
            values = (values or Q()) & self.value_filter & key.values
            counter = counter if key.is_rest else None
        return Part(
            self.condition & key.condition,
            counter,
            values,
            self.value_filter & key.value_filter,
            self.is_rest or key.is_rest,
            {**self.annotations, **key.annotations},
            self.label,
        )

    @property
    def summary(self) -> SummaryCount | None:
        """How the summaries count them; None where there are none of the kind."""
        if self.counter is None and self.values is None:
            return None
        by_values = self.counter is None or self.is_rest
        return SummaryCount(self.counter, self.values if by_values else None)


EVERY = Part()


@dataclass(frozen=True)
class Records:
    """The records behind the numbers of a column; the classes below say how they add up.

    ``needs_key``: there is no such number of a whole scope; ``needs_moderator``: only of a person.
    """

    how: ClassVar[How]

    kind: RecordKind
    part: Part = EVERY
    needs_key: bool = False
    needs_moderator: bool = False


@dataclass(frozen=True)
class Count(Records):
    """How many there are."""

    how = "count"


@dataclass(frozen=True)
class CountOfVideo(Count):
    """How many people decided the row's video so: the last decision of each."""


@dataclass(frozen=True)
class CountCompared(Count):
    """How many of a person's last decisions can be compared with most of the others'."""


@dataclass(frozen=True)
class CountOfChecked(Count):
    """How many checked views are ``among``: the check that counts of each, see ``quality``."""

    among: Callable[[CheckedView], bool] = CheckedView.is_representative


@dataclass(frozen=True)
class Sum(Records):
    """The sum of an amount; of sessions it may be one of their counters."""

    how = "sum"
    amount: Amount = None


@dataclass(frozen=True)
class Rate(Records):
    """The share of the records that are ``counted``; None: those that the row's key names.

    The labels are for people: ``11,186 rejected of 30,939 decided``.
    """

    how = "rate"
    counted: Part | None = None
    counted_label: str = ""
    label: str = ""


@dataclass(frozen=True)
class RateOfMajority(Rate):
    """The share of those decisions that are as most of the others decided."""


@dataclass(frozen=True)
class Ratio(Records):
    """The sum of amounts over the sum of weights, times ``unit``; the labels are for people."""

    how = "ratio"
    amount: Amount = None
    weight: Amount = None
    unit: int = 1
    amount_label: str = ""
    weight_label: str = ""


@dataclass(frozen=True)
class RatioOfChecked(Ratio):
    """The views that checked ones stand for: those of the ``counted`` ones over those of all."""

    counted: Callable[[CheckedView], bool] = CheckedView.is_representative


@dataclass(frozen=True)
class Mean(Records):
    """The mean of an amount over the records that have one."""

    how = "mean"
    amount: Amount = None


@dataclass(frozen=True)
class Distinct(Records):
    """How many different things the records are about: videos, queues or moderators."""

    how = "distinct"


@dataclass(frozen=True)
class DistinctShared(Distinct):
    """How many different videos two people or more decided."""


@dataclass(frozen=True)
class Median(Records):
    """The record in the middle by the field ``amount``, or the two."""

    how = "median"
    amount: Amount = None


@dataclass(frozen=True)
class Extreme(Records):
    """All records whose ``amount`` is the number."""

    how = "extreme"
    amount: Amount = None


@dataclass(frozen=True)
class Key:
    """A column whose values name the rows: ``part`` gives the records of a row of the metric.

    ``narrow`` gives the scope that a row stands for, where it stands for one: a day, a month.
    ``is_bin``: the values follow from the data's range, so that any other is a mistake.
    ``null_label``: what people read for a row whose value is null.
    """

    part: Callable[[RowValues], Part] | None = None
    narrow: Callable[[Scope, RowValues], Scope] | None = None
    is_bin: bool = False
    null_label: str = "unknown"
