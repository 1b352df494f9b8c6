"""Value against amount of work: a dot a person, with the limits within which one is ordinary.

A funnel plot (D. J. Spiegelhalter, "Funnel plots for comparing institutional performance",
Statistics in Medicine 24, 2005). The dots are what each rate would be in the team's mix of work;
each person is judged by limits of their own, and the curve drawn through those shows how they
narrow with work.
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.utils.text import capfirst

from analytics.figures import labels
from analytics.figures.layout import (
    FRACTIONAL,
    Axis,
    Figure,
    Trace,
    axis,
    hover_properties,
    layout,
    share_axis,
    value_axis,
)
from analytics.figures.palette import Palette
from analytics.figures.registry import Legend, register_rendering
from analytics.formatting import count
from analytics.metrics.drawing import Funnel
from analytics.metrics.registry import Metric
from analytics.metrics.results import Column, Result, Row, number_in

#: Points of each limit's curve.
CURVE_POINTS = 60
ADJUSTED, RAW = "Same queues", "As it is"
BAND_EDGE = 1.5


@dataclass(frozen=True)
class Scale:
    """Where a measure's differences are alike everywhere: shares by arcsine, times by logarithm."""

    to: Callable[[float], float]
    back: Callable[[float], float]


SHARE_SCALE = Scale(
    lambda value: math.asin(math.sqrt(min(max(value, 0.0), 1.0))),
    lambda value: math.sin(min(max(value, 0.0), math.pi / 2)) ** 2,
)
TIME_SCALE = Scale(lambda value: math.log(max(value, 1e-9)), math.exp)


@dataclass(frozen=True)
class Point:
    """A person: the value (``y``) and its limits, in the team's mix of work unless ``is_raw``.

    ``half``: half the width of the own limits on the measure's scale, None where not judged.
    """

    name: str
    n: float
    y: float
    half: float | None
    low: float | None
    high: float | None
    is_outside: bool | None
    hover: str


def number(row: Row, name: str) -> float | None:
    """A number of a row; None where it has none."""
    value = number_in(row, name)
    return None if value is None else float(value)


def funnel(drawing: Funnel, metric: Metric, result: Result, palette: Palette) -> Figure:
    """The first measure in the team's mix; ``layout.meta.variants`` holds the others, and as is."""
    figures = [
        one_funnel(drawing, metric, result, palette, measure=name, is_raw=is_raw)
        for name, is_raw in product(drawing.measures, (False, True))
    ]
    figure, *other_figures = figures
    figure["layout"]["meta"]["variants"] = other_figures
    return figure


def one_funnel(
    drawing: Funnel,
    metric: Metric,
    result: Result,
    palette: Palette,
    *,
    measure: str,
    is_raw: bool,
) -> Figure:
    """One measure against the amount of work."""
    column = labels.get_column(metric, measure)
    counted = drawing.counted[drawing.measures.index(measure)]
    scale = SHARE_SCALE if column.type == "share" else TIME_SCALE
    measured_rows = [
        (row, n)
        for row, n in zip(result.rows, result.amounts[measure], strict=True)
        if n and number(row, measure) is not None
    ]
    team = team_value(measured_rows, measure)
    points = [
        point_of(row, drawing, column, counted, n=n, scale=scale, team=team, is_raw=is_raw)
        for row, n in measured_rows
    ]
    max_n = max((point.n for point in points), default=1.0) * 1.06
    traces = [] if is_raw else limit_traces(points, scale, team, max_n, palette)
    traces += [team_trace(team, max_n, palette), *dot_traces(points, palette)]
    values = [point.y for point in points]
    values += [value for trace in traces if trace["mode"] == "lines" for value in trace["y"]]
    return {
        "data": traces,
        "layout": layout(
            palette,
            meta={"opens": "person"},
            annotations=[team_label(column, team, palette)],
            xaxis=axis(palette, capfirst(counted), range=[0, max_n], tickformat=",", nticks=6),
            yaxis=measure_axis(column, values, palette, is_raw=is_raw),
        ),
    }


def team_value(rows: Sequence[tuple[Row, int]], measure: str) -> float:
    """The measure of everybody together, by amount of work."""
    total = sum(n for _, n in rows)
    return sum((number(row, measure) or 0.0) * n for row, n in rows) / total if total else 0.0


def point_of(
    row: Row,
    drawing: Funnel,
    column: Column,
    counted: str,
    *,
    n: int,
    scale: Scale,
    team: float,
    is_raw: bool,
) -> Point:
    """A row as a dot; who is not judged is shown as it is."""
    name, value = str(row[drawing.label]), number(row, column.name)
    assert value is not None
    expected, low, high = (number(row, f"{column.name}_{of}") for of in ("expected", "low", "high"))
    of = "of" if column.type == "share" else "over"
    noun = counted.removesuffix("s") if n == 1 else counted
    over = f"{labels.format_value(column, value)} {of} {count(n)} {noun}"
    if expected is None or low is None or high is None:
        hover = labels.hover_text(name, over, "not judged")
        return Point(name, n, value, None, None, None, None, hover)
    shift = 0.0 if is_raw else scale.to(team) - scale.to(expected)
    y = value if is_raw else scale.back(scale.to(value) + shift)
    judged = (
        f"expected {labels.format_value(column, expected)}, limits"
        f" {labels.format_value(column, low)} to {labels.format_value(column, high)}"
    )
    adjusted = "" if is_raw else f"{labels.format_value(column, y)} for the same queues"
    return Point(
        name,
        n,
        y,
        (scale.to(high) - scale.to(low)) / 2,
        None if is_raw else scale.back(scale.to(low) + shift),
        None if is_raw else scale.back(scale.to(high) + shift),
        bool(row.get(f"{column.name}_outside")),
        labels.hover_text(name, adjusted, over, judged),
    )


def limit_traces(
    points: Sequence[Point], scale: Scale, team: float, max_n: float, palette: Palette
) -> list[Trace]:
    """The lower and the upper limit by amount of work, and the band between them.

    The squared half width of people's own limits falls in 1 / n: fitted by least squares.
    """
    judged = [(1 / point.n, point.half**2) for point in points if point.half is not None]
    if len(judged) < 3 or len({inverse for inverse, _ in judged}) < 2:
        return []
    slope, floor = statistics.linear_regression(*zip(*judged, strict=True))
    slope = max(slope, 0.0)
    floor = max(floor, 0.0)
    min_n = min(point.n for point in points if point.half is not None)
    steps = [min_n * (max_n / min_n) ** (step / (CURVE_POINTS - 1)) for step in range(CURVE_POINTS)]
    halves = [math.sqrt(floor + slope / n) for n in steps]
    line = {"color": palette["limit"], "width": BAND_EDGE}
    common = {"type": "scatter", "mode": "lines", "x": steps, "line": line, "hoverinfo": "skip"}
    middle = scale.to(team)
    return [
        {**common, "y": [scale.back(middle - half) for half in halves]},
        {
            **common,
            "y": [scale.back(middle + half) for half in halves],
            "fill": "tonexty",
            "fillcolor": palette["band"],
        },
    ]


def team_trace(team: float, max_n: float, palette: Palette) -> Trace:
    """The dashed line of everybody together."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [0, max_n],
        "y": [team, team],
        "line": {"color": palette["ink"], "width": 1.4, "dash": "6px,4px"},
        "hoverinfo": "skip",
    }


def team_label(column: Column, team: float, palette: Palette) -> dict[str, Any]:
    """What the dashed line is."""
    return {
        "x": 0,
        "y": team,
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "text": f"team {labels.format_value(column, team)}",
        "font": {"size": 11, "color": palette["text"]},
    }


def dot_traces(points: Sequence[Point], palette: Palette) -> list[Trace]:
    """Circles within, diamonds outside with their names and own limits, hollow ones not judged."""
    within = [point for point in points if point.is_outside is False]
    outside = [point for point in points if point.is_outside]
    few = [point for point in points if point.is_outside is None]
    halo = {"color": palette["surface"], "width": 1.5}
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [point.n, point.n],
            "y": [point.low, point.high],
            "line": {"color": palette["ink"], "width": 1.5},
            "hoverinfo": "skip",
        }
        for point in outside
        if point.low is not None
    ]
    for group, marker in (
        (few, {"symbol": "circle-open", "size": 10, "color": palette["quiet"]}),
        (within, {"size": 10, "opacity": 0.85, "color": palette["series"], "line": halo}),
        (outside, {"symbol": "diamond", "size": 14, "color": palette["watch"], "line": halo}),
    ):
        if group:
            traces.append(dots(group, marker, palette, is_named=group is outside))
    return traces


def dots(
    points: Sequence[Point], marker: dict[str, Any], palette: Palette, *, is_named: bool
) -> Trace:
    """Some points as one trace."""
    return {
        "type": "scatter",
        "mode": "markers+text" if is_named else "markers",
        "x": [point.n for point in points],
        "y": [point.y for point in points],
        "customdata": [point.name for point in points],
        "marker": marker,
        "text": [labels.tick_label(point.name) for point in points] if is_named else [],
        "textposition": "top center",
        "textfont": {"size": 11, "color": palette["ink"]},
        "cliponaxis": False,
        **hover_properties([point.hover for point in points]),
    }


def measure_axis(
    column: Column, values: Sequence[float], palette: Palette, *, is_raw: bool
) -> Axis:
    """The axis of a measure, around what is drawn."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = (high - low or abs(high) or 1.0) * 0.08
    title = labels.axis_title(column) if is_raw else f"{labels.axis_title(column)}, same queues"
    limits = {"range": [max(low - room, 0.0), high + room], "rangemode": "normal"}
    if column.type == "share":
        return share_axis(palette, title, **limits)
    return value_axis(palette, title, FRACTIONAL, **limits)


def variants(drawing: Funnel, metric: Metric) -> tuple[tuple[str, ...], ...]:
    """A choice of the measure, and of what is shown of it."""
    measures = tuple(labels.get_column(metric, name).label for name in drawing.measures)
    return measures, (ADJUSTED, RAW)


def subtitle(drawing: Funnel, metric: Metric, result: Result) -> str:
    """What a dot is, and what it stands on."""
    return (
        f"Each dot is a {drawing.label}, shown as if all worked in the same mix of queues. Plain"
        " values (“As it is”) have no limits: queues differ"
    )


def legend(drawing: Funnel, metric: Metric, result: Result) -> Legend:
    """The shapes; how many there are of each depends on the measure."""
    return [
        ("within", "within limits", ""),
        ("outside", "outside: look at it together", ""),
        ("few", "not judged", ""),
        ("limits", "ordinary for this amount of work", ""),
    ]


register_rendering(Funnel, funnel, subtitle=subtitle, legend=legend, variants=variants)
