"""Reading the summaries: the figures of a scope, from as few rows as hold them.

Roll-ups where they are built, the sessions' own rows for days whose roll-ups are pending, and
the raw rows for sessions that changed since they were summed: always exact, always current.
Nothing here writes, and nothing waits for a writer.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property, partial
from operator import itemgetter
from typing import TypeVar

from django.db.models import Case, Count, DateField, F, QuerySet, Sum, When
from pyroaring import BitMap

from analytics.models import (
    RawTotals,
    RawValue,
    SessionTotals,
    SessionValue,
    SessionVideos,
    Subject,
    VideoView,
)
from analytics.scope import Scope
from analytics.summaries.counters import (
    MODERATOR_COUNTERS,
    SESSION_AGGREGATES,
    SESSION_EXPRESSIONS,
    CounterRow,
    ModeratorTotals,
    add_counters,
    empty_counters,
)
from analytics.summaries.kept_rollups import parts_of, rows_of, whole_of
from analytics.summaries.medians import medians_us
from analytics.summaries.people import People, named_people, sum_people
from analytics.summaries.rollup_parts import (
    COUNTED,
    SESSION_LINE,
    PeopleRows,
    QueueRow,
    ValueRow,
    Values,
    add_values,
    load_own_sessions,
    load_own_values,
    load_own_videos,
    load_people,
    load_queues_by_day,
    load_totals,
    load_totals_by_day,
    load_videos,
    queue_row,
    values_of,
)
from analytics.summaries.rollups import union_of
from analytics.summaries.selection import BuiltRollup
from analytics.summaries.snapshots import current_state
from analytics.summaries.sources import SummarySources

Made = TypeVar("Made")

# What names a value; the day that is given of a queue's count only.
VALUE = ("subject", "value", "number")
DAY_OF_QUEUE = Case(When(subject=Subject.QUEUE, then=F("day")), output_field=DateField())


class SummaryReader(SummarySources):
    """The figures of one scope, each part loaded when first used.

    Durations are in microseconds, counts are of what their names say.
    """

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
        if self.single_rollup is not None:
            return parts_of("totals", self.built_rollups, load_totals)[0]
        total = empty_counters()
        if self.is_one_moderator or self.has_few_days:
            # Their days are few, and asked for by most pages: nothing more is read.
            rows: Iterable[CounterRow] = self.by_day.values()
        else:
            built = parts_of("totals", self.built_rollups, load_totals)
            rows = [*built, *self.totals_beyond_rollups]
        for row in rows:
            add_counters(total, row)
        return total

    @cached_property
    def by_day(self) -> dict[date, CounterRow]:
        """The counters of each day with a session, and how many moderators; in order."""
        days = dict(rows_of(self.load_by_day(self.by_month)))
        people: dict[date, set[int]] = defaultdict(set)
        for row in self.totals_beyond_rollups:
            day = row["day"]
            people[day].add(row["moderator_id"])
            # A copy: what is kept must not be changed.
            days[day] = {**days.get(day, empty_counters()), "moderators": len(people[day])}
            add_counters(days[day], row)
        return dict(sorted(days.items()))

    def made_of_days(self, name: str, make: Callable[[date, CounterRow], Made]) -> list[Made]:
        """What is made of each day's counters, in order of the days; it must not be changed.

        Kept where the days' counters are; ``name`` says what ``make`` makes.
        """

        def made(rollups: Sequence[BuiltRollup]) -> list[dict[date, Made]]:
            return [
                {day: make(day, row) for day, row in rows} for rows in self.load_by_day(rollups)
            ]

        kept: dict[date, Made] = {}
        for part in parts_of((name, self.whose), self.by_month, made):
            kept |= part
        return [
            kept[day] if day in kept else make(day, counters)
            for day, counters in self.by_day.items()
        ]

    def load_by_day(self, rollups: Sequence[BuiltRollup]) -> list[list[tuple[date, CounterRow]]]:
        """The counters of the days of roll-ups, everyone's or the moderator's."""
        load = partial(load_totals_by_day, moderator=self.whose)
        return parts_of(("totals by day", self.whose), rollups, load)

    @cached_property
    def people_rows(self) -> PeopleRows:
        """The counters of each moderator with a session, in no order."""
        built = parts_of("people", self.built_rollups, load_people)
        if self.single_rollup is not None:
            return built[0]
        beyond = [
            (row["moderator_id"], *(row[name] or 0 for name in MODERATOR_COUNTERS))
            for row in self.totals_beyond_rollups
        ]
        before = whole_of(
            "people before the newest", self.built_rollups[:-1], partial(sum_people, built[:-1])
        )
        return sum_people([before, *built[-1:], beyond])

    @cached_property
    def people(self) -> People:
        """The counters of each moderator with a session, in code-point order of the names."""
        if self.scope.moderator is None or not self.is_one_moderator:
            return named_people(self.people_rows)
        if not self.moderators:
            return People([], sum_people([]))
        own = (self.scope.moderator.pk, *(self.totals[name] for name in MODERATOR_COUNTERS))
        return People([self.scope.moderator.username], sum_people([[own]]))

    @property
    def by_moderator(self) -> list[ModeratorTotals]:
        """The same, a tuple each."""
        names, rows = self.people
        counters = rows[:, 1:].tolist()
        return [ModeratorTotals(name, *row) for name, row in zip(names, counters, strict=True)]

    @cached_property
    def moderators(self) -> int:
        """How many moderators have a session in scope."""
        if self.is_one_moderator:
            return 1 if self.totals["sessions"] else 0
        if self.single_rollup is not None:
            return int(self.totals["moderators"])
        return len(self.people_rows)

    # Values ---------------------------------------------------------------------------------

    @cached_property
    def value_rows(self) -> list[ValueRow]:
        """The values that are ``COUNTED`` of a moderator's sessions, or that no roll-up holds.

        A moderator's are those of their sessions: they are few, and roll-ups of values by
        moderator would be as many rows as the sessions'.
        """
        rows: list[ValueRow] = []
        if self.whose is not None:
            load = partial(load_own_values, moderator=self.whose)
            rows.extend(rows_of(parts_of(("values", self.whose), self.by_month, load)))
        for source in self.sources_beyond_rollups(SessionValue, RawValue):
            counted = source.filter(subject__in=COUNTED).values_list(*VALUE, DAY_OF_QUEUE)
            rows.extend(counted.annotate(Sum("n"), Sum("amount")).order_by())
        return rows

    @cached_property
    def values(self) -> Values:
        """By subject, (n, amount) of each (value, number); see ``models.Subject``."""
        if self.single_rollup is not None:
            return values_of(self.built_rollups)
        return self.of_rollups("values", self.sum_values)

    def sum_values(self) -> Values:
        """The values of roll-ups, and those of sessions."""
        built = values_of(self.built_rollups) if self.whose is None else {}
        if not self.value_rows:
            return built
        others: Values = {}
        for subject, value, number, _day, n, amount in self.value_rows:
            counts = others.setdefault(subject, {})
            before = counts.get((value, number), (0, 0))
            counts[value, number] = (before[0] + n, before[1] + amount)
        return add_values([built, others])

    @cached_property
    def queue_rows(self) -> list[QueueRow]:
        """The active assignments of each queue on each day, in order; they must not be changed."""
        rows: list[QueueRow] = []
        if self.is_everyone:
            rows.extend(rows_of(parts_of("queues by day", self.by_month, load_queues_by_day)))
        others: dict[tuple[date, str], tuple[int, int]] = {}
        for _subject, queue, _number, day, n, amount in self.value_rows:
            if day is not None:
                before = others.get((day, queue), (0, 0))
                others[day, queue] = (before[0] + n, before[1] + amount)
        # Of everyone's roll-ups nothing is left to sort.
        if others:
            rows.extend(queue_row(*key, *counts) for key, counts in others.items())
            rows.sort(key=itemgetter("day", "queue"))
        return rows

    @cached_property
    def queues_by_day(self) -> dict[tuple[date, str], tuple[int, int]]:
        """(assignments, items) of each (day, queue), in order."""
        return {
            (row["day"], row["queue"]): (row["assignments"], row["items"])
            for row in self.queue_rows
        }

    @cached_property
    def idle_medians_us(self) -> dict[str, float]:
        """The exact median length of the idle intervals of each kind, in microseconds."""
        counts = self.values.get(Subject.IDLE, {})
        return self.of_rollups("medians", lambda: medians_us(self, counts))

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
            return int(self.totals["unique_videos"])
        return self.of_rollups("unique videos", lambda: len(self.seen_videos))

    @cached_property
    def seen_videos(self) -> BitMap:
        """The keys of the distinct videos that were seen."""
        if self.uses_raw_rows or self.scope.session is not None:
            views = VideoView.objects.filter(session__in=self.scope.sessions())
            known = views.filter(video__isnull=False).order_by()
            return BitMap(known.values_list("video_id", flat=True).distinct())
        if self.whose is None:
            sets = parts_of("videos", self.built_rollups, load_videos)
        else:
            load = partial(load_own_videos, moderator=self.whose)
            sets = parts_of(("videos", self.whose), self.by_month, load)
        for rows in self.stored_beyond_rollups(SessionVideos):
            sets.append(union_of(list(rows.values_list("videos", flat=True))))
        if self.stale_sessions:
            raw = self.raw_videos(self.stale_sessions).values_list("video_id", flat=True)
            sets.append(BitMap(raw.distinct()))
        return BitMap.union(BitMap(), *sets)

    def raw_videos(self, sessions: list[int]) -> QuerySet[VideoView]:
        """These sessions' views in scope of known videos."""
        views = VideoView.objects.filter(video__isnull=False, session_id__in=sessions)
        return views.filter(session__in=self.scope.sessions()).order_by()

    # Sessions one by one --------------------------------------------------------------------

    @cached_property
    def session_rows(self) -> list[CounterRow]:
        """Each session's line (``SESSION_LINE``) and moderator, by time, then public id."""
        rows: list[CounterRow] = []
        whose = self.scope.moderator
        read_sources = self.session_sources
        if whose is not None and self.is_one_moderator:
            load = partial(load_own_sessions, moderator=whose.pk)
            for line in rows_of(parts_of(("sessions", whose.pk), self.by_month, load)):
                row = dict(zip(SESSION_LINE, line, strict=True))
                rows.append(row | {"username": whose.username})
        if self.is_one_moderator or self.scope.session is not None:
            read_sources = self.sources_beyond_rollups
        names = {"public_id": F("session__public_id"), "username": F("moderator__username")}
        for source in read_sources(SessionTotals, RawTotals):
            rows.extend(source.values(*SESSION_LINE[1:], **names))
        rows.sort(key=lambda row: (row["started_at"], row["public_id"]))
        return rows


def read_summaries(scope: Scope) -> SummaryReader:
    """The reader of ``scope``, one a snapshot; must be called inside a snapshot."""
    return current_state().cached(("summaries", scope), lambda: SummaryReader(scope))
