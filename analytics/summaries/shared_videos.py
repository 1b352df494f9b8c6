"""What several people decided on the same videos, counted from the decisions of sessions.

Of a person's decisions on a video the last counts, by the session's start, its public id and the
position. Knows no database: rows of ``analytics.models.decisions`` in, counts out.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

Integers = NDArray[np.int64]
#: How a decision is stored: PostgreSQL's int4send.
STORED = np.dtype(">i4")
POSITION_BITS = 32
#: How rows of disputed videos are kept.
KEPT = np.dtype("<i4")


class SessionRow(NamedTuple):
    """The decisions of a session as they are stored; see ``models.DecidedVideos``."""

    moderator: int
    started_at: datetime
    public_id: str
    decisions: bytes | memoryview


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
class SharedVideos:
    """The videos that two people or more decided, and how.

    ``patterns``: how many videos there are of each (accepted, rejected). ``people``: by the
    moderator's id, those with any. ``videos``: their ids. ``disputed``: rows (id, accepted,
    rejected) of those both accepted and rejected: by the share of the fewer, then by how many
    decided, the greatest first, then by id.
    """

    patterns: dict[tuple[int, int], int]
    people: list[PersonAgreement]
    videos: BitMap
    disputed: NDArray[np.int32]

    def patterns_as_rows(self) -> list[tuple[int, int, int]]:
        """(accepted, rejected, videos) of each pattern."""
        return [(*pattern, videos) for pattern, videos in self.patterns.items()]


@dataclass(frozen=True)
class LastDecisions:
    """One moderator's last decisions: each video once; ``session`` counts the sessions from 0."""

    moderator: int
    videos: Integers
    accepted: NDArray[np.bool_]
    session: Integers


def last_decisions(moderator: int, blobs: list[bytes | memoryview]) -> LastDecisions:
    """The last decision on each video, of sessions in the order of time."""
    signed = np.frombuffer(b"".join(blobs), STORED).astype(np.int64)
    lengths = [len(blob) // STORED.itemsize for blob in blobs]
    session = np.repeat(np.arange(len(blobs)), lengths)
    # By video and place in one number: sorting whole numbers is what NumPy does fastest.
    keys = (np.abs(signed) << POSITION_BITS) | np.arange(len(signed))
    keys.sort()
    videos = keys >> POSITION_BITS
    is_last = np.append(videos[1:] != videos[:-1], True)[: len(videos)]
    places = keys[is_last] & (2**POSITION_BITS - 1)
    return LastDecisions(moderator, videos[is_last], signed[places] > 0, session[places])


def all_last_decisions(rows: Iterable[SessionRow]) -> list[LastDecisions]:
    """Each moderator's last decisions."""
    by_moderator: dict[int, list[bytes | memoryview]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row[:3]):
        by_moderator[row.moderator].append(row.decisions)
    return [last_decisions(moderator, blobs) for moderator, blobs in by_moderator.items()]


def count_decisions(
    people: list[LastDecisions],
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """How many people accepted, and how many rejected, the video of each id."""
    size = 1 + max((int(person.videos[-1]) for person in people), default=0)
    accepted, rejected = np.zeros(size, np.int32), np.zeros(size, np.int32)
    for person in people:
        accepted[person.videos[person.accepted]] += 1
        rejected[person.videos[~person.accepted]] += 1
    return accepted, rejected


def shared_videos(rows: Iterable[SessionRow]) -> SharedVideos:
    """Count the decisions of sessions, in whatever order they come."""
    people = all_last_decisions(rows)
    accepted, rejected = count_decisions(people)
    shared = np.flatnonzero(accepted + rejected >= 2)
    against_others = (compare(person, accepted, rejected) for person in people)
    return SharedVideos(
        patterns=count_patterns(accepted[shared], rejected[shared]),
        people=[person for person in against_others if person.videos],
        videos=BitMap(shared.astype(np.uint32)),
        disputed=rank_disputed(shared, accepted[shared], rejected[shared]),
    )


def count_patterns(
    accepted: NDArray[np.int32], rejected: NDArray[np.int32]
) -> dict[tuple[int, int], int]:
    """How many videos there are of each pattern, sorted."""
    codes = (accepted.astype(np.int64) << POSITION_BITS) | rejected
    found, counts = np.unique(codes, return_counts=True)
    return {
        (code >> POSITION_BITS, code & (2**POSITION_BITS - 1)): n
        for code, n in zip(found.tolist(), counts.tolist(), strict=True)
    }


def majority_of_others(
    person: LastDecisions, accepted: NDArray[np.int32], rejected: NDArray[np.int32]
) -> NDArray[np.int32]:
    """By how many more of the others a video was accepted than rejected; 0: equally divided."""
    own = np.where(person.accepted, 1, -1).astype(np.int32)
    return accepted[person.videos] - rejected[person.videos] - own


def against_others(rows: Iterable[SessionRow], moderator: int) -> dict[int, bool]:
    """Whether a person decided as most others did, by the video's id; not of equal numbers."""
    people = all_last_decisions(rows)
    accepted, rejected = count_decisions(people)
    compared: dict[int, bool] = {}
    for person in people:
        if person.moderator == moderator:
            balance = majority_of_others(person, accepted, rejected)
            agrees = (balance > 0) == person.accepted
            decided = balance != 0
            videos, same = person.videos[decided].tolist(), agrees[decided].tolist()
            compared |= dict(zip(videos, same, strict=True))
    return compared


def compare(
    person: LastDecisions, accepted: NDArray[np.int32], rejected: NDArray[np.int32]
) -> PersonAgreement:
    """Count how often a person decided as most of the others did."""
    balance = majority_of_others(person, accepted, rejected)
    decided = balance != 0
    agrees = decided & ((balance > 0) == person.accepted)
    videos = np.bincount(person.session[decided])
    agreeing = np.bincount(person.session[agrees], minlength=len(videos))
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
