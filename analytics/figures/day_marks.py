"""What is drawn over a chart by day: limits of ordinary days, days outside, shifted levels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from analytics.figures.labels import escape_text
from analytics.figures.layout import Figure, Trace, hover_properties, plotly_date
from analytics.figures.palette import Palette

#: Room above the chart for the words at a shift.
TOP_MARGIN = 40
HALF_DAY = "T12:00"


@dataclass(frozen=True)
class OutsideDay:
    """A day outside the limits of ordinary days, with what a hover says of it."""

    day: date
    value: float
    text: str


@dataclass(frozen=True)
class ShiftMark:
    """A level that shifted with ``day``, known to lie from ``earliest`` to ``latest``."""

    day: date
    earliest: date
    latest: date
    text: str


@dataclass(frozen=True)
class DayMarks:
    """The level and the limits of ordinary days, a value for each of ``days``, and what changed."""

    days: Sequence[date]
    level: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    outside: Sequence[OutsideDay]
    shifts: Sequence[ShiftMark]


def with_day_marks(figure: Figure, marks: DayMarks, palette: Palette, *, axis: str) -> Figure:
    """The figure with what changed; ``layout.meta.variants`` holds its line alone, with limits.

    ``axis`` is the line's ("y2"). Over the columns the limits could not be read.
    """
    marked = with_changes(figure, marks, palette, axis=axis)
    layout = marked["layout"]
    meta = {**layout.get("meta", {}), "variants": [line_alone(marked, marks, palette, axis=axis)]}
    return {"data": marked["data"], "layout": {**layout, "meta": meta}}


def with_changes(figure: Figure, marks: DayMarks, palette: Palette, *, axis: str) -> Figure:
    """The figure with days outside and shifted levels."""
    traces = list(figure["data"])
    if marks.outside:
        traces.append(outside_trace(marks.outside, axis, palette))
    layout = dict(figure["layout"])
    if marks.shifts:
        shapes = [shape for shift in marks.shifts for shape in shift_shapes(shift, palette)]
        annotations = [shift_annotation(shift, palette) for shift in marks.shifts]
        layout["shapes"] = [*layout.get("shapes", []), *shapes]
        layout["annotations"] = [*layout.get("annotations", []), *annotations]
        layout["margin"] = {**layout["margin"], "t": TOP_MARGIN}
    return {"data": traces, "layout": layout}


def line_alone(figure: Figure, marks: DayMarks, palette: Palette, *, axis: str) -> Figure:
    """The line of one axis with the limits of ordinary days behind it, without the columns."""
    line_traces = [trace for trace in figure["data"] if trace.get("yaxis") == axis]
    traces = [*band_traces(marks, axis, palette), level_trace(marks, axis, palette), *line_traces]
    values = [value for trace in traces for value in trace["y"] if value is not None]
    low, high = min(values), max(values)
    room = (high - low or 0.1) * 0.1
    name = f"yaxis{axis.removeprefix('y')}"
    line_axis = {
        **figure["layout"][name],
        "overlaying": None,
        "side": "left",
        "showgrid": True,
        "gridcolor": palette["grid"],
        "range": [max(low - room, 0.0), high + room],
    }
    layout = {**figure["layout"], "yaxis": {"visible": False, "fixedrange": True}, name: line_axis}
    return {"data": traces, "layout": layout}


def band_traces(marks: DayMarks, axis: str, palette: Palette) -> list[Trace]:
    """The limits as two lines without width and the band between them."""
    common = {
        "type": "scatter",
        "mode": "lines",
        "x": [plotly_date(day) for day in marks.days],
        "yaxis": axis,
        "line": {"width": 0, "shape": "hvh"},
        "hoverinfo": "skip",
    }
    fill = {"fill": "tonexty", "fillcolor": palette["band"]}
    return [{**common, "y": list(marks.low)}, {**common, "y": list(marks.high), **fill}]


def level_trace(marks: DayMarks, axis: str, palette: Palette) -> Trace:
    """The level of ordinary days."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [plotly_date(day) for day in marks.days],
        "y": list(marks.level),
        "yaxis": axis,
        "line": {"color": palette["limit"], "width": 1.3, "dash": "dash", "shape": "hvh"},
        "hoverinfo": "skip",
    }


def outside_trace(outside: Sequence[OutsideDay], axis: str, palette: Palette) -> Trace:
    """The days outside as diamonds."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [plotly_date(day.day) for day in outside],
        "y": [day.value for day in outside],
        "yaxis": axis,
        "marker": {
            "symbol": "diamond",
            "size": 10,
            "color": palette["watch"],
            "line": {"color": palette["surface"], "width": 1.5},
        },
        **hover_properties([escape_text(day.text) for day in outside]),
    }


def shift_shapes(shift: ShiftMark, palette: Palette) -> list[dict[str, Any]]:
    """A line at the start of the day, and the days on which it may have been."""
    day_before = shift.day - timedelta(days=1)
    at = f"{day_before}{HALF_DAY}"
    full_height = {"yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    return [
        {
            "type": "rect",
            **full_height,
            "x0": f"{shift.earliest - timedelta(days=1)}{HALF_DAY}",
            "x1": f"{shift.latest}{HALF_DAY}",
            "fillcolor": palette["ink"],
            "opacity": 0.07,
            "line": {"width": 0},
        },
        {
            "type": "line",
            **full_height,
            "x0": at,
            "x1": at,
            "line": {"color": palette["ink"], "width": 1.6},
        },
    ]


def shift_annotation(shift: ShiftMark, palette: Palette) -> dict[str, Any]:
    """What shifted, above its line."""
    return {
        "x": f"{shift.day - timedelta(days=1)}{HALF_DAY}",
        "y": 1,
        "yref": "paper",
        "xanchor": "auto",
        "yanchor": "bottom",
        "showarrow": False,
        "text": escape_text(shift.text),
        "font": {"size": 11, "color": palette["ink"]},
    }
