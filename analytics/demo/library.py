"""The videos of the demo: each with its queue, and whether it breaks the rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from analytics.demo.world import AMBIGUOUS, SEEN_BEFORE, TRAINING, TRAINING_VIDEOS

#: How far back, in videos, somebody gets one that was seen before: the mean.
BACK = 300


@dataclass(frozen=True)
class Video:
    """A video. ``severity``: a share of its queue's videos that is worse, from 0 (the worst) to 1.

    It breaks the rules where that is below the share that the policy of the day rejects;
    somebody strict rejects a little beyond, somebody lenient less. Of an ambiguous one everybody
    makes up their own mind. ``video_id`` None: the tool did not know it.
    """

    video_id: str | None
    queue: str
    severity: float
    is_ambiguous: bool


@dataclass
class Library:
    """All videos so far: new ones come all the time, some are seen again by others."""

    newest: int = 40_000
    videos: dict[str, list[Video]] = field(default_factory=dict)
    training: list[Video] = field(default_factory=list)
    week: int = -1

    def pick(self, rng: Random, queue: str, day: int, queues: Sequence[str]) -> Video:
        """The next video to review, of the queue; a week's training videos come from ``queues``."""
        if day // 7 != self.week:
            self.week = day // 7
            self.training = [self._new(rng, rng.choice(queues)) for _ in range(TRAINING_VIDEOS)]
        chance = rng.random()
        if chance < SEEN_BEFORE:
            if chance < SEEN_BEFORE * TRAINING:
                return rng.choice(self.training)
            earlier = self.videos.get(queue, ())
            back = int(rng.expovariate(1 / BACK))
            if back < len(earlier):
                return earlier[-1 - back]
        if rng.random() < 0.003:
            return Video(None, queue, rng.random(), rng.random() < AMBIGUOUS)
        video = self._new(rng, queue)
        self.videos.setdefault(queue, []).append(video)
        return video

    def _new(self, rng: Random, queue: str) -> Video:
        """The next new video."""
        self.newest += 1
        return Video(f"vid-{self.newest:06d}", queue, rng.random(), rng.random() < AMBIGUOUS)
