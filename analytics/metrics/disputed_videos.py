"""The videos that some accepted and others rejected, the most divided first."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from analytics.metrics import drawing
from analytics.metrics.agreement import OF_OTHERS
from analytics.metrics.records import VIDEOS as VIDEO_RECORDS
from analytics.metrics.records import CountOfVideo, Key, Part
from analytics.metrics.registry import MAX_POINTS, metric
from analytics.metrics.results import Column, Result, Row
from analytics.models import Decision
from analytics.names import normalise
from analytics.scope import PEOPLE_PARAMETERS, Scope
from analytics.summaries.agreement import last_views, own_last_decisions, read_shared_videos
from analytics.summaries.snapshots import snapshot
from analytics.summaries.standbys import reading_connection

#: A moderator learns of a video what the others decided only with so many of them.
MIN_OTHERS = 4


def people_who(name: str, *decisions: Decision) -> Column:
    """The column of how many people decided so."""
    part = Part(Q(decision__in=[decision.value for decision in decisions]))
    records = CountOfVideo(VIDEO_RECORDS, part, needs_key=True)
    return Column(name, name.capitalize(), "integer", "people", records)


VIDEO = Column("video", "Video", "text", key=Key())


def disputed_head(scope: Scope) -> Result:
    """The first rows of ``disputed_videos``, for cards; ``n`` counts all."""
    with snapshot():
        disputed = disputed_in(scope)
        return Result(disputed_rows(disputed, MAX_POINTS), n=len(disputed))


def own_disputed_videos(scope: Scope) -> Result:
    """A moderator's own decisions on disputed videos, beside the number of others who differ.

    Only of videos with so many others that nobody of them is told apart.
    """
    with snapshot():
        disputed = disputed_in(scope)
        many = disputed[disputed[:, 1:].sum(axis=1) > MIN_OTHERS]
        accepted = {video for video, is_accepted in own_decisions(scope) if is_accepted}
        names = video_names(many[:, 0])
    rows: list[Row] = [
        {
            "video": names[video],
            "decision": "accepted" if video in accepted else "rejected",
            "otherwise": n_rejected if video in accepted else n_accepted,
        }
        for video, n_accepted, n_rejected in many.tolist()
    ]
    return Result(rows, n=len(rows))


def disputed_by_name(scope: Scope, keys: Mapping[str, str]) -> Result:
    """The rows of ``disputed_videos`` of one name, from the views of that video."""
    rows: list[Row] = []
    for name in dict.fromkeys((keys["video"], normalise(keys["video"]))):
        views = last_views(
            replace(scope, moderator=None), Q(video__public_id=name), "session__moderator_id"
        )
        decisions = dict(views.values_list("session__moderator_id", "decision"))
        is_asked_for = scope.moderator is None or scope.moderator.pk in decisions
        accepted = list(decisions.values()).count(Decision.ACCEPTED)
        rejected = len(decisions) - accepted
        if is_asked_for and accepted and rejected:
            rows.append(disputed_row(name, accepted, rejected))
    return Result(rows, n=len(rows))


@metric(
    title="Disputed videos",
    group="quality",
    counted="videos",
    drawing=drawing.Table(segments=("accepted", "rejected"), span=12),
    columns=(
        VIDEO,
        people_who("accepted", Decision.ACCEPTED),
        people_who("rejected", Decision.REJECTED),
        people_who("moderators", Decision.ACCEPTED, Decision.REJECTED),
    ),
    parameters=PEOPLE_PARAMETERS,
    condensed=disputed_head,
    find=disputed_by_name,
    own=own_disputed_videos,
    own_columns=(
        VIDEO,
        Column("decision", "Your decision", "text", without_records=OF_OTHERS),
        Column("otherwise", "Decided otherwise", "integer", "others", without_records=OF_OTHERS),
    ),
)
def disputed_videos(scope: Scope) -> Result:
    """The videos that some moderators accepted and others rejected, the most divided first.

    In order of the smaller number over all who decided, then of how many decided, then by video. Of
    each moderator's decided views of a video in the dates the last counts. Of one moderator: the
    videos that they decided, with everyone's decisions. Moderators get their own decision and how
    many others decided otherwise, of videos that four or more others decided.
    """
    with snapshot():
        disputed = disputed_in(scope)
        return Result(disputed_rows(disputed, len(disputed)), n=len(disputed))


Disputed = NDArray[np.int32]


def disputed_in(scope: Scope) -> Disputed:
    """(id, accepted, rejected) of the scope's disputed videos, ordered but for ties by name."""
    disputed = read_shared_videos(scope).disputed
    if scope.moderator is None:
        return disputed
    theirs = [video for video, _accepted in own_decisions(scope)]
    return disputed[np.isin(disputed[:, 0], theirs)]


def own_decisions(scope: Scope) -> list[tuple[int, bool]]:
    """The videos that the scope's moderator decided, and whether they accepted them."""
    own = own_last_decisions(scope)
    return list(zip(own.videos.tolist(), own.accepted.tolist(), strict=True))


def video_names(videos: NDArray[np.int32]) -> dict[int, str]:
    """The public ids of videos, which may be a million."""
    with reading_connection().cursor() as cursor:
        # One value, not one for each, as the ORM would send them.
        cursor.execute(
            "SELECT id, public_id FROM analytics_video WHERE id = ANY(%s::int[])",
            [array_of(videos)],
        )
        return dict(cursor)


def array_of(videos: NDArray[np.int32]) -> str:
    """The ids as PostgreSQL reads an array."""
    return f"{{{','.join(map(str, videos.tolist()))}}}"


def disputed_rows(disputed: Disputed, wanted: int) -> list[Row]:
    """The first rows, those with equal numbers by name."""
    before, equal = cut_at_equal(disputed, wanted)
    names = video_names(before[:, 0])
    listed: list[Row] = []
    # In their order but for ties, and a million of them may be listed.
    for start, end in pairwise(ends_of_ties(before)):
        tied = [(names[video], a, r) for video, a, r in before[start:end].tolist()]
        listed += [disputed_row(*row) for row in sorted(tied)]
    counts = {video: ends for video, *ends in equal.tolist()}
    for video, name in first_by_name(equal[:, 0], wanted - len(before)):
        listed.append(disputed_row(name, *counts[video]))
    return listed


def ends_of_ties(disputed: Disputed) -> list[int]:
    """Where rows begin that are equal but for their names, and the end."""
    if not len(disputed):
        return [0]
    ends = np.sort(disputed[:, 1:], axis=1)
    new = np.flatnonzero((ends[1:] != ends[:-1]).any(axis=1)) + 1
    return [0, *new.tolist(), len(disputed)]


def disputed_row(name: str, accepted: int, rejected: int) -> Row:
    """A row of ``disputed_videos``."""
    return {
        "video": name,
        "accepted": accepted,
        "rejected": rejected,
        "moderators": accepted + rejected,
    }


def cut_at_equal(disputed: Disputed, wanted: int) -> tuple[Disputed, Disputed]:
    """The rows before those that are equal to the last one wanted, and those; else all and none."""
    if len(disputed) <= wanted:
        return disputed, disputed[:0]
    ends = disputed[:, 1:]
    last = ends[wanted - 1]
    equal = (ends.min(axis=1) == last.min()) & (ends.max(axis=1) == last.max())
    return disputed[: int(np.flatnonzero(equal)[0])], disputed[equal]


def first_by_name(videos: NDArray[np.int32], wanted: int) -> list[tuple[int, str]]:
    """The first of some videos by their public ids: (id, public id)."""
    if not len(videos):
        return []
    with reading_connection().cursor() as cursor:
        cursor.execute(
            "SELECT id, public_id FROM analytics_video WHERE id = ANY(%s::int[])"
            " ORDER BY public_id LIMIT %s",
            [array_of(videos), wanted],
        )
        found: list[tuple[int, str]] = cursor.fetchall()
    return found
