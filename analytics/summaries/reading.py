"""Reading the summaries: the figures of a scope, from as few rows as hold them.

Roll-ups where they are built, the sessions' own rows for days whose roll-ups are pending, and
the raw rows for sessions that changed since they were summed: always exact, always current.
Nothing here writes, and nothing waits for a writer.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Case, Count, DateField, F, Q, QuerySet, Sum, Value, When
from pyroaring import BitMap

from analytics.models import (
    PeriodTotals,
    PeriodValue,
    PeriodVideos,
    RawTotals,
    RawValue,
    Session,
    SessionTotals,
    SessionValue,
    SessionVideos,
    Subject,
    VideoView,
)
from analytics.scope import Scope
from analytics.summaries.counters import (
    MAX_COLUMNS,
    MIN_COLUMNS,
    MODERATOR_COUNTERS,
    PERIOD_AGGREGATES,
    SESSION_AGGREGATES,
    SESSION_EXPRESSIONS,
    SUM_COLUMNS,
    CounterRow,
    ModeratorTotals,
    add_counters,
    empty_counters,
)
from analytics.summaries.medians import medians_us
from analytics.summaries.rollups import NO_ROWS, RollupSelection, Span, union_of
from analytics.summaries.snapshots import current_state

# What names a value; the day that is given of a queue's count only.
VALUE = ("subject", "value", "number")
# To read so many rows of days is quicker than to write the query that adds them up.
FEW_DAYS = 92
NO_DAY = Value(None, DateField())
DAY_OF_QUEUE = Case(When(subject=Subject.QUEUE, then=F("day")), output_field=DateField())


class SummaryReader:
    """The figures of one scope, each part loaded when first used.

    Durations are in microseconds, counts are of what their names say.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    # What to read ---------------------------------------------------------------------------

    @property
    def stale_sessions(self) -> list[int]:
        """The sessions whose summary is out of date."""
        return list(current_state().status.stale)

    @property
    def rollups(self) -> RollupSelection:
        """The roll-ups that may be used for the scope's days."""
        return current_state().select_rollups(self.scope.start, self.scope.end)

    @property
    def day_filter(self) -> Q:
        """The condition on a session's ``day``."""
        condition = Q()
        if self.scope.start is not None:
            condition &= Q(day__gte=self.scope.start)
        if self.scope.end is not None:
            condition &= Q(day__lte=self.scope.end)
        return condition

    @property
    def moderator_filter(self) -> Q:
        """The condition on the moderator of a session's row."""
        return Q() if self.scope.moderator is None else Q(moderator=self.scope.moderator)

    @property
    def uses_raw_rows(self) -> bool:
        """Whether only the raw rows answer: the summaries' days are those of another TIME_ZONE."""
        return current_state().status.time_zone_changed

    def raw_rows(self, raw: type[models.Model]) -> QuerySet[Any]:
        """The view's rows of the scope's sessions, chosen by the instants they started."""
        return raw._default_manager.filter(session_id__in=self.scope.sessions().values("pk"))

    @cached_property
    def subset_filter(self) -> Q:
        """The condition on a session's row by the filters that no roll-up knows."""
        condition = self.scope.session_only_filter
        return Q(session_id__in=Session.objects.filter(condition)) if condition else Q()

    @property
    def uses_rollups(self) -> bool:
        """Whether roll-ups can answer, not only the rows of sessions."""
        return self.scope.session is None and not self.subset_filter

    @property
    def is_everyone(self) -> bool:
        """Whether the scope is everybody's sessions, limited by days at most."""
        return self.scope.moderator is None and self.uses_rollups

    @property
    def is_one_moderator(self) -> bool:
        """Whether the scope is one moderator's sessions, limited by days at most."""
        return self.scope.moderator is not None and self.uses_rollups

    @property
    def has_few_days(self) -> bool:
        """Whether the scope is everybody's sessions of so few days that all of them are read."""
        start, end = self.scope.start, self.scope.end
        if start is None or end is None or self.single_rollup is not None:
            return False
        return self.is_everyone and (end - start).days < FEW_DAYS

    @property
    def single_rollup(self) -> Span | None:
        """The one roll-up that holds everyone's whole scope, if there is one."""
        return self.rollups.single if self.is_everyone else None

    def sources_beyond_rollups(
        self, stored: type[models.Model], raw: type[models.Model]
    ) -> Iterator[QuerySet[Any]]:
        """Querysets of what no roll-up holds: stored rows of sessions, and raw ones.

        Of a single session the raw rows are few, and the only ones read.
        """
        if self.uses_raw_rows:
            yield self.raw_rows(raw)
            return
        if self.scope.session is not None:
            yield raw._default_manager.filter(
                self.day_filter, self.subset_filter, session_id=self.scope.session.pk
            )
            return
        if not self.uses_rollups:
            yield from self.session_sources(stored, raw)
            return
        if self.rollups.days_without_rollup:
            rows = stored._default_manager.filter(
                self.moderator_filter, day__in=self.rollups.days_without_rollup
            )
            yield rows.exclude(session_id__in=self.stale_sessions)
        if self.stale_sessions:
            yield raw._default_manager.filter(
                self.moderator_filter, self.day_filter, session_id__in=self.stale_sessions
            )

    def rollup_totals(self, condition: Q) -> QuerySet[PeriodTotals]:
        """The built totals of the scope's moderator, or everyone's."""
        if not self.uses_rollups:
            return PeriodTotals.objects.none()
        whose = Q(moderator__isnull=True) if self.scope.moderator is None else self.moderator_filter
        return PeriodTotals.objects.filter(condition, whose)

    # Counters -------------------------------------------------------------------------------

    @cached_property
    def totals_beyond_rollups(self) -> list[CounterRow]:
        """The counters that no roll-up holds, by day and moderator."""
        rows: list[CounterRow] = []
        for sessions in self.sources_beyond_rollups(SessionTotals, RawTotals):
            grouped = sessions.annotate(**SESSION_EXPRESSIONS).values(
                "day", "moderator_id", username=F("moderator__username")
            )
            rows.extend(grouped.annotate(**SESSION_AGGREGATES).order_by())
        return rows

    @cached_property
    def totals(self) -> CounterRow:
        """The counters of the whole scope."""
        total = empty_counters()
        if self.is_one_moderator or self.has_few_days:
            # Their days are few, and asked for by most pages: no second query.
            for row in self.by_day.values():
                add_counters(total, row)
            return total
        built = self.rollup_totals(self.usable_rollups.built)
        if self.single_rollup is not None:
            return {**built.values("moderators", *SUM_COLUMNS, *MIN_COLUMNS, *MAX_COLUMNS).get()}
        add_counters(total, built.aggregate(**PERIOD_AGGREGATES))
        for row in self.totals_beyond_rollups:
            add_counters(total, row)
        return total

    @property
    def usable_rollups(self) -> RollupSelection:
        """The roll-ups that may be used; none where only the rows of sessions answer."""
        if not self.uses_rollups:
            return RollupSelection(NO_ROWS, NO_ROWS, frozenset(), None)
        return self.rollups

    @cached_property
    def by_day(self) -> dict[date, CounterRow]:
        """The counters of each day with a session, and how many moderators; in order."""
        days: dict[date, CounterRow] = {}
        built = self.rollup_totals(self.usable_rollups.day_rollups)
        for row in built.values("start", "moderators", *SUM_COLUMNS, *MIN_COLUMNS, *MAX_COLUMNS):
            days[row.pop("start")] = row
        people: dict[date, set[int]] = defaultdict(set)
        for row in self.totals_beyond_rollups:
            day = row["day"]
            people[day].add(row["moderator_id"])
            add_counters(days.setdefault(day, empty_counters()), row)
            days[day]["moderators"] = len(people[day])
        return dict(sorted(days.items()))

    @cached_property
    def by_moderator(self) -> list[ModeratorTotals]:
        """The counters of each moderator with a session, in code-point order of the names."""
        if self.scope.moderator is not None and self.is_one_moderator:
            own = ModeratorTotals(
                self.scope.moderator.username, *(self.totals[name] for name in MODERATOR_COUNTERS)
            )
            return [own] if self.moderators else []
        people: list[ModeratorTotals] = []
        if self.uses_rollups:
            built = PeriodTotals.objects.filter(self.rollups.built, moderator__isnull=False)
            if self.single_rollup is not None:
                rows = built.values_list("moderator__username", *MODERATOR_COUNTERS)
            else:
                named = built.values_list("moderator__username")
                rows = named.annotate(*(PERIOD_AGGREGATES[name] for name in MODERATOR_COUNTERS))
            people.extend(map(ModeratorTotals._make, rows.order_by()))
        if self.totals_beyond_rollups:
            people = self.add_totals_beyond_rollups(people)
        return sorted(people)

    def add_totals_beyond_rollups(self, people: list[ModeratorTotals]) -> list[ModeratorTotals]:
        """The same with the counters that no roll-up holds."""
        by_name: dict[str, list[int]] = {person[0]: list(person[1:]) for person in people}
        for row in self.totals_beyond_rollups:
            counters = by_name.setdefault(row["username"], [0] * len(MODERATOR_COUNTERS))
            for at, name in enumerate(MODERATOR_COUNTERS):
                counters[at] += row[name] or 0
        return [ModeratorTotals(username, *counters) for username, counters in by_name.items()]

    @cached_property
    def moderators(self) -> int:
        """How many moderators have a session in scope."""
        if self.is_one_moderator:
            return 1 if self.totals["sessions"] else 0
        ids = {row["moderator_id"] for row in self.totals_beyond_rollups}
        if self.uses_rollups:
            if self.single_rollup is not None:
                return int(self.totals["moderators"])
            built = PeriodTotals.objects.filter(
                self.rollups.built, self.moderator_filter, moderator__isnull=False
            )
            ids.update(built.values_list("moderator_id", flat=True).distinct().order_by())
        return len(ids)

    # Values ---------------------------------------------------------------------------------

    @cached_property
    def value_rows(self) -> list[tuple[str, str, float, date | None, int, int]]:
        """(subject, value, number, day, n, amount) of the scope; the day of queues, or None.

        A moderator's are read from their sessions: they are few, and roll-ups of values by
        moderator would be as many rows as the sessions'. Everyone's queues have no day here.
        """
        if self.single_rollup is not None:
            # One roll-up has each value once: nothing to add up.
            built = PeriodValue.objects.filter(self.rollups.built)
            return list(built.values_list(*VALUE, NO_DAY, "n", "amount"))
        of_day: Value | Case = DAY_OF_QUEUE
        if not self.uses_rollups:
            sources = list(self.sources_beyond_rollups(SessionValue, RawValue))
        elif self.scope.moderator is not None:
            sources = list(self.session_sources(SessionValue, RawValue))
        else:
            of_day = NO_DAY
            built = PeriodValue.objects.filter(self.rollups.built)
            sources = [built, *self.sources_beyond_rollups(SessionValue, RawValue)]
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

    def session_sources(
        self, stored: type[models.Model], raw: type[models.Model]
    ) -> Iterator[QuerySet[Any]]:
        """Querysets of all rows of the scope, session by session."""
        if self.uses_raw_rows:
            yield self.raw_rows(raw)
            return
        condition = self.moderator_filter & self.day_filter & self.subset_filter
        rows = stored._default_manager.filter(condition)
        if not self.stale_sessions:
            yield rows
            return
        yield rows.exclude(session_id__in=self.stale_sessions)
        yield raw._default_manager.filter(condition, session_id__in=self.stale_sessions)

    @cached_property
    def queues_by_day(self) -> dict[tuple[date, str], tuple[int, int]]:
        """(assignments, items) of each (day, queue), in order."""
        counts: dict[tuple[date, str], tuple[int, int]] = {}
        rows: list[tuple[date | None, str, int, int]] = []
        if self.is_everyone:
            built = PeriodValue.objects.filter(self.rollups.day_rollups, subject=Subject.QUEUE)
            ordered = built.order_by("start", "value")
            for start, queue, n, amount in ordered.values_list("start", "value", "n", "amount"):
                counts[start, queue] = (n, amount)
            for source in self.sources_beyond_rollups(SessionValue, RawValue):
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
        if self.uses_raw_rows:
            raw_views = VideoView.objects.filter(session__in=self.scope.sessions())
            return raw_views.aggregate(n=Count("video", distinct=True))["n"] or 0
        if self.scope.session is not None:
            views = self.raw_videos([self.scope.session.pk])
            return views.values("video_id").distinct().count()
        if self.single_rollup is not None:
            # Not the set itself, which is large.
            counted = PeriodVideos.objects.filter(period=self.single_rollup.period)
            return counted.values_list("unique_videos", flat=True).get()
        return len(self.seen_videos)

    @cached_property
    def seen_videos(self) -> BitMap:
        """The keys of the distinct videos that were seen."""
        if self.uses_raw_rows or self.scope.session is not None:
            views = VideoView.objects.filter(session__in=self.scope.sessions())
            known = views.filter(video__isnull=False).order_by()
            return BitMap(known.values_list("video_id", flat=True).distinct())
        sets: list[BitMap] = []
        if self.is_everyone:
            built = PeriodVideos.objects.filter(self.rollups.built)
            rows = SessionVideos.objects.filter(day__in=self.rollups.days_without_rollup)
            blobs = list(built.values_list("videos", flat=True))
        else:
            rows = SessionVideos.objects.filter(
                self.moderator_filter, self.day_filter, self.subset_filter
            )
            blobs = []
        if not self.is_everyone or self.rollups.days_without_rollup:
            fresh = rows.exclude(session_id__in=self.stale_sessions)
            blobs.extend(fresh.values_list("videos", flat=True))
        sets.append(union_of(blobs))
        if self.stale_sessions:
            raw = self.raw_videos(self.stale_sessions).values_list("video_id", flat=True)
            sets.append(BitMap(raw.distinct()))
        return BitMap.union(*sets)

    def raw_videos(self, sessions: list[int]) -> QuerySet[VideoView]:
        """These sessions' views in scope of known videos."""
        views = VideoView.objects.filter(video__isnull=False, session_id__in=sessions)
        return views.filter(session__in=self.scope.sessions()).order_by()

    # Sessions one by one --------------------------------------------------------------------

    @cached_property
    def session_rows(self) -> list[CounterRow]:
        """Each session's line, by time, then id: public id, moderator, start, unique, speed."""
        rows: list[CounterRow] = []
        names = ("started_at", "unique_videos", "speed_changes", "speed_sum")
        if self.scope.session is not None:
            sources = list(self.sources_beyond_rollups(SessionTotals, RawTotals))
        else:
            sources = list(self.session_sources(SessionTotals, RawTotals))
        for source in sources:
            rows.extend(
                source.values(
                    *names, public_id=F("session__public_id"), username=F("moderator__username")
                )
            )
        rows.sort(key=lambda row: (row["started_at"], row["public_id"]))
        return rows


def read_summaries(scope: Scope) -> SummaryReader:
    """The reader of ``scope``, one a snapshot; must be called inside a snapshot."""
    return current_state().cached(("summaries", scope), lambda: SummaryReader(scope))
