"""Bars of one series."""

from typing import Any

from analytics import formatting
from analytics.figures import labels
from analytics.figures.frame import (
    MAX_LABELS,
    Figure,
    Trace,
    axis,
    greatest,
    hatching,
    hover_text,
    layout,
    name_ticks,
    numbers,
    value_axis,
    whole,
)
from analytics.figures.palette import Palette
from analytics.figures.registry import render
from analytics.metrics.drawing import Bars
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result, Row

# More names than this on a horizontal axis can't be read; the rest is one bar.
MAX_NAMES = 12
# The names of more upright bars than this are written in two lines.
MAX_IN_A_LINE = 6


def bar_trace(
    metric: Metric, rows: list[Row], palette: Palette, *, drawing: Any, total: float
) -> Trace:
    """Return upright bars, one a row at 0, 1, ..., labelled when there are few."""
    value = labels.column_of(metric, drawing.value)
    label = labels.column_of(metric, drawing.label)
    names = [labels.formatted(label, row[drawing.label]) for row in rows]
    if drawing.color_family:
        colors = palette.values(drawing.color_family, [row[drawing.label] for row in rows])
    else:
        colors = [palette.value("", row[drawing.label]) for row in rows]
    texts, hovers = [], []
    for name, row in zip(names, rows, strict=True):
        amount = labels.formatted(value, row[drawing.value])
        share = row.get(drawing.share) if drawing.share else None
        shown = formatting.share(share) if isinstance(share, float | int) else ""
        texts.append(f"<b>{amount}</b><br>{shown}" if shown else amount)
        of = (
            f"{shown} of {formatting.count(total)}" if shown else part_of(row[drawing.value], total)
        )
        hovers.append(labels.hover(name, labels.measured(value, row[drawing.value]), of))
    trace: Trace = {
        "type": "bar",
        "x": list(range(len(rows))),
        "y": numbers([row[drawing.value] for row in rows]),
        "marker": {
            "color": [color.color for color in colors],
            "line": {"width": 0},
            **hatching([color.pattern for color in colors], palette),
        },
        **hover_text(hovers),
    }
    if len(rows) <= MAX_LABELS:
        trace |= {
            "text": texts,
            "textposition": "outside",
            "textfont": {"size": 11, "color": palette["ink"]},
            "cliponaxis": False,
        }
    return trace


def part_of(value: object, total: float) -> str:
    """``12.3 % of 1,284``; nothing when there is no whole."""
    if not isinstance(value, int | float) or not total:
        return ""
    return f"{formatting.share(value / total)} of {formatting.count(total)}"


def bars(drawing: Bars, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw bars of one series."""
    if drawing.horizontal:
        return horizontal_bars(drawing, metric, result, palette)
    value = labels.column_of(metric, drawing.value)
    label = labels.column_of(metric, drawing.label)
    rows = result.rows
    total = whole(rows, drawing.value)
    trace = bar_trace(metric, rows, palette, drawing=drawing, total=total)
    names = [labels.formatted(label, row[drawing.label]) for row in rows]
    # Names of known values speak for themselves.
    title = "" if drawing.color_family else labels.axis_title(label)
    top = greatest(trace["y"])
    labelled = "text" in trace
    height = 1.24 if labelled and drawing.share else 1.16
    return {
        "data": [trace],
        "layout": layout(
            palette,
            bargap=0.4 if len(rows) <= 4 else 0.2,
            xaxis=axis(palette, title, **name_ticks(names, broken=len(names) > MAX_IN_A_LINE)),
            yaxis=value_axis(palette, value.label, top)
            | ({"range": [0, top * height]} if labelled and top else {}),
        ),
    }


def horizontal_bars(drawing: Bars, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw bars with names beside them, in the order of the rows from the top."""
    value = labels.column_of(metric, drawing.value)
    label = labels.column_of(metric, drawing.label)
    total = whole(result.rows, drawing.value)
    shown = result.rows[:MAX_NAMES]
    rest = result.rows[MAX_NAMES:]
    amounts = numbers([row[drawing.value] for row in shown])
    names = [labels.formatted(label, row[drawing.label]) for row in shown]
    if rest:
        amounts.append(whole(rest, drawing.value))
        names.append(f"{formatting.count(len(rest))} others")
    hovers = [
        labels.hover(name, labels.measured(value, amount), part_of(amount, total))
        for name, amount in zip(names, amounts, strict=True)
    ]
    colors = [palette["series"]] * len(shown) + [palette["none"]] * bool(rest)
    ticks = name_ticks(names)
    top = greatest(amounts)
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": list(range(len(names))),
                "x": amounts,
                "marker": {"color": colors, "line": {"width": 0}},
                "text": [labels.formatted(value, amount) for amount in amounts],
                "textposition": "outside",
                "textfont": {"size": 11, "color": palette["ink"]},
                "cliponaxis": False,
                **hover_text(hovers),
            }
        ],
        "layout": layout(
            palette,
            margin={"l": 48, "r": 24, "t": 4, "b": 8},
            xaxis=value_axis(palette, labels.axis_title(value), top)
            | ({"range": [0, top * 1.12]} if top else {}),
            yaxis=axis(
                palette,
                tickfont={"size": 12, "color": palette["text"]},
                **{**ticks, "range": [len(names) - 0.5, -0.5]},
            ),
        ),
    }


def subtitle(drawing: Bars, metric: Metric, result: Result) -> str:
    """``Items by queue, most first``."""
    value = labels.column_of(metric, drawing.value).label
    label = labels.column_of(metric, drawing.label).label.lower()
    return f"{value} by {label}" + (", most first" if drawing.horizontal else "")


render(Bars, bars, subtitle=subtitle)
