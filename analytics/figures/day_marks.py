"""What is drawn over a chart by day: limits of ordinary days, days outside, shifted levels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

from analytics.figures.labels import escape_text
from analytics.figures.layout import (
    Figure,
    Trace,
    hover_properties,
    plotly_date,
    share_axis,
    value_axis,
)
from analytics.figures.opening import opens_steps
from analytics.figures.over_days import Earlier, earlier_trace, mean_trace
from analytics.figures.palette import Palette
from analytics.metrics.grains import Step

#: Room above the chart for the words at a shift.
TOP_MARGIN = 40
HALF_DAY = "T12:00"


FULL_HEIGHT = {"yref": "paper", "y0": 0, "y1": 1, "layer": "below"}


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
class WaveMark:
    """Days, the ends included, that lay together off the level."""

    first: date
    last: date
    text: str


@dataclass(frozen=True)
class DayMarks:
    """A measure by day with the level and the limits of ordinary days, and what changed.

    ``values`` to ``high``: one for each of ``steps``, none without a level; ``texts``: what a hover
    says of each. ``opens``: the parameters by which a value opens its records, empty where it does
    not, and ``metric`` the slug if it is not the chart's.
    """

    title: str
    is_share: bool
    steps: Sequence[Step]
    values: Sequence[float]
    texts: Sequence[str]
    means: Sequence[float | None]
    level: Sequence[float] = ()
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    outside: Sequence[OutsideDay] = ()
    shifts: Sequence[ShiftMark] = ()
    waves: Sequence[WaveMark] = ()
    opens: Mapping[str, str] = field(default_factory=dict)
    metric: str = ""
    earlier: Earlier | None = None
    unit: str = ""


def with_day_marks(
    figure: Figure,
    marked: Sequence[DayMarks],
    measures: Sequence[DayMarks],
    palette: Palette,
    *,
    axis: str,
) -> Figure:
    """The figure with what changed in ``marked``, drawn over its lines on ``axis`` ("y2").

    ``layout.meta.variants`` holds each of ``measures`` alone, with its limits: over the figure's
    own columns or lines these could not be read.
    """
    marked_figure = with_changes(figure, marked, palette, axis=axis)
    alone = [measure_by_day(figure, marks, palette) for marks in measures]
    layout = {
        **marked_figure["layout"],
        "meta": {**marked_figure["layout"].get("meta", {}), "variants": alone},
    }
    return {"data": marked_figure["data"], "layout": layout}


def with_changes(
    figure: Figure, marked: Sequence[DayMarks], palette: Palette, *, axis: str
) -> Figure:
    """The figure with days outside, shifted levels and waves."""
    shifts = [shift for marks in marked for shift in marks.shifts]
    waves = [wave for marks in marked for wave in marks.waves]
    traces = list(figure["data"])
    traces += [outside_trace(marks, axis, palette) for marks in marked if marks.outside]
    layout = dict(figure["layout"])
    if shifts or waves:
        shapes = [shape for shift in shifts for shape in shift_shapes(shift, palette)]
        shapes += [days_shape(wave.first, wave.last, palette) for wave in waves]
        annotations = [mark_annotation(shift.day, shift.text, palette) for shift in shifts]
        annotations += [mark_annotation(wave.first, wave.text, palette) for wave in waves]
        layout["shapes"] = [*layout.get("shapes", []), *shapes]
        layout["annotations"] = [*layout.get("annotations", []), *annotations]
        layout["margin"] = {**layout["margin"], "t": TOP_MARGIN}
    return {"data": traces, "layout": layout}


def measure_by_day(figure: Figure, marks: DayMarks, palette: Palette) -> Figure:
    """One measure by day in the figure's place, with the limits of ordinary days behind it."""
    traces = [*band_traces(marks, palette), level_trace(marks, palette)] if marks.level else []
    if marks.earlier is not None:
        traces.append(earlier_trace(marks.earlier, palette))
    if has_means(marks):
        traces.append(mean_trace(marks.steps, marks.means, palette))
    traces.append(own_trace(marks, palette))
    values = [value for trace in traces for value in trace["y"] if value is not None]
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = (high - low or 0.1) * 0.1
    limits: dict[str, Any] = {
        "range": [max(low - room, 0.0), high + room],
        "rangemode": "normal",
    }
    own_axis = share_axis if marks.is_share else partial(value_axis, highest=None)
    kept = ("yaxis2", "annotations", "meta")
    layout = {name: value for name, value in figure["layout"].items() if name not in kept}
    title = f"{marks.title}, {marks.unit}" if marks.unit else marks.title
    layout["yaxis"] = own_axis(palette, title, **limits)
    return with_changes({"data": traces, "layout": layout}, [marks], palette, axis="y")


def has_means(marks: DayMarks) -> bool:
    """Whether there is a mean of seven days to draw."""
    return any(mean is not None for mean in marks.means)


def own_trace(marks: DayMarks, palette: Palette) -> Trace:
    """The values: dots under a mean of seven days, else a line."""
    is_line = not has_means(marks)
    return {
        "type": "scatter",
        "mode": "lines+markers" if is_line else "markers",
        "name": escape_text(marks.title),
        "x": [plotly_date(step.middle) for step in marks.steps],
        "y": list(marks.values),
        "line": {"color": palette["series"], "width": 2},
        "marker": {"size": 5, "color": palette["series"], "opacity": 1.0 if is_line else 0.55},
        **hover_properties([escape_text(text) for text in marks.texts]),
        **opens_steps(marks.steps, marks.opens, metric=marks.metric),
    }


def line_of_steps(
    steps: Sequence[Step], values: Sequence[float | None], line: Mapping[str, Any]
) -> Trace:
    """A line over days without hovers."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [plotly_date(step.middle) for step in steps],
        "y": list(values),
        "line": dict(line),
        "hoverinfo": "skip",
    }


def band_traces(marks: DayMarks, palette: Palette) -> list[Trace]:
    """The limits as two lines without width and the band between them."""
    low, high = (
        line_of_steps(marks.steps, limits, {"width": 0, "shape": "hvh"})
        for limits in (marks.low, marks.high)
    )
    return [low, {**high, "fill": "tonexty", "fillcolor": palette["band"]}]


def level_trace(marks: DayMarks, palette: Palette) -> Trace:
    """The level of ordinary days."""
    line = {"color": palette["limit"], "width": 1.3, "dash": "dash", "shape": "hvh"}
    return line_of_steps(marks.steps, marks.level, line)


def outside_trace(marks: DayMarks, axis: str, palette: Palette) -> Trace:
    """The days outside as diamonds."""
    outside = marks.outside
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
        **opens_steps(
            [Step(day.day, day.day, False, "") for day in outside], marks.opens, metric=marks.metric
        ),
    }


def shift_shapes(shift: ShiftMark, palette: Palette) -> list[dict[str, Any]]:
    """A line at the start of the day, and the days on which it may have been."""
    at = start_of(shift.day)
    return [
        days_shape(shift.earliest, shift.latest, palette),
        {
            "type": "line",
            **FULL_HEIGHT,
            "x0": at,
            "x1": at,
            "line": {"color": palette["ink"], "width": 1.6},
        },
    ]


def days_shape(first: date, last: date, palette: Palette) -> dict[str, Any]:
    """A shade over days, the ends included."""
    return {
        "type": "rect",
        **FULL_HEIGHT,
        "x0": start_of(first),
        "x1": f"{last}{HALF_DAY}",
        "fillcolor": palette["ink"],
        "opacity": 0.07,
        "line": {"width": 0},
    }


def mark_annotation(day: date, text: str, palette: Palette) -> dict[str, Any]:
    """What changed, above the day on which it began."""
    return {
        "x": start_of(day),
        "y": 1,
        "yref": "paper",
        "xanchor": "auto",
        "yanchor": "bottom",
        "showarrow": False,
        "text": escape_text(text),
        "font": {"size": 11, "color": palette["ink"]},
    }


def start_of(day: date) -> str:
    """Where a day begins on an axis on which its value stands in its middle."""
    return f"{day - timedelta(days=1)}{HALF_DAY}"
