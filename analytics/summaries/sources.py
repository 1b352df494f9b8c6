"""What a scope's figures are read from: roll-ups, stored rows of sessions, and raw ones."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q, QuerySet

from analytics.models import Session
from analytics.scope import Scope
from analytics.summaries.kept_rollups import whole_of
from analytics.summaries.rollup_parts import days_within
from analytics.summaries.rollups import Span
from analytics.summaries.selection import BuiltRollup, RollupSelection
from analytics.summaries.snapshots import current_state

Loaded = TypeVar("Loaded")

# To read so many rows of days is quicker than to write the query that adds them up.
FEW_DAYS = 92


class SummarySources:
    """Where the figures of one scope are: as few rows as hold them, none of them out of date."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @cached_property
    def stale_sessions(self) -> list[int]:
        """The sessions of the range whose summary is out of date."""
        first, last = self.scope.start or date.min, self.scope.end or date.max
        return [
            session
            for session, days in current_state().status.stale.items()
            if any(first <= day <= last for day in days)
        ]

    @cached_property
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

    @cached_property
    def uses_rollups(self) -> bool:
        """Whether roll-ups can answer, not only the rows of sessions."""
        return self.scope.session is None and not self.subset_filter

    @cached_property
    def is_everyone(self) -> bool:
        """Whether the scope is everybody's sessions, limited by days at most."""
        return self.scope.moderator is None and self.uses_rollups

    @property
    def whose(self) -> int | None:
        """The key of the scope's moderator."""
        return None if self.scope.moderator is None else self.scope.moderator.pk

    @cached_property
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

    @cached_property
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
        yield from self.stored_beyond_rollups(stored)
        if self.stale_sessions:
            yield raw._default_manager.filter(
                self.moderator_filter, self.day_filter, session_id__in=self.stale_sessions
            )

    def stored_beyond_rollups(self, stored: type[models.Model]) -> Iterator[QuerySet[Any]]:
        """The stored rows of the sessions that no roll-up holds; nothing where there are none."""
        if not self.uses_rollups:
            rows = stored._default_manager.filter(
                self.moderator_filter, self.day_filter, self.subset_filter
            )
        elif self.rollups.days_without_rollup:
            rows = stored._default_manager.filter(
                self.moderator_filter, day__in=self.rollups.days_without_rollup
            )
        else:
            return
        yield rows.exclude(session_id__in=self.stale_sessions)

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
    def usable_rollups(self) -> RollupSelection:
        """The roll-ups that may be used; none where only the rows of sessions answer."""
        return self.rollups if self.uses_rollups else RollupSelection()

    @cached_property
    def built_rollups(self) -> list[BuiltRollup]:
        """The largest built roll-ups that make up the range, days where there are no others.

        The newest is the last.
        """
        selection = self.usable_rollups
        days = days_within(selection.stretches, selection.by_month)
        return sorted((*selection.longer, *days), key=lambda rollup: rollup.span.start)

    @property
    def by_month(self) -> tuple[BuiltRollup, ...]:
        """The same days by month, for what is read by day or is a moderator's."""
        return self.usable_rollups.by_month

    @property
    def whole_rollups(self) -> Sequence[BuiltRollup] | None:
        """The roll-ups that everyone's or a moderator's whole range is; None where it is not."""
        if not self.uses_rollups or self.uses_raw_rows or self.rollups.days_without_rollup:
            return None
        return self.built_rollups if self.whose is None else self.by_month

    def of_rollups(self, name: Hashable, load: Callable[[], Loaded]) -> Loaded:
        """What is found of everyone's or a moderator's whole range, kept if roll-ups are all.

        ``name`` says what is found, and all that it is made of beside the roll-ups.
        """
        rollups = self.whole_rollups
        return load() if rollups is None else whole_of((name, self.whose), rollups, load)
