"""The views that a draw has chosen, read one by one: of ten million views only those are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from analytics.models import DECIDED, VIDEO_NAME, Decision, SampleMethod, VideoView
from analytics.scope import Scope
from analytics.summaries.agreement import own_last_decisions, read_shared_videos
from analytics.summaries.standbys import reading_connection

#: More views than this nobody works through.
MAX_SAMPLE = 10_000
#: Each disputed video has so many decided views or more.
MIN_DISPUTED_VIEWS = 2


@dataclass(frozen=True)
class DrawnView:
    """A view that was drawn, with what it says; ``stratum`` counts the plan's from 0."""

    session: str
    position: int
    video: str
    decision: str
    stratum: int


class ChosenPlace(NamedTuple):
    """Which view was chosen: of a session's views, those of ``queue`` if given, one from 0.

    An empty queue is the unknown one.
    """

    stratum: int
    session: int
    place: int
    queue: str | None


# For each chosen place one view is found by the index of a session's positions. The ORM has no
# lateral joins: it would read all views of each session.
VIEWS_AT_PLACES = """
SELECT session.public_id, view.position, coalesce(video.public_id, ''), view.decision,
       chosen.stratum
FROM unnest(%s::int[], %s::bigint[], %s::int[], %s::text[])
     WITH ORDINALITY AS chosen (stratum, session_id, place, queue, number)
CROSS JOIN LATERAL (
    SELECT position, decision, video_id FROM analytics_videoview
    WHERE session_id = chosen.session_id AND decision = ANY(%s)
      AND (chosen.queue IS NULL OR coalesce(queue, '') = chosen.queue)
    ORDER BY position OFFSET chosen.place LIMIT 1
) AS view
JOIN analytics_session AS session ON session.id = chosen.session_id
LEFT JOIN analytics_video AS video ON video.id = view.video_id
ORDER BY chosen.number
"""


def views_at(places: Sequence[ChosenPlace], method: str) -> list[DrawnView]:
    """The views at places, in their order.

    Outside of a transaction of its own a view may have been deleted since it was counted: there is
    none then.
    """
    decisions = [Decision.REJECTED.value] if method == SampleMethod.REJECTS else list(DECIDED)
    columns = [list(column) for column in zip(*places, strict=True)] or [[], [], [], []]
    with reading_connection().cursor() as cursor:
        cursor.execute(VIEWS_AT_PLACES, [*columns, decisions])
        return [DrawnView(*row) for row in cursor.fetchall()]


def count_views_of_disputed(scope: Scope) -> int:
    """How many views ``views_of_disputed`` has to draw from: at most ``MAX_SAMPLE``."""
    videos = disputed_videos(scope)
    if scope.moderator is None and len(videos) * MIN_DISPUTED_VIEWS >= MAX_SAMPLE:
        return MAX_SAMPLE
    return min(MAX_SAMPLE, decided_views(scope, videos[:MAX_SAMPLE]).count())


def views_of_disputed(scope: Scope, size: int) -> list[DrawnView]:
    """The first ``size`` decided views of the most divided videos, those first."""
    most = size if scope.moderator is not None else -(-size // MIN_DISPUTED_VIEWS)
    videos = disputed_videos(scope)[:most]
    rank = {video: at for at, video in enumerate(videos.tolist())}
    views = decided_views(scope, videos).values_list(
        "video_id",
        "session__started_at",
        "session__public_id",
        "position",
        VIDEO_NAME,
        "decision",
    )
    in_order = sorted(views, key=lambda view: (rank[view[0]], *view[1:4]))
    return [
        DrawnView(session, position, video, decision, stratum=0)
        for _video, _at, session, position, video, decision in in_order[:size]
    ]


def disputed_videos(scope: Scope) -> NDArray[np.int32]:
    """The ids of the scope's disputed videos, the most divided first."""
    videos: NDArray[np.int32] = read_shared_videos(scope).disputed[:, 0]
    if scope.moderator is None:
        return videos
    return videos[np.isin(videos, own_last_decisions(scope).videos)]


def decided_views(scope: Scope, videos: NDArray[np.int32]) -> QuerySet[VideoView]:
    """The scope's decided views of some videos, in no order."""
    decided = VideoView.objects.filter(video__in=videos.tolist(), decision__in=DECIDED)
    return decided.filter(scope.session_filter("session__")).order_by()
