"""Reading the summaries: the facts of a scope, from as few rows as hold them.

Roll-ups where they are built, the sessions' own rows for days whose roll-ups are pending, and
the raw rows for sessions that changed since they were summed: always exact, always current.
Nothing here writes, and nothing waits for a writer.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db import models
from django.db.models import (
    Case,
    Count,
    DateField,
    F,
    FloatField,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from pyroaring import BitMap

from analytics.models import (
    PeriodTotals,
    PeriodValue,
    PeriodVideos,
    RawTotals,
    RawValue,
    SessionTotals,
    SessionValue,
    SessionVideos,
    Subject,
    VideoView,
)
from analytics.scope import Scope
from analytics.summaries.medians import medians_us
from analytics.summaries.rollups import COUNTERS, NOTHING, Cover, Span, union_of
from analytics.summaries.snapshots import open_state

# Counters by name, as the ORM gives them.
CounterRow = dict[str, Any]

ADDED = (*COUNTERS, "unique_sum", "speed_sessions", "speed_mean_sum")
LEAST = ("unique_low", "speed_mean_low")
MOST = ("unique_high", "speed_mean_high")


class ModeratorTotals(NamedTuple):
    """A moderator's counters: there may be thousands of people, so no more than are shown."""

    username: str
    sessions: int
    videos: int
    accepted: int
    rejected: int
    completed: int
    timed_decided: int
    logged_us: int
    idle_us: int


OF_PERSON = ModeratorTotals._fields[1:]

SUMS = {name: Sum(name) for name in COUNTERS}
MEAN_SPEED = Case(
    When(speed_changes__gt=0, then=F("speed_sum") / F("speed_changes")), output_field=FloatField()
)
# A roll-up's columns, and the same computed from the rows of sessions.
OF_PERIODS: dict[str, models.Aggregate] = {
    **SUMS,
    **{name: Sum(name) for name in ("unique_sum", "speed_sessions", "speed_mean_sum")},
    **{name: Min(name) for name in LEAST},
    **{name: Max(name) for name in MOST},
}
OF_SESSIONS: dict[str, models.Aggregate] = {
    **SUMS,
    "unique_sum": Sum("unique_videos"),
    "unique_low": Min("unique_videos"),
    "unique_high": Max("unique_videos"),
    "speed_sessions": Count("mean_speed"),
    "speed_mean_sum": Sum("mean_speed"),
    "speed_mean_low": Min("mean_speed"),
    "speed_mean_high": Max("mean_speed"),
}

# What names a value; the day that is told of a queue's count only.
VALUE = ("subject", "value", "number")
NO_DAY = Value(None, DateField())
DAY_OF_QUEUE = Case(When(subject=Subject.QUEUE, then=F("day")), output_field=DateField())


def zero() -> CounterRow:
    """Return the counters of nothing."""
    return {**dict.fromkeys(ADDED, 0), **dict.fromkeys((*LEAST, *MOST))}


def add(total: CounterRow, row: CounterRow) -> None:
    """Add a row's counters to ``total``."""
    for name in ADDED:
        total[name] += row[name] or 0
    for names, choose in ((LEAST, min), (MOST, max)):
        for name in names:
            known = [value for value in (total[name], row[name]) if value is not None]
            total[name] = choose(known) if known else None


class Facts:
    """The facts of one scope, each loaded when first asked for.

    Durations are in microseconds, counts are of what their names say.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    # What to read ---------------------------------------------------------------------------

    @property
    def stale(self) -> list[int]:
        """The sessions whose summary is out of date."""
        return list(open_state().standing.stale)

    @property
    def cover(self) -> Cover:
        """The roll-ups that may be used for the scope's days."""
        return open_state().cover(self.scope.start, self.scope.end)

    @property
    def in_range(self) -> Q:
        """The condition on a session's ``day``."""
        condition = Q()
        if self.scope.start is not None:
            condition &= Q(day__gte=self.scope.start)
        if self.scope.end is not None:
            condition &= Q(day__lte=self.scope.end)
        return condition

    @property
    def whose(self) -> Q:
        """The condition on the moderator of a session's row."""
        return Q() if self.scope.moderator is None else Q(moderator=self.scope.moderator)

    @property
    def everyone(self) -> bool:
        """Whether the scope is everybody's sessions."""
        return self.scope.moderator is None and self.scope.session is None

    @property
    def one_person(self) -> bool:
        """Whether the scope is one moderator's sessions, more than a single one."""
        return self.scope.moderator is not None and self.scope.session is None

    @property
    def single(self) -> Span | None:
        """The one roll-up that holds everyone's whole scope, if there is one."""
        return self.cover.single if self.everyone else None

    def loose_sessions(
        self, stored: type[models.Model], raw: type[models.Model]
    ) -> Iterator[QuerySet[Any]]:
        """Yield what has to be read session by session: stored rows, and raw ones.

        Of a single session the raw rows are few, and the only ones read.
        """
        if self.scope.session is not None:
            yield raw._default_manager.filter(self.in_range, session_id=self.scope.session.pk)
            return
        if self.cover.loose:
            rows = stored._default_manager.filter(self.whose, day__in=self.cover.loose)
            yield rows.exclude(session_id__in=self.stale)
        if self.stale:
            yield raw._default_manager.filter(self.whose, self.in_range, session_id__in=self.stale)

    def built_totals(self, which: Q) -> QuerySet[PeriodTotals]:
        """Return the built totals of the scope's moderator, or everyone's."""
        if self.scope.session is not None:
            return PeriodTotals.objects.none()
        whose = Q(moderator__isnull=True) if self.scope.moderator is None else self.whose
        return PeriodTotals.objects.filter(which, whose)

    # Counters -------------------------------------------------------------------------------

    @cached_property
    def loose_totals(self) -> list[CounterRow]:
        """The counters that no roll-up holds, by day and moderator."""
        rows: list[CounterRow] = []
        for sessions in self.loose_sessions(SessionTotals, RawTotals):
            grouped = sessions.annotate(mean_speed=MEAN_SPEED).values(
                "day", "moderator_id", username=F("moderator__username")
            )
            rows.extend(grouped.annotate(**OF_SESSIONS).order_by())
        return rows

    @cached_property
    def totals(self) -> CounterRow:
        """The counters of the whole scope."""
        total = zero()
        if self.one_person:
            # Their days are few, and asked for by most pages: no second query.
            for row in self.by_day.values():
                add(total, row)
            return total
        built = self.built_totals(self.cover_of_scope.built)
        if self.single is not None:
            return {**built.values("moderators", *ADDED, *LEAST, *MOST).get()}
        add(total, built.aggregate(**OF_PERIODS))
        for row in self.loose_totals:
            add(total, row)
        return total

    @property
    def cover_of_scope(self) -> Cover:
        """The cover; of a single session no roll-up."""
        if self.scope.session is not None:
            return Cover(NOTHING, NOTHING, frozenset(), None)
        return self.cover

    @cached_property
    def by_day(self) -> dict[date, CounterRow]:
        """The counters of each day with a session, and how many moderators; in order."""
        days: dict[date, CounterRow] = {}
        built = self.built_totals(self.cover_of_scope.days)
        for row in built.values("start", "moderators", *ADDED, *LEAST, *MOST):
            days[row.pop("start")] = row
        people: dict[date, set[int]] = defaultdict(set)
        for row in self.loose_totals:
            day = row["day"]
            people[day].add(row["moderator_id"])
            add(days.setdefault(day, zero()), row)
            days[day]["moderators"] = len(people[day])
        return dict(sorted(days.items()))

    @cached_property
    def by_moderator(self) -> list[ModeratorTotals]:
        """The counters of each moderator with a session, in code-point order of the names."""
        if self.scope.moderator is not None and self.one_person:
            own = ModeratorTotals(
                self.scope.moderator.username, *(self.totals[name] for name in OF_PERSON)
            )
            return [own] if self.moderators else []
        people: list[ModeratorTotals] = []
        if self.scope.session is None:
            built = PeriodTotals.objects.filter(self.cover.built, moderator__isnull=False)
            if self.single is not None:
                rows = built.values_list("moderator__username", *OF_PERSON)
            else:
                named = built.values_list("moderator__username")
                rows = named.annotate(*(SUMS[name] for name in OF_PERSON))
            people.extend(map(ModeratorTotals._make, rows.order_by()))
        if self.loose_totals:
            people = self.with_loose(people)
        return sorted(people)

    def with_loose(self, people: list[ModeratorTotals]) -> list[ModeratorTotals]:
        """Return the same with the counters that no roll-up holds."""
        found: dict[str, list[int]] = {person[0]: list(person[1:]) for person in people}
        for row in self.loose_totals:
            counters = found.setdefault(row["username"], [0] * len(OF_PERSON))
            for at, name in enumerate(OF_PERSON):
                counters[at] += row[name] or 0
        return [ModeratorTotals(username, *counters) for username, counters in found.items()]

    @cached_property
    def moderators(self) -> int:
        """How many moderators have a session in scope."""
        if self.one_person:
            return 1 if self.totals["sessions"] else 0
        found = {row["moderator_id"] for row in self.loose_totals}
        if self.scope.session is None:
            if self.single is not None:
                return int(self.totals["moderators"])
            built = PeriodTotals.objects.filter(
                self.cover.built, self.whose, moderator__isnull=False
            )
            found.update(built.values_list("moderator_id", flat=True).distinct().order_by())
        return len(found)

    # Values ---------------------------------------------------------------------------------

    @cached_property
    def value_rows(self) -> list[tuple[str, str, float, date | None, int, int]]:
        """(subject, value, number, day, n, amount) of the scope; the day of queues, or None.

        A moderator's are read from their sessions: they are few, and roll-ups of values by
        moderator would be as many rows as the sessions'. Everyone's queues have no day here.
        """
        if self.single is not None:
            # One roll-up has each value once: nothing to add up.
            built = PeriodValue.objects.filter(self.cover.built)
            return list(built.values_list(*VALUE, NO_DAY, "n", "amount"))
        of_day: Value | Case = DAY_OF_QUEUE
        if self.scope.session is not None:
            sources = list(self.loose_sessions(SessionValue, RawValue))
        elif self.scope.moderator is not None:
            sources = list(self.own_rows(SessionValue, RawValue))
        else:
            of_day = NO_DAY
            built = PeriodValue.objects.filter(self.cover.built)
            sources = [built, *self.loose_sessions(SessionValue, RawValue)]
        rows: list[tuple[str, str, float, date | None, int, int]] = []
        for source in sources:
            grouped = source.values_list(*VALUE, of_day)
            rows.extend(grouped.annotate(Sum("n"), Sum("amount")).order_by())
        return rows

    @cached_property
    def values(self) -> dict[str, dict[tuple[str, float], tuple[int, int]]]:
        """By subject, (n, amount) of each (value, number); see ``models.Subject``."""
        counts: dict[str, dict[tuple[str, float], tuple[int, int]]] = defaultdict(dict)
        for subject, value, number, _day, n, amount in self.value_rows:
            before = counts[subject].get((value, number), (0, 0))
            counts[subject][value, number] = (before[0] + n, before[1] + amount)
        return counts

    def own_rows(
        self, stored: type[models.Model], raw: type[models.Model]
    ) -> Iterator[QuerySet[Any]]:
        """Yield one moderator's rows, session by session."""
        rows = stored._default_manager.filter(self.whose, self.in_range)
        if not self.stale:
            yield rows
            return
        yield rows.exclude(session_id__in=self.stale)
        yield raw._default_manager.filter(self.whose, self.in_range, session_id__in=self.stale)

    @cached_property
    def queues_by_day(self) -> dict[tuple[date, str], tuple[int, int]]:
        """(assignments, items) of each (day, queue), in order."""
        counts: dict[tuple[date, str], tuple[int, int]] = {}
        rows: list[tuple[date | None, str, int, int]] = []
        if self.everyone:
            built = PeriodValue.objects.filter(self.cover.days, subject=Subject.QUEUE)
            ordered = built.order_by("start", "value")
            for start, queue, n, amount in ordered.values_list("start", "value", "n", "amount"):
                counts[start, queue] = (n, amount)
            for source in self.loose_sessions(SessionValue, RawValue):
                queues = source.filter(subject=Subject.QUEUE).values_list("day", "value")
                rows.extend(queues.annotate(Sum("n"), Sum("amount")).order_by())
        else:
            rows = [(row[3], row[1], *row[4:]) for row in self.value_rows]
        for day, queue, n, amount in rows:
            if day is not None:
                before = counts.get((day, queue), (0, 0))
                counts[day, queue] = (before[0] + n, before[1] + amount)
        # Of everyone's roll-ups nothing is left to sort.
        return dict(sorted(counts.items())) if rows else counts

    @cached_property
    def idle_medians_us(self) -> dict[str, float]:
        """The exact median length of the idle intervals of each kind, in microseconds."""
        return medians_us(self.scope, self.values.get(Subject.IDLE, {}))

    # Videos ---------------------------------------------------------------------------------

    @cached_property
    def unique_videos(self) -> int:
        """How many distinct videos were seen."""
        if self.scope.session is not None:
            views = self.raw_videos([self.scope.session.pk])
            return views.values("video_id").distinct().count()
        if self.single is not None:
            # Not the set itself, which is large.
            counted = PeriodVideos.objects.filter(period=self.single.period)
            return counted.values_list("unique_videos", flat=True).get()
        sets: list[BitMap] = []
        if self.scope.moderator is None:
            built = PeriodVideos.objects.filter(self.cover.built)
            rows = SessionVideos.objects.filter(day__in=self.cover.loose)
            blobs = list(built.values_list("videos", flat=True))
        else:
            rows = SessionVideos.objects.filter(self.whose, self.in_range)
            blobs = []
        if self.scope.moderator is not None or self.cover.loose:
            fresh = rows.exclude(session_id__in=self.stale)
            blobs.extend(fresh.values_list("videos", flat=True))
        sets.append(union_of(blobs))
        if self.stale:
            raw = self.raw_videos(self.stale).values_list("video_id", flat=True)
            sets.append(BitMap(raw.distinct()))
        return len(BitMap.union(*sets))

    def raw_videos(self, sessions: list[int]) -> QuerySet[VideoView]:
        """Return these sessions' views in scope of known videos."""
        views = VideoView.objects.filter(video__isnull=False, session_id__in=sessions)
        return views.filter(session__in=self.scope.sessions()).order_by()

    # Sessions one by one --------------------------------------------------------------------

    @cached_property
    def session_rows(self) -> list[CounterRow]:
        """Each session's line, by time, then id: public id, moderator, start, unique, speed."""
        rows: list[CounterRow] = []
        names = ("started_at", "unique_videos", "speed_changes", "speed_sum")
        if self.scope.session is not None:
            sources = list(self.loose_sessions(SessionTotals, RawTotals))
        else:
            sources = list(self.own_rows(SessionTotals, RawTotals))
        for source in sources:
            rows.extend(
                source.values(
                    *names, public_id=F("session__public_id"), username=F("moderator__username")
                )
            )
        rows.sort(key=lambda row: (row["started_at"], row["public_id"]))
        return rows


def facts_of(scope: Scope) -> Facts:
    """Return the facts of ``scope`` in the open snapshot; must be called inside one."""
    return open_state().once(("facts", scope), lambda: Facts(scope))
