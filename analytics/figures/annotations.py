"""What people noted about days, as numbered lines on the axis of a chart over days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from analytics.figures.labels import escape_text
from analytics.figures.layout import Figure
from analytics.figures.palette import Palette

#: Pixels.
THICKNESS = 4


@dataclass(frozen=True)
class AnnotationMark:
    """The days of an annotation, and the number by which the list below the chart names it."""

    number: int
    start: date
    end: date
    text: str = ""


def with_annotations(figure: Figure, marks: Sequence[AnnotationMark], palette: Palette) -> Figure:
    """The figure, and each variant of it, with a line for each mark; only over days."""
    marked = mark_days(figure, marks, palette)
    meta = marked["layout"].get("meta", {})
    if "variants" not in meta:
        return marked
    variants = [mark_days(variant, marks, palette) for variant in meta["variants"]]
    layout = {**marked["layout"], "meta": {**meta, "variants": variants}}
    return {**marked, "layout": layout}


def mark_days(figure: Figure, marks: Sequence[AnnotationMark], palette: Palette) -> Figure:
    """One figure with its marks, cut to the days that it shows."""
    layout = figure["layout"]
    times = [str(x) for trace in figure["data"] for x in trace.get("x", ())]
    if layout.get("xaxis", {}).get("type") != "date" or not times:
        return figure
    first, last = (date.fromisoformat(edge(times)[:10]) for edge in (min, max))
    # A day stands around its midnight where days are drawn, and after it where moments are.
    is_centred = all(len(time) == len("2026-03-01") for time in times)
    shapes, numbers = [], []
    for mark in marks:
        start, end = max(mark.start, first), min(mark.end, last)
        if start <= end:
            span = day_span(start, end, is_centred=is_centred)
            shapes.append(line_shape(span, palette))
            label = number_label(mark.number, start, end, palette, is_centred=is_centred)
            numbers.append(label | {"hovertext": escape_text(mark.text)} if mark.text else label)
    if not shapes:
        return figure
    more = {
        "shapes": [*layout.get("shapes", []), *shapes],
        "annotations": [*layout.get("annotations", []), *numbers],
    }
    return {**figure, "layout": {**layout, **more}}


def day_span(start: date, end: date, *, is_centred: bool) -> tuple[str, str]:
    """Where the days begin and end on the axis."""
    if is_centred:
        return f"{start - timedelta(days=1)}T12:00", f"{end}T12:00"
    return f"{start}T00:00", f"{end + timedelta(days=1)}T00:00"


def line_shape(span: tuple[str, str], palette: Palette) -> dict[str, Any]:
    """A line on the axis, of one thickness at any size."""
    return {
        "type": "rect",
        "x0": span[0],
        "x1": span[1],
        "yref": "paper",
        "ysizemode": "pixel",
        "yanchor": 0,
        "y0": 0,
        "y1": THICKNESS,
        "fillcolor": palette["brand"],
        "line": {"width": 0},
    }


def number_label(
    number: int, start: date, end: date, palette: Palette, *, is_centred: bool
) -> dict[str, Any]:
    """The number above the middle of the line."""
    days = (end - start).days + (0 if is_centred else 1)
    middle = start + timedelta(days=days // 2)
    return {
        "x": f"{middle}T12:00" if days % 2 else f"{middle}T00:00",
        "y": 0,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": THICKNESS,
        "showarrow": False,
        "text": str(number),
        "bgcolor": palette["brand"],
        "borderpad": 2,
        "font": {"size": 10, "color": palette["surface"]},
    }
