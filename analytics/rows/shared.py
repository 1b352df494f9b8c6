"""The records behind agreement: the last decisions of people on the same videos."""

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet
from numpy.typing import NDArray

from analytics.keyset import Ordering, Page, cut_page
from analytics.metrics.records import Part
from analytics.rows.lists import RecordList, began_at, first_sessions
from analytics.rows.selection import Selection
from analytics.rows.things import VideoThings
from analytics.summaries.agreement import (
    decided_as_others,
    last_views,
    own_last_decisions,
    read_shared_videos,
)


class SharedVideoThings(VideoThings):
    """The videos that two people or more decided."""

    @cached_property
    def count(self) -> int:
        """How many."""
        return len(self.keys)

    @cached_property
    def keys(self) -> Any:
        """Their keys."""
        return read_shared_videos(self.selection.scope).videos


class DecisionsOfVideo(RecordList):
    """Everyone's last decision on the row's video, whoever is asked about."""

    summary = None

    @property
    def rows(self) -> QuerySet[Any]:
        """A view a person."""
        days = replace(self.selection.scope, moderator=None)
        of_video = Q(video__public_id=self.selection.keys["video"])
        views = last_views(days, of_video, "session__moderator_id")
        return views.filter(self.selection.part.condition)


class ComparedDecisions(RecordList):
    """A person's last decisions on the videos on which the others are not divided equally.

    A page reads the sessions with the last decisions that it shows, and no others.
    """

    summary = None

    def __init__(self, selection: Selection, *, is_reversed: bool = False) -> None:
        super().__init__(selection, is_reversed=is_reversed)
        self.own = own_last_decisions(selection.scope)
        as_others = decided_as_others(selection.scope, self.own)
        self.is_compared, self.agrees = as_others != 0, as_others > 0

    @cached_property
    def count(self) -> int:
        """How many videos can be compared."""
        return int(self.is_compared.sum())

    @cached_property
    def numerator(self) -> int:
        """How many of them a rate counts."""
        return 0 if self.selection.numerator is None else int(self.agrees.sum())

    @property
    def rows(self) -> QuerySet[Any]:
        """A view a video."""
        return self.last_of(self.is_compared)

    @property
    def detailed_rows(self) -> QuerySet[Any]:
        """The same with what a list shows of each."""
        return self.detailed(self.rows, self.counted_among(self.is_compared))

    def read_page(self, ordering: Ordering, size: int, cursor: str | None) -> Page[Any]:
        """The ``size`` rows after a cursor in an order."""
        n = np.bincount(self.own.session[self.is_compared], minlength=len(self.own.sessions))
        n_by_session = dict(zip(self.own.sessions, n.tolist(), strict=True))
        some = {key: n for key, n in n_by_session.items() if n}
        sessions = first_sessions(some, size + 1, began_at(cursor, ordering), ordering)
        is_of_page = (
            self.is_compared & np.isin(np.array(self.own.sessions), sessions)[self.own.session]
        )
        rows = self.last_of(is_of_page).filter(session__in=sessions)
        return cut_page(self.detailed(rows, self.counted_among(is_of_page)), ordering, size, cursor)

    def last_of(self, chosen: NDArray[np.bool_]) -> QuerySet[Any]:
        """The views with the chosen decisions."""
        videos = Q(video__in=self.own.videos[chosen].tolist())
        return last_views(self.selection.scope, videos, "video_id")

    def counted_among(self, chosen: NDArray[np.bool_]) -> Part | None:
        """Those of the chosen that a rate counts."""
        if self.selection.counted is None:
            return None
        return Part(Q(video__in=self.own.videos[chosen & self.agrees].tolist()))
