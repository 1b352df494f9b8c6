"""Reading how far people agree in a scope's days: a roll-up, or the decisions of the sessions.

Always exact and current, as what ``analytics.summaries.reading`` reads is: sessions that changed
since they were summed are read from the raw rows.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from analytics.models import PeriodAgreement, RawDecisions, SessionDecisions
from analytics.scope import Scope
from analytics.summaries.reading import read_summaries
from analytics.summaries.rollups import (
    ALL_TIME,
    DECISION_FIELDS,
    Span,
    month_of,
    year_of,
)
from analytics.summaries.shared_videos import (
    KEPT,
    PersonAgreement,
    SessionRow,
    SharedVideos,
    against_others,
    shared_videos,
)
from analytics.summaries.snapshots import current_state


class RolledUpVideos:
    """What a roll-up holds, each part read when it is asked for; see ``SharedVideos``."""

    def __init__(self, row: PeriodAgreement) -> None:
        self.row = row

    @cached_property
    def patterns(self) -> dict[tuple[int, int], int]:
        """How many videos there are of each (accepted, rejected)."""
        return {(accepted, rejected): n for accepted, rejected, n in self.row.patterns}

    @cached_property
    def people(self) -> list[PersonAgreement]:
        """Each moderator's decisions against the others'."""
        return [PersonAgreement(*person) for person in self.row.people]

    @cached_property
    def videos(self) -> BitMap:
        """The ids of the videos decided by several."""
        return BitMap.deserialize(bytes(self.row.videos))

    @cached_property
    def disputed(self) -> NDArray[np.int32]:
        """(id, accepted, rejected), the most divided first."""
        return np.frombuffer(self.row.disputed, KEPT).reshape(-1, 3)


def read_shared_videos(scope: Scope) -> SharedVideos | RolledUpVideos:
    """The videos that several people decided in the scope's days, whoever the scope is about.

    Must be called inside a snapshot.
    """
    days = replace(scope, moderator=None, session=None)
    return current_state().cached(
        ("shared videos", days), lambda: rolled_up(days) or shared_videos(decisions_of(days))
    )


def rolled_up(days: Scope) -> RolledUpVideos | None:
    """The roll-up of exactly these days; None where none is built or may be used."""
    span = span_of(days)
    status = current_state().status
    if span is None or span not in status.built or status.time_zone_changed:
        return None
    if any(span.start <= day < span.stop for day in status.unusable_days):
        return None
    rows = PeriodAgreement.objects.filter(period=span.period, start=span.start)
    row = rows.defer("people", "videos", "disputed").first()
    return None if row is None else RolledUpVideos(row)


def span_of(days: Scope) -> Span | None:
    """The month, year or all time that a scope's days are exactly."""
    if days.session_only_filter:
        return None
    if days.start is None and days.end is None:
        return ALL_TIME
    if days.start is None or days.end is None:
        return None
    spans = (month_of(days.start), year_of(days.start))
    return next((s for s in spans if s.start == days.start and s.last == days.end), None)


def decisions_against_others(scope: Scope) -> dict[int, bool]:
    """Of a scope's moderator: the videos that can be compared, and whether most others agree."""
    assert scope.moderator is not None
    days = replace(scope, moderator=None)
    return against_others(decisions_of(days), scope.moderator.pk)


def decisions_of(scope: Scope) -> Iterator[SessionRow]:
    """Yield the decisions of a scope's sessions."""
    for source in read_summaries(scope).session_sources(SessionDecisions, RawDecisions):
        yield from map(SessionRow._make, source.values_list(*DECISION_FIELDS))
