"""A gauge: an average between the least and the greatest, with a target.

Drawn of shapes: Plotly's own gauge is not in the bundle that pages load (docs/charts.md). The dial
is the upper half of a circle around (0, 0) with radius 1.
"""

import math
from typing import Any, NamedTuple

from analytics.figures import labels
from analytics.figures.layout import Axis, Figure, Trace, layout
from analytics.figures.palette import Palette
from analytics.figures.registry import register_rendering
from analytics.metrics.drawing import Gauge
from analytics.metrics.registry import Metric
from analytics.metrics.results import Column, Result, Value
from analytics.metrics.row_keys import COLUMN

# Radii: the ring, the bar in its middle, the line of the target.
RING = (0.75, 1.0)
BAR = (0.8225, 0.9275)
TARGET = (0.7625, 0.9875)
TICK_END = 1.03
MAX_STEPS = 6
# Pixels.
LABEL_DISTANCE = 8
# What Plotly leaves around a text.
PADDING = 2
TICK_SIZE = 11
NUMBER_SIZE = 27
# How far the middle of digits is above their baseline, of the size of the font.
MIDDLE = 0.35


def gauge(drawing: Gauge, metric: Metric, result: Result, palette: Palette) -> Figure:
    """The average as a bar on a dial, the range as a band behind it, the target as a line."""
    column = labels.get_column(metric, drawing.value)
    readings = gauge_readings(drawing, result)
    greatest = 1.0 if column.type == "share" else float(number(readings.high) or 1)
    return {
        "data": [value_text(column, readings.value, palette), ticks(greatest, palette)],
        "layout": layout(
            palette,
            # Its only point is the whole scope.
            meta={"params": {COLUMN: drawing.value}, "keys": []},
            margin={"l": 40, "r": 44, "t": 24, "b": 24},
            xaxis=hidden_axis([-1, 1], [0, 1]),
            yaxis={**hidden_axis([0, 1], [0.06, 1]), "scaleanchor": "x"},
            shapes=dial(readings, greatest, palette),
            annotations=[
                caption(column, readings, palette),
                *tick_labels(column, greatest, palette),
            ],
        ),
    }


class Readings(NamedTuple):
    """What a gauge shows, in the column's unit; None where it is unknown or not set."""

    low: Value
    value: Value
    high: Value
    target: Value


def gauge_readings(drawing: Gauge, result: Result) -> Readings:
    """The values of the result's only row; the target may be in the summary."""
    row = result.rows[0] if result.rows else {}
    target = (result.summary or {}).get(drawing.target, row.get(drawing.target))
    return Readings(row.get(drawing.low), row.get(drawing.value), row.get(drawing.high), target)


def number(value: Value) -> float | None:
    """A value as a number; None for all that is none."""
    return float(value) if isinstance(value, int | float) else None


def hidden_axis(span: list[float], domain: list[float]) -> Axis:
    """An axis that is not seen, over as much of its place as keeps the dial round."""
    return {
        "visible": False,
        "fixedrange": True,
        "range": span,
        "domain": domain,
        "constrain": "domain",
    }


def value_text(column: Column, value: Value, palette: Palette) -> Trace:
    """The average in the middle of the dial."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": [0],
        "y": [0],
        "text": [labels.format_value(column, value)],
        "textposition": "top center",
        "textfont": {"size": NUMBER_SIZE, "color": palette["ink"]},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def place(share: float, radius: float) -> tuple[float, float]:
    """Where a share of the dial is: 0 at its left end, 1 at its right."""
    angle = math.pi * (1 - min(max(share, 0.0), 1.0))
    return radius * math.cos(angle), radius * math.sin(angle)


def arc(start: float, end: float, radius: float) -> str:
    """The curves from one share of the dial to another, of at most an eighth of a circle each.

    Plotly's shapes know no arcs. The handles of a cubic curve are 4/3 tan(a/4) long, of the radius,
    for an angle a; it is 4 millionths of the radius off then.
    """
    count = max(1, math.ceil(abs(end - start) * 4))
    step = (end - start) / count
    handle = 4 / 3 * math.tan(math.pi * step / 4) * radius
    curves = []
    for index in range(count):
        first, last = start + index * step, start + (index + 1) * step
        (x0, y0), (x1, y1) = place(first, radius), place(last, radius)
        # Clockwise along the circle: the direction at (x, y) is (y, -x).
        points = (
            (x0 + handle * y0 / radius, y0 - handle * x0 / radius),
            (x1 - handle * y1 / radius, y1 + handle * x1 / radius),
            (x1, y1),
        )
        curves.append("C " + " ".join(f"{x:.5f},{y:.5f}" for x, y in points))
    return " ".join(curves)


def part_of_ring(
    start: float, end: float, radii: tuple[float, float], color: str
) -> dict[str, Any]:
    """A filled part of a ring, from one share of the dial to another."""
    inner, outer = radii
    (x0, y0), (x1, y1) = place(start, outer), place(end, inner)
    there, back = arc(start, end, outer), arc(end, start, inner)
    path = f"M {x0:.5f},{y0:.5f} {there} L {x1:.5f},{y1:.5f} {back} Z"
    return {
        "type": "path",
        "path": path,
        "fillcolor": color,
        "line": {"width": 0},
    }


def dial(readings: Readings, greatest: float, palette: Palette) -> list[dict[str, Any]]:
    """The ring with its band from the least to the greatest, the bar, and the target's line."""
    low, value, high, target = (
        None if reading is None else reading / greatest for reading in map(number, readings)
    )
    shapes = [part_of_ring(0, 1, RING, palette["track"])]
    if low is not None and high is not None:
        shapes.append(part_of_ring(low, high, RING, palette["band"]))
    if value is not None:
        shapes.append(part_of_ring(0, value, BAR, palette["series"]))
    if target is not None:
        (x0, y0), (x1, y1) = (place(target, radius) for radius in TARGET)
        line = {"color": palette["ink"], "width": 3}
        shapes.append({"type": "line", "x0": x0, "y0": y0, "x1": x1, "y1": y1, "line": line})
    return shapes


def tick_values(greatest: float) -> list[float]:
    """Round numbers from 0 to the end of the dial, at most 7, a power of ten or 2 or 5 apart."""
    rough = greatest / MAX_STEPS
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    return [index * step for index in range(int(greatest / step + 1e-9) + 1)]


def ticks(greatest: float, palette: Palette) -> Trace:
    """The marks around the dial, as one broken line."""
    ends = [
        (*place(value / greatest, 1), *place(value / greatest, TICK_END))
        for value in tick_values(greatest)
    ]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x for x0, _, x1, _ in ends for x in (x0, x1, None)],
        "y": [y for _, y0, _, y1 in ends for y in (y0, y1, None)],
        "line": {"color": palette["edge"], "width": 1},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def tick_labels(column: Column, greatest: float, palette: Palette) -> list[dict[str, Any]]:
    """What the marks stand for, around the dial."""
    annotations = []
    for value in tick_values(greatest):
        x, y = place(value / greatest, 1)
        side = 0 if abs(x) < 0.01 else 1 if x > 0 else -1
        annotations.append(
            {
                "text": f"{value * 100:g} %" if column.type == "share" else f"{value:g}",
                "x": x,
                "y": y,
                "showarrow": False,
                "font": {"size": TICK_SIZE, "color": palette["quiet"]},
                "xanchor": {-1: "right", 0: "center", 1: "left"}[side],
                "yanchor": "middle",
                "xshift": round(LABEL_DISTANCE * x - PADDING * side, 2),
                "yshift": round(
                    (LABEL_DISTANCE + PADDING) * y + TICK_SIZE * MIDDLE * (1 - abs(x)) + 1, 2
                ),
            }
        )
    return annotations


def caption(column: Column, readings: Readings, palette: Palette) -> dict[str, Any]:
    """``least 3.0 % · greatest 91.0 % · target 60.0 %``, below the dial."""
    parts = [
        f"least {labels.format_value(column, readings.low)}",
        f"greatest {labels.format_value(column, readings.high)}",
    ]
    if isinstance(readings.target, int | float):
        parts.append(f"target {labels.format_value(column, readings.target)}")
    return {
        "text": " · ".join(parts),
        "showarrow": False,
        "font": {"size": 12, "color": palette["quiet"]},
        "x": 0.5,
        "y": 0,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "center",
        "yanchor": "top",
    }


def subtitle(drawing: Gauge, metric: Metric, result: Result) -> str:
    """What bar and band stand for."""
    return "Average, with the range from the least to the greatest"


register_rendering(Gauge, gauge, subtitle=subtitle)
