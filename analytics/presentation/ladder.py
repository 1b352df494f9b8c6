"""A figure beside the team as a small picture: the own value, what is expected, limits, others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.metrics.team_spread import Spread

WIDTH, MARGIN = 400, 34
#: The own value's shape, and its class in the style sheet.
INSIDE, OUTSIDE = "inside", "outside"


@dataclass(frozen=True)
class Tick:
    """A mark on the scale: its place, and the value in words."""

    x: float
    text: str


@dataclass(frozen=True)
class Ladder:
    """The places of all marks from left (0) to right (400); None where there is no such mark."""

    own: float
    low: Tick | None
    high: Tick | None
    expected: float | None
    middle: tuple[float, float] | None
    median: float | None
    level: str
    description: str

    @property
    def limits_width(self) -> float:
        """The width of the band between the limits."""
        return 0.0 if self.low is None or self.high is None else self.high.x - self.low.x

    @property
    def middle_width(self) -> float:
        """The width of the bar of the middle half."""
        return 0.0 if self.middle is None else self.middle[1] - self.middle[0]


def ladder(
    value: float,
    write: Callable[[float], str],
    *,
    limits: tuple[float, float] | None,
    expected: float | None,
    others: Spread | None,
    level: str,
) -> Ladder:
    """Place a value among its limits and the others.

    The scale ends with what is drawn, never with the least or the greatest of the others: that
    would tell of one person. ``level``: of what lies outside, empty inside.
    """
    marks = [value, *(limits or ()), *(() if expected is None else (expected,))]
    marks += [others.low, others.median, others.high] if others is not None else []
    place = scale(marks)
    return Ladder(
        own=place(value),
        low=None if limits is None else Tick(place(limits[0]), write(limits[0])),
        high=None if limits is None else Tick(place(limits[1]), write(limits[1])),
        expected=None if expected is None else place(expected),
        middle=None if others is None else (place(others.low), place(others.high)),
        median=None if others is None else place(others.median),
        level=level,
        description=describe(value, write, limits=limits, expected=expected, others=others),
    )


def scale(marks: Sequence[float]) -> Callable[[float], float]:
    """From a value to its place, so that all marks fit."""
    low, high = min(marks), max(marks)
    if low == high:
        return lambda value: WIDTH / 2
    return lambda value: MARGIN + (value - low) / (high - low) * (WIDTH - 2 * MARGIN)


def describe(
    value: float,
    write: Callable[[float], str],
    *,
    limits: tuple[float, float] | None,
    expected: float | None,
    others: Spread | None,
) -> str:
    """The picture in words, for those who do not see it."""
    parts = [write(value)]
    if expected is not None:
        parts.append(f"expected {write(expected)}")
    if limits is not None:
        parts.append(f"limits {write(limits[0])} to {write(limits[1])}")
    if others is not None:
        parts.append(
            f"the others' median {write(others.median)}, their middle half {write(others.low)} to"
            f" {write(others.high)}"
        )
    return ", ".join(parts)
