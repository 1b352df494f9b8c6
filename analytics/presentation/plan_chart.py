"""What a number of checks gives, as a line that the server draws, and the same as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics import formatting
from analytics.comparison.session_samples import Precision, Sessions
from analytics.formatting import NBSP

WIDTH, HEIGHT = 600, 250
LEFT, RIGHT, TOP, BOTTOM = 46, 586, 14, 206
#: Half widths, in points, that are marked beside the one that is wanted.
MARKED = (10, 7, 5, 3, 2, 1)
#: The line ends at so many times the plan, the precision axis at so many times the precision.
WIDER, HIGHER = 1.75, 4
STEPS = 120


@dataclass(frozen=True)
class Tick:
    """A place on an axis, with its text."""

    at: float
    text: str


@dataclass(frozen=True)
class Mark:
    """A dot on the line; ``is_plan``: what is planned."""

    x: float
    y: float
    text: str
    is_plan: bool


@dataclass(frozen=True)
class PlanChart:
    """The line ``d`` in ``WIDTH`` x ``HEIGHT``, its axes and marks; ``rows`` say the same."""

    d: str
    description: str
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    marks: Sequence[Mark]
    rows: Sequence[tuple[str, str]]
    what: str = "Views to check"
    width: int = WIDTH
    height: int = HEIGHT


def plan_chart(
    whole: Sessions,
    wanted: Precision,
    planned: int,
    *,
    reached: float | None = None,
    what: str = "Views to check",
) -> PlanChart | None:
    """The precision by the number of checks, from few to more than planned; None of a few views.

    ``reached``: what the plan gives, half a width from 0 to 1, where its parts are not drawn alike.
    """
    most = min(whole.views, max(20, round(planned * WIDER)))
    top = wanted.half_width * HIGHER
    if most < 2:
        return None

    def x(checks: float) -> float:
        return LEFT + (RIGHT - LEFT) * checks / most

    def y(half_width: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * half_width / top

    sizes = {half: whole.sample_size(half / 100, expected=wanted.expected) for half in MARKED}
    sizes[round(wanted.half_width * 100)] = whole.sample_size(
        wanted.half_width, expected=wanted.expected
    )
    # More than is wanted where each part gives so many at the least.
    if reached is None:
        reached = whole.precision(planned, expected=wanted.expected) or 0.0
    marks = [Mark(x(planned), y(reached), mark_words(planned, reached * 100), is_plan=True)]
    marks += [
        Mark(x(n), y(half / 100), mark_words(n, half), is_plan=False)
        for half, n in sorted(sizes.items(), reverse=True)
        if half / 100 < top and n <= most
    ]
    return PlanChart(
        d=line(whole, wanted, most, top),
        description=f"{mark_words(planned, reached * 100)} points; more checks give less error",
        x_ticks=[Tick(x(n), formatting.count(n)) for n in whole_steps(most)],
        y_ticks=[
            Tick(y(top * part / 4), formatting.number(top * part * 25, 0)) for part in range(5)
        ],
        marks=apart(marks),
        rows=[(f"± {half} points", formatting.count(n)) for half, n in sorted(sizes.items())],
        what=what,
    )


def mark_words(n: int, points: float) -> str:
    """``382 · ± 3``."""
    size = formatting.without_zero_decimal(formatting.number(points))
    return f"{formatting.count(n)} · ±{NBSP}{size}"


def apart(marks: Sequence[Mark]) -> list[Mark]:
    """The first mark, and of the others those whose words touch none before them."""
    kept: list[Mark] = []
    for mark in marks:
        if all(abs(mark.x - other.x) > 80 or abs(mark.y - other.y) > 18 for other in kept):
            kept.append(mark)
    return kept


def line(whole: Sessions, wanted: Precision, most: int, top: float) -> str:
    """The line itself, cut at the upper edge."""
    points = []
    for step in range(1, STEPS + 1):
        checks = most * (step / STEPS) ** 2  # More of them where it bends.
        half_width = whole.precision(max(1, round(checks)), expected=wanted.expected)
        if half_width is not None and half_width <= top:
            at = LEFT + (RIGHT - LEFT) * max(1, round(checks)) / most
            points.append(f"{at:.1f} {BOTTOM - (BOTTOM - TOP) * half_width / top:.1f}")
    return f"M{'L'.join(dict.fromkeys(points))}" if points else ""


def whole_steps(most: int) -> list[int]:
    """Round numbers from 0 to ``most``, five to ten of them."""
    size = 1
    while most / size > 8:
        size = next(s * 10 ** (len(str(size)) - 1) for s in (2, 5, 10) if s > int(str(size)[0]))
    return list(range(0, most + 1, size))
