"""What several people decided on the same videos, counted from the decisions of sessions.

Of a person's decisions on a video the last counts, by the session's start, its public id and the
position. Knows no database: rows of ``analytics.models.decisions`` in, counts out.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

Integers = NDArray[np.int64]
#: How a decision is stored: PostgreSQL's int4send.
STORED = np.dtype(">i4")
#: More people than fit in half of a number decide no video.
COUNT_BITS = 15
#: How rows of disputed videos are kept.
KEPT = np.dtype("<i4")


class SessionRow(NamedTuple):
    """The decisions of a session as they are stored; see ``models.DecidedVideos``.

    ``started_at``: in microseconds.
    """

    session: int
    moderator: int
    started_at: int
    public_id: str
    decisions: bytes | memoryview


#: A session's moderator, start and public id: from the first of a moderator to their last.
in_order = itemgetter(*map(SessionRow._fields.index, ("moderator", "started_at", "public_id")))


class PersonAgreement(NamedTuple):
    """One moderator's decisions against the majority of the others on the same videos.

    ``videos``: those on which the others are not divided equally; ``agreeing`` of them were decided
    as most others did. The rest are sums over the sessions with such a decision, for intervals:
    of the squares of their videos and of the agreeing ones, and of the products of the two.
    """

    moderator: int
    videos: int
    agreeing: int
    sessions: int
    videos_squares: int
    agreeing_squares: int
    products: int


@dataclass(frozen=True)
class LastDecisions:
    """One moderator's last decisions in the order of time: each video once.

    ``counts``: how many of them each of ``sessions``, which are keys, has.
    """

    moderator: int
    sessions: list[int]
    videos: NDArray[np.int32]
    accepted: NDArray[np.bool_]
    counts: Integers

    @property
    def session(self) -> Integers:
        """Of each decision the place of its session; made anew, as it takes more than the rest."""
        return np.repeat(np.arange(len(self.counts)), self.counts)


def last_decisions(moderator: int, sessions: list[SessionRow]) -> LastDecisions:
    """The last decision on each video, of sessions in the order of time."""
    blobs = [session.decisions for session in sessions]
    signed = np.frombuffer(b"".join(blobs), STORED).astype(np.int32)
    lengths = np.array([len(blob) // STORED.itemsize for blob in blobs], np.int64)
    session = np.repeat(np.arange(len(blobs)), lengths)
    videos, places = np.abs(signed), np.arange(len(signed), dtype=np.int32)
    # Of an index that is there more than once NumPy keeps the last: no sorting is needed, and what
    # else stands in the array is never read.
    last_place = np.empty(1 + int(videos.max(initial=0)), np.int32)
    last_place[videos] = places
    is_last = last_place[videos] == places
    return LastDecisions(
        moderator,
        [row.session for row in sessions],
        videos[is_last],
        signed[is_last] > 0,
        np.bincount(session[is_last], minlength=len(blobs)),
    )


def all_last_decisions(rows: Iterable[SessionRow]) -> list[LastDecisions]:
    """Each moderator's last decisions."""
    by_moderator: dict[int, list[SessionRow]] = defaultdict(list)
    for row in rows:
        by_moderator[row.moderator].append(row)
    # What is read of each goes before the next is counted.
    return [
        last_decisions(moderator, sorted(by_moderator.pop(moderator), key=in_order))
        for moderator in sorted(by_moderator)
    ]


def count_decisions(people: list[LastDecisions]) -> NDArray[np.int32]:
    """How many people accepted, and how many rejected, the video of each id, in one number."""
    size = 1 + max((int(person.videos.max(initial=0)) for person in people), default=0)
    # In one number, as it is far to most places of so large an array.
    both = np.zeros(size, np.int32)
    one_more = np.array([1 << COUNT_BITS, 1], np.int32)
    for person in people:
        both[person.videos] += one_more[person.accepted.view(np.int8)]
    return both


def two_counts(both: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """How many accepted, and how many rejected, of the numbers that hold both."""
    return both & ((1 << COUNT_BITS) - 1), both >> COUNT_BITS


class SharedVideos:
    """The videos that two people or more decided, and how; from the decisions of sessions.

    The sessions may come in whatever order. Each part is made when it is asked for.
    """

    def __init__(self, rows: Iterable[SessionRow]) -> None:
        self._people = all_last_decisions(rows)
        self._both = count_decisions(self._people)
        accepted, rejected = two_counts(self._both)
        self._shared = np.flatnonzero(accepted + rejected >= 2)

    @cached_property
    def patterns(self) -> dict[tuple[int, int], int]:
        """How many videos there are of each (accepted, rejected)."""
        return count_patterns(*two_counts(self._both[self._shared]))

    @cached_property
    def people(self) -> list[PersonAgreement]:
        """By the moderator's id, those with any video decided by others too."""
        accepted, rejected = two_counts(self._both)
        balance = (accepted - rejected).astype(np.int16)
        counted = (compare(person, balance) for person in self._people)
        return [person for person in counted if person.videos]

    @cached_property
    def videos(self) -> BitMap:
        """The ids of the videos."""
        return BitMap(self._shared.astype(np.uint32))

    @cached_property
    def disputed(self) -> NDArray[np.int32]:
        """Rows (id, accepted, rejected) of the videos that were both accepted and rejected.

        By the share of the fewer, then by how many decided, the greatest first, then by id.
        """
        return rank_disputed(self._shared, *two_counts(self._both[self._shared]))

    def patterns_as_rows(self) -> list[tuple[int, int, int]]:
        """(accepted, rejected, videos) of each pattern."""
        return [(*pattern, videos) for pattern, videos in self.patterns.items()]


def count_patterns(
    accepted: NDArray[np.int32], rejected: NDArray[np.int32]
) -> dict[tuple[int, int], int]:
    """How many videos there are of each pattern, sorted."""
    size = 1 + int(rejected.max(initial=0))
    # Far fewer codes than videos: counting each is faster than sorting them.
    counts = np.bincount(accepted.astype(np.int64) * size + rejected)
    codes = np.flatnonzero(counts)
    return {
        divmod(code, size): n
        for code, n in zip(codes.tolist(), counts[codes].tolist(), strict=True)
    }


def majority_of_others(person: LastDecisions, balance: NDArray[np.int16]) -> NDArray[np.int16]:
    """By how many more of the others a video was accepted than rejected; 0: equally divided.

    ``balance``: by how many more of all the video of each id was.
    """
    own = np.array([-1, 1], np.int16)
    return balance[person.videos] - own[person.accepted.view(np.int8)]


def against_others(
    own: LastDecisions, videos: BitMap, disputed: NDArray[np.int32]
) -> NDArray[np.int8]:
    """Of each decision: 1 where most others decided the same, -1 where they did not, else 0.

    0: nobody else decided the video, or the others are divided equally. ``videos`` and ``disputed``
    are those of ``SharedVideos``: on other videos all decided the same.
    """
    ids, accepted, rejected = disputed.T
    size = 1 + max(int(own.videos.max(initial=0)), int(ids.max(initial=0)))
    balance, is_disputed = np.zeros(size, np.int32), np.zeros(size, np.bool_)
    balance[ids], is_disputed[ids] = accepted - rejected, True
    shared = BitMap(own.videos.astype(np.uint32)) & videos
    is_shared = np.isin(own.videos, np.array(shared.to_array(), np.int64))
    sign = np.where(own.accepted, 1, -1)
    of_disputed = np.sign((balance[own.videos] - sign) * sign)
    return np.where(is_disputed[own.videos], of_disputed, is_shared).astype(np.int8)


def compare(person: LastDecisions, balance: NDArray[np.int16]) -> PersonAgreement:
    """Count how often a person decided as most of the others did."""
    of_others = majority_of_others(person, balance)
    decided = of_others != 0
    agrees = decided & ((of_others > 0) == person.accepted)
    session = person.session
    videos = np.bincount(session[decided])
    agreeing = np.bincount(session[agrees], minlength=len(videos))
    return PersonAgreement(
        person.moderator,
        int(videos.sum()),
        int(agreeing.sum()),
        int((videos > 0).sum()),
        int((videos * videos).sum()),
        int((agreeing * agreeing).sum()),
        int((videos * agreeing).sum()),
    )


def rank_disputed(
    videos: Integers, accepted: NDArray[np.int32], rejected: NDArray[np.int32]
) -> NDArray[np.int32]:
    """The rows of ``SharedVideos.disputed``."""
    fewer, people = np.minimum(accepted, rejected), accepted + rejected
    rows = np.flatnonzero(fewer)
    # A quotient of equal fractions is the same number, whatever they were written as.
    order = np.lexsort((videos[rows], -people[rows], -(fewer[rows] / people[rows])))
    chosen = rows[order]
    return np.column_stack((videos[chosen], accepted[chosen], rejected[chosen])).astype(KEPT)
