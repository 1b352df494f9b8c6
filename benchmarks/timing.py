"""Timing things that take turns, so that a slow minute of the machine meets them all."""

import statistics
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Times:
    """The seconds that one thing took, a round each."""

    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median in seconds."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the greatest, in seconds."""
        return min(self.seconds), max(self.seconds)


def interleaved(
    contenders: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    once: Collection[str] = (),
    before: Mapping[str, Callable[[], object]] | None = None,
) -> dict[str, Times]:
    """Run every contender once a round, in turn; return the times of all of them.

    A first round warms up and is not counted. Those named in ``once``, which take minutes, run in
    the first round that counts and in no other. ``before``: what is done before a contender runs,
    and not timed.
    """
    prepare = before or {}
    times = {name: Times() for name in contenders}
    for round_number in range(-1, rounds):
        for name, run in contenders.items():
            if name in once and round_number != 0:
                continue
            prepare.get(name, no_op)()
            with timed(times[name] if round_number >= 0 else Times()):
                run()
    return times


def no_op() -> None:
    """Do nothing."""


@contextmanager
def timed(times: Times) -> Iterator[None]:
    """Add the seconds that a block takes."""
    started = time.perf_counter()
    yield
    times.seconds.append(time.perf_counter() - started)
