"""Bins of a length of time, stacked by series."""

from dataclasses import dataclass

from django.utils.text import capfirst

from analytics import formatting
from analytics.figures import labels
from analytics.figures.layout import (
    Axis,
    Figure,
    Trace,
    axis,
    hatching,
    hover_properties,
    layout,
    maximum,
    numbers,
    value_axis,
)
from analytics.figures.legends import value_legend
from analytics.figures.opening import opens
from analytics.figures.palette import Palette, SeriesColor
from analytics.figures.registry import Legend, register_rendering
from analytics.metrics.drawing import Histogram
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result, Row, Value


def histogram(drawing: Histogram, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Bins of seconds, stacked by series."""
    value = labels.get_column(metric, drawing.value)
    series = list(dict.fromkeys(row[drawing.series] for row in result.rows))
    colors = palette.colors_of(drawing.color_family, list(series), result.seen)
    bins = read_bins(drawing, result.rows)
    traces = [
        series_trace(
            drawing,
            metric,
            [row for row in result.rows if row[drawing.series] == name],
            bins=bins,
            color=color,
            palette=palette,
        )
        for name, color in zip(series, colors, strict=True)
    ]
    return {
        "data": traces,
        "layout": layout(
            palette,
            barmode="stack",
            barcornerradius=0,
            bargap=0,
            xaxis=length_axis(palette, bins),
            yaxis=value_axis(palette, value.label, maximum(list(bins.totals.values()))),
        ),
    }


@dataclass(frozen=True)
class Bins:
    """The bins of a histogram: all equally wide, in seconds. ``totals`` has n by a bin's start."""

    width: float
    longest: float
    totals: dict[float, float]


def read_bins(drawing: Histogram, rows: list[Row]) -> Bins:
    """The bins of the rows, all series together."""
    totals: dict[float, float] = {}
    for row in rows:
        totals.setdefault(as_number(row[drawing.start]), 0)
        totals[as_number(row[drawing.start])] += as_number(row[drawing.value])
    if not rows:
        return Bins(1.0, 0.0, totals)
    first_row = min(rows, key=lambda row: as_number(row[drawing.start]))
    return Bins(
        width=as_number(first_row[drawing.stop]) - as_number(first_row[drawing.start]),
        longest=max(as_number(row[drawing.stop]) for row in rows),
        totals=totals,
    )


def series_trace(
    drawing: Histogram,
    metric: Metric,
    rows: list[Row],
    *,
    bins: Bins,
    color: SeriesColor,
    palette: Palette,
) -> Trace:
    """The bars of one series, in the middle of their bins."""
    series = labels.get_column(metric, drawing.series)
    name = labels.format_value(series, rows[0][drawing.series])
    return {
        "type": "bar",
        "name": labels.escape_text(name),
        "x": [as_number(row[drawing.start]) + bins.width / 2 for row in rows],
        "y": numbers([row[drawing.value] for row in rows]),
        "width": bins.width * 0.94,
        "marker": {
            "color": color.color,
            "line": {"width": 0},
            **hatching([color.pattern], palette),
        },
        **hover_properties([bin_hover(drawing, metric, row, bins=bins, name=name) for row in rows]),
        **opens(metric, drawing.value, rows),
    }


def bin_hover(drawing: Histogram, metric: Metric, row: Row, *, bins: Bins, name: str) -> str:
    """From when to when, how many of the series, and of how many."""
    start = as_number(row[drawing.start])
    unit = labels.clock_format(bins.longest)[1]
    amount = labels.format_with_label(labels.get_column(metric, drawing.value), row[drawing.value])
    ends = (labels.format_clock(seconds, unit) for seconds in (start, start + bins.width))
    return labels.hover_text(
        "–".join(ends),
        f"{name}: {amount}",
        f"{formatting.count(bins.totals[start])} of all kinds",
    )


def length_axis(palette: Palette, bins: Bins) -> Axis:
    """The axis of lengths, with about seven ticks, on edges of bins."""
    format_name, unit = labels.clock_format(bins.longest)
    step = bins.width * max(1, -(-len(bins.totals) // 7))
    count = int(bins.longest // step) + 1 if bins.totals else 0
    ticks = [step * place for place in range(count)]
    return axis(
        palette,
        f"Length, {format_name} (steps of {formatting.round_duration(bins.width)})",
        tickmode="array",
        tickvals=ticks,
        ticktext=[labels.format_clock(tick, unit) for tick in ticks],
        range=[0, bins.longest or 1],
    )


def as_number(value: Value) -> float:
    """A bin's edge or count as a number; 0 where there is none."""
    return float(value) if isinstance(value, int | float) else 0.0


def subtitle(drawing: Histogram, metric: Metric, result: Result) -> str:
    """``Intervals in steps of 30 s``."""
    if not result.rows:
        return capfirst(metric.counted)
    row = result.rows[0]
    width = float(str(row[drawing.stop])) - float(str(row[drawing.start]))
    return f"{capfirst(metric.counted)} in steps of {formatting.round_duration(width)}"


def legend(drawing: Histogram, metric: Metric, result: Result) -> Legend:
    """The series with their sums."""
    return value_legend(
        metric, result, label=drawing.series, value=drawing.value, family=drawing.color_family
    )


register_rendering(Histogram, histogram, subtitle=subtitle, legend=legend)
