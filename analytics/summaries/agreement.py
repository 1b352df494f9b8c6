"""Reading how far people agree in a scope's days: a roll-up, or the decisions of the sessions.

Always exact and current, as what ``analytics.summaries.reading`` reads is: sessions that changed
since they were summed are read from the raw rows.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cached_property

import numpy as np
from django.db.models import Q, QuerySet
from numpy.typing import NDArray
from pyroaring import BitMap

from analytics.models import (
    Period,
    PeriodAgreement,
    PeriodVideos,
    RawDecisions,
    SessionDecisions,
    VideoView,
)
from analytics.scope import Scope
from analytics.summaries.agreement_rollups import DECISION_FIELDS
from analytics.summaries.reading import read_summaries
from analytics.summaries.rollups import (
    ALL_TIME,
    Span,
    month_of,
    year_of,
)
from analytics.summaries.shared_videos import (
    KEPT,
    LastDecisions,
    PersonAgreement,
    SessionRow,
    SharedVideos,
    against_others,
    all_last_decisions,
    last_decisions,
)
from analytics.summaries.snapshots import current_state

DECIDED = Q(decision__in=("accepted", "rejected"))
#: Of some half a kilobyte each.
SESSIONS_AT_ONCE = 500
#: From the last view of a video on.
LAST_FIRST = ("-session__started_at", "-session__public_id", "-position")


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
        ("shared videos", days), lambda: rolled_up(days) or SharedVideos(decisions_of(days))
    )


def rolled_up(days: Scope) -> RolledUpVideos | None:
    """The roll-up of just the sessions of these days; None where none is built or may be used."""
    span = span_of(days)
    if span is None:
        return None
    rows = PeriodAgreement.objects.filter(period=span.period, start=span.start)
    row = rows.defer("people", "videos", "disputed").first()
    return None if row is None else RolledUpVideos(row)


def span_of(days: Scope) -> Span | None:
    """The built period that has all sessions of a scope's days, and no others.

    Not only a whole month or year: this month up to yesterday is one, too.
    """
    status = current_state().status
    if days.session_only_filter or status.time_zone_changed:
        return None
    anchor = days.start or days.end
    around: list[Span] = [] if anchor is None else [month_of(anchor), year_of(anchor)]
    first, last = days.start or date.min, days.end or date.max
    of_scope = days_within(first, last)
    for span in (*around, ALL_TIME):
        either = min(first, span.start), max(last, span.last)
        is_usable = not any(either[0] <= day <= either[1] for day in status.unusable_days)
        if span in status.built and is_usable and days_within(span.start, span.last) == of_scope:
            return span
    return None


def days_within(first: date, last: date) -> range:
    """Which of the days that have roll-ups, those with a session, lie between two days."""
    days = current_state().cached(
        "days with roll-ups",
        lambda: list(
            PeriodVideos.objects.filter(period=Period.DAY)
            .order_by("start")
            .values_list("start", flat=True)
        ),
    )
    return range(bisect_left(days, first), bisect_right(days, last))


def own_last_decisions(scope: Scope) -> LastDecisions:
    """The last decisions of a scope's moderator in its days."""
    assert scope.moderator is not None
    found = all_last_decisions(decisions_of(scope))
    return found[0] if found else last_decisions(scope.moderator.pk, [])


def decided_as_others(scope: Scope, own: LastDecisions) -> NDArray[np.int8]:
    """Of a moderator's last decisions in a scope: see ``against_others``."""
    shared = read_shared_videos(scope)
    return against_others(own, shared.videos, shared.disputed)


def decisions_of(scope: Scope) -> Iterator[SessionRow]:
    """Yield the decisions of a scope's sessions."""
    for source in read_summaries(scope).session_sources(SessionDecisions, RawDecisions):
        rows = source.values_list(*DECISION_FIELDS).iterator(SESSIONS_AT_ONCE)
        yield from map(SessionRow._make, rows)


def last_views(scope: Scope, condition: Q, each: str) -> QuerySet[VideoView]:
    """The last decided view of ``each`` (a field) in scope."""
    decided = VideoView.objects.filter(scope.session_filter("session__"), DECIDED, condition)
    last = decided.order_by(each, *LAST_FIRST).distinct(each)
    return VideoView.objects.filter(pk__in=last.values("pk"))
