"""A year of review sessions of any size, the same every time.

About 150 views a session, 1-3 keys a view, 0.3 speed changes a view, 4 idle intervals and 2
queues a session, over 365 days; 40 % of the views are the first of their video. Some values are
null, some statuses in mixed case. Every session can be had as the document that the review tool
would send, and as the rows that the portal stores of it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple, TypeVar

T = TypeVar("T")

FIRST_DAY = datetime(2025, 11, 1, tzinfo=UTC)
DAYS = 365
# Part of the name of the database: change it when the same size would give other data.
VERSION = 1

VIEWS_A_SESSION = (100, 200)
FIRST_VIEWS = 0.4
UNKNOWN_VIDEOS = 0.005


@dataclass(frozen=True)
class Size:
    """How much is generated: 2,000 moderators at 10 million views, and in proportion."""

    name: str
    views: int

    @property
    def moderators(self) -> int:
        """How many people review."""
        return max(5, self.views // 5000)


SIZES = {
    size.name: size
    for size in (Size("100k", 100_000), Size("1m", 1_000_000), Size("10m", 10_000_000))
}


class ViewKind(NamedTuple):
    """A view but for its video: as stored, and the fields of the document."""

    stored: tuple[object, ...]
    """status, watched, loop_time, keys, sound, extra (JSON text)"""
    document: dict[str, object]


class QueueKind(NamedTuple):
    """A queue assignment, stored as it is said."""

    name: str
    items: int | None
    subqueues: str
    active: bool


class Idle(NamedTuple):
    """An idle interval. ``after_ms``: since the session's start, where that is known."""

    kind: str
    duration_ms: int | None
    after_ms: int | None


class Speed(NamedTuple):
    """A speed chosen ``after_ms`` since the session's start, where that is known."""

    value: float
    after_ms: int | None


class View(NamedTuple):
    """A view. ``video`` is the stored id, from 1; None is a view of an unknown video."""

    video: int | None
    kind: ViewKind
    speeds: tuple[Speed, ...]


class Session(NamedTuple):
    """A session; numbers are the stored ids, from 1, in order of time."""

    number: int
    moderator: int
    started_at: datetime
    duration_ms: int | None
    views: list[View]
    idle: list[Idle]
    queues: list[QueueKind]


STATUSES: tuple[tuple[tuple[str | None, str], int], ...] = (
    (("Completed", "completed"), 60),
    (("COMPLETED", "completed"), 3),
    ((" completed ", "completed"), 2),
    (("Partially Watched", "partial"), 18),
    (("partially_watched", "partial"), 2),
    (("Not Started", "not_started"), 9),
    (("not-started", "not_started"), 1),
    ((None, "unknown"), 3),
    (("Skipped", "Skipped"), 2),
)
SOUNDS: tuple[tuple[tuple[str | None, str], int], ...] = (
    (("yes", "muted"), 50),
    (("Yes", "muted"), 3),
    (("no", "unmuted"), 38),
    (("NO", "unmuted"), 2),
    ((None, "unknown"), 5),
    (("maybe", "unknown"), 2),
)
# The decision is the first that is pressed: about 61 % accepted, 24 % rejected.
KEYS = (("a", 55), ("A", 4), ("q", 22), ("Q", 2), ("l", 6), ("m", 3), ("ArrowRight", 8))
SPEEDS = ((0.5, 2), (0.75, 3), (1, 25), (1.25, 18), (1.5, 26), (1.75, 8), (2, 15), (3, 3))
KINDS = (("inactivity", 60), ("pause", 38), ("unknown", 2))
QUEUES = (
    *("Spam", "Harassment", "Copyright", "Hate speech", "Violence", "Nudity"),
    *("Minors", "Appeals", "Self-harm", "Impersonation", "Scams & fraud", "Ünïcode / Queue"),
)
SUBQUEUES = ("new", "escalated", "appeals", "urgent")


def drawn(rng: Random, weighted: Sequence[tuple[T, int]]) -> T:
    """A value drawn by its weight."""
    return rng.choices([value for value, _ in weighted], [weight for _, weight in weighted])[0]


class Generator:
    """Makes the sessions of one size, in order of time."""

    def __init__(self, size: Size, seed: int = 1) -> None:
        """Prepare the palettes that views and queues are drawn from."""
        self.size = size
        self.rng = Random(f"{seed} {size.name}")
        self.videos = 0
        """How many videos the sessions made so far have shown."""
        self._kinds = [self._view_kind() for _ in range(4096)]
        self._queues = [self._queue_kind() for _ in range(1024)]
        values, weights = zip(*SPEEDS, strict=True)
        self._speeds = (values, list(accumulate(weights)))

    def sessions(self) -> Iterator[Session]:
        """Yield sessions until their views are as many as the size says."""
        rng = self.rng
        views_left = self.size.views
        planned = self.size.views / (sum(VIEWS_A_SESSION) / 2)
        number = 0
        while views_left:
            number += 1
            views = min(views_left, rng.randint(*VIEWS_A_SESSION))
            views_left -= views
            day = min(DAYS - 1, int(number / planned * DAYS))
            # Work from six in the morning to ten in the evening, some of it past midnight.
            started_at = FIRST_DAY + timedelta(
                days=day, milliseconds=rng.randrange(6 * 3_600_000, 22 * 3_600_000)
            )
            yield self._session(number, started_at, views)

    def _session(self, number: int, started_at: datetime, views: int) -> Session:
        rng = self.rng
        length_ms = int(min(10_000, rng.lognormvariate(7.5, 0.8)) * 1000)
        return Session(
            number=number,
            moderator=rng.randint(1, self.size.moderators),
            started_at=started_at,
            duration_ms=None if rng.random() < 0.02 else length_ms,
            views=self._views(views, length_ms),
            idle=[self._idle(length_ms) for _ in range(rng.randint(2, 6))],
            queues=rng.sample(self._queues, rng.randint(1, 3)),
        )

    def _views(self, count: int, length_ms: int) -> list[View]:
        rng = self.rng
        random = rng.random
        views = []
        changes = rng.choices((0, 1, 2), cum_weights=(76, 94, 100), k=count)
        for kind, speeds in zip(rng.choices(self._kinds, k=count), changes, strict=True):
            chance = random()
            video: int | None
            if chance < FIRST_VIEWS or not self.videos:
                self.videos += 1
                video = self.videos
            elif chance > 1 - UNKNOWN_VIDEOS:
                video = None
            else:
                video = 1 + int(random() * self.videos)
            speed_choices = tuple(self._speed(length_ms) for _ in range(speeds)) if speeds else ()
            views.append(View(video, kind, speed_choices))
        return views

    def _speed(self, length_ms: int) -> Speed:
        rng = self.rng
        values, cumulated = self._speeds
        after = int(rng.random() * length_ms) if rng.random() < 0.6 else None
        return Speed(rng.choices(values, cum_weights=cumulated)[0], after)

    def _idle(self, length_ms: int) -> Idle:
        rng = self.rng
        duration = None if rng.random() < 0.02 else int(rng.lognormvariate(3.9, 0.9) * 1000)
        after = int(rng.random() * length_ms) if rng.random() < 0.6 else None
        return Idle(drawn(rng, KINDS), duration, after)

    def _view_kind(self) -> ViewKind:
        rng = self.rng
        status_text, status = drawn(rng, STATUSES)
        heard, sound = drawn(rng, SOUNDS)
        keys = tuple(drawn(rng, KEYS) for _ in range(rng.choices((1, 2, 3), (60, 28, 12))[0]))
        watched = None if rng.random() < 0.03 else rng.random() < 0.9
        loop_time = None if rng.random() < 0.05 else int(rng.expovariate(0.7))
        # As the portal keeps the originals that it had to interpret.
        extra: dict[str, object] = {}
        if status_text not in ("Completed", "Partially Watched", "Not Started", "Skipped", None):
            extra["status"] = status_text
        if heard not in ("yes", "no", None):
            extra["soundMuted"] = heard
        document: dict[str, object] = {
            "status": status_text,
            "watched": watched,
            "loopTime": loop_time,
            "keys": list(keys),
            "soundMuted": heard,
        }
        unknown_fields = json.dumps(extra) if extra else None
        return ViewKind((status, watched, loop_time, keys, sound, unknown_fields), document)

    def _queue_kind(self) -> QueueKind:
        rng = self.rng
        name = rng.choice(QUEUES)
        parts = rng.sample(SUBQUEUES, rng.randint(0, 3))
        subqueues = {f"{name} / {part}": rng.randint(1, 60) for part in parts}
        items = None if rng.random() < 0.02 else sum(subqueues.values()) + rng.randint(0, 100)
        return QueueKind(
            name, items, json.dumps(subqueues, ensure_ascii=False), rng.random() < 0.93
        )
