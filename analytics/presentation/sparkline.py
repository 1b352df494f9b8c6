"""A small line without axes, as the points of an SVG polyline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 80
HEIGHT = 24
MARGIN = 3


@dataclass(frozen=True)
class Sparkline:
    """The line, the closed area under it, and its last point, in an 80 x 24 box."""

    points: str
    area: str
    x: str
    y: str


def sparkline(values: Sequence[float | None]) -> Sparkline | None:
    """The line through the known values, spread evenly; None below two of them.

    It is scaled from the least to the greatest value: it shows the shape, not the size.
    """
    known_values = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known_values) < 2:
        return None
    lowest = min(value for _, value in known_values)
    spread = max(value for _, value in known_values) - lowest
    step = (WIDTH - 2 * MARGIN) / (len(values) - 1)
    coordinates = [
        (
            f"{MARGIN + place * step:.1f}",
            f"{HEIGHT - MARGIN - (value - lowest) / spread * (HEIGHT - 2 * MARGIN):.1f}"
            if spread
            else f"{HEIGHT / 2:.1f}",
        )
        for place, value in known_values
    ]
    points = " ".join(f"{x},{y}" for x, y in coordinates)
    area = f"{coordinates[0][0]},{HEIGHT} {points} {coordinates[-1][0]},{HEIGHT}"
    return Sparkline(points=points, area=area, x=coordinates[-1][0], y=coordinates[-1][1])
