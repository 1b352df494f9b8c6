"""The records behind agreement: the last decisions of people on the same videos."""

from dataclasses import replace
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from analytics.metrics.records import Part
from analytics.models import VideoView
from analytics.rows.lists import RecordList
from analytics.rows.selection import Selection
from analytics.rows.things import VideoThings
from analytics.scope import Scope
from analytics.summaries.agreement import decisions_against_others, read_shared_videos

DECIDED = Q(decision__in=("accepted", "rejected"))
#: From the last view of a video on.
LAST_FIRST = ("-session__started_at", "-session__public_id", "-position")


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


def last_views(scope: Scope, condition: Q, each: str) -> QuerySet[VideoView]:
    """The last decided view of ``each`` (a field) in scope."""
    decided = VideoView.objects.filter(scope.session_filter("session__"), DECIDED, condition)
    last = decided.order_by(each, *LAST_FIRST).distinct(each)
    return VideoView.objects.filter(pk__in=last.values("pk"))


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
    """A person's last decisions on the videos on which the others are not divided equally."""

    summary = None

    def __init__(self, selection: Selection, *, is_reversed: bool = False) -> None:
        compared = decisions_against_others(selection.scope)
        if selection.counted is not None:
            agreeing = [video for video, agrees in compared.items() if agrees]
            part = Part(Q(video__in=agreeing))
            selection = replace(selection, counted=part, numerator=part)
        super().__init__(selection, is_reversed=is_reversed)
        self.videos = list(compared)

    @property
    def rows(self) -> QuerySet[Any]:
        """A view a video."""
        return last_views(self.selection.scope, Q(video__in=self.videos), "video_id")
