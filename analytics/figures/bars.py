"""Bars of one series."""

from typing import Any

from analytics import formatting
from analytics.figures import labels
from analytics.figures.layout import (
    MAX_LABELS,
    Figure,
    Trace,
    axis,
    category_ticks,
    column_sum,
    hatching,
    hover_properties,
    layout,
    maximum,
    numbers,
    value_axis,
)
from analytics.figures.palette import Palette
from analytics.figures.registry import register_rendering
from analytics.metrics.drawing import Bars
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result, Row

# More names than this on a horizontal axis can't be read; the rest is one bar.
MAX_HORIZONTAL_BARS = 12
# The names of more upright bars than this are written in two lines.
MAX_ONE_LINE_NAMES = 6


def bar_trace(
    metric: Metric, rows: list[Row], palette: Palette, *, drawing: Any, total: float
) -> Trace:
    """Return upright bars, one a row at 0, 1, ..., labelled when there are few."""
    value = labels.get_column(metric, drawing.value)
    label = labels.get_column(metric, drawing.label)
    names = [labels.format_value(label, row[drawing.label]) for row in rows]
    if drawing.color_family:
        colors = palette.colors_of(drawing.color_family, [row[drawing.label] for row in rows])
    else:
        colors = [palette.color_of("", row[drawing.label]) for row in rows]
    texts, hovers = [], []
    for name, row in zip(names, rows, strict=True):
        amount = labels.format_value(value, row[drawing.value])
        share = row.get(drawing.share) if drawing.share else None
        shown = formatting.share(share) if isinstance(share, float | int) else ""
        texts.append(f"<b>{amount}</b><br>{shown}" if shown else amount)
        of = (
            f"{shown} of {formatting.count(total)}"
            if shown
            else share_of_total(row[drawing.value], total)
        )
        hovers.append(
            labels.hover_text(name, labels.format_with_label(value, row[drawing.value]), of)
        )
    trace: Trace = {
        "type": "bar",
        "x": list(range(len(rows))),
        "y": numbers([row[drawing.value] for row in rows]),
        "marker": {
            "color": [color.color for color in colors],
            "line": {"width": 0},
            **hatching([color.pattern for color in colors], palette),
        },
        **hover_properties(hovers),
    }
    if len(rows) <= MAX_LABELS:
        trace |= {
            "text": texts,
            "textposition": "outside",
            "textfont": {"size": 11, "color": palette["ink"]},
            "cliponaxis": False,
        }
    return trace


def share_of_total(value: object, total: float) -> str:
    """``12.3 % of 1,284``; nothing when there is no whole."""
    if not isinstance(value, int | float) or not total:
        return ""
    return f"{formatting.share(value / total)} of {formatting.count(total)}"


def bars(drawing: Bars, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw bars of one series."""
    if drawing.horizontal:
        return horizontal_bars(drawing, metric, result, palette)
    value = labels.get_column(metric, drawing.value)
    label = labels.get_column(metric, drawing.label)
    rows = result.rows
    total = column_sum(rows, drawing.value)
    trace = bar_trace(metric, rows, palette, drawing=drawing, total=total)
    names = [labels.format_value(label, row[drawing.label]) for row in rows]
    # Names of known values speak for themselves.
    title = "" if drawing.color_family else labels.axis_title(label)
    top = maximum(trace["y"])
    labelled = "text" in trace
    height = 1.24 if labelled and drawing.share else 1.16
    return {
        "data": [trace],
        "layout": layout(
            palette,
            bargap=0.4 if len(rows) <= 4 else 0.2,
            xaxis=axis(
                palette, title, **category_ticks(names, broken=len(names) > MAX_ONE_LINE_NAMES)
            ),
            yaxis=value_axis(palette, value.label, top)
            | ({"range": [0, top * height]} if labelled and top else {}),
        ),
    }


def horizontal_bars(drawing: Bars, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw bars with names beside them, in the order of the rows from the top."""
    value = labels.get_column(metric, drawing.value)
    label = labels.get_column(metric, drawing.label)
    total = column_sum(result.rows, drawing.value)
    shown = result.rows[:MAX_HORIZONTAL_BARS]
    rest = result.rows[MAX_HORIZONTAL_BARS:]
    amounts = numbers([row[drawing.value] for row in shown])
    names = [labels.format_value(label, row[drawing.label]) for row in shown]
    if rest:
        amounts.append(column_sum(rest, drawing.value))
        names.append(f"{formatting.count(len(rest))} others")
    hovers = [
        labels.hover_text(
            name, labels.format_with_label(value, amount), share_of_total(amount, total)
        )
        for name, amount in zip(names, amounts, strict=True)
    ]
    colors = [palette["series"]] * len(shown) + [palette["none"]] * bool(rest)
    ticks = category_ticks(names)
    top = maximum(amounts)
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": list(range(len(names))),
                "x": amounts,
                "marker": {"color": colors, "line": {"width": 0}},
                "text": [labels.format_value(value, amount) for amount in amounts],
                "textposition": "outside",
                "textfont": {"size": 11, "color": palette["ink"]},
                "cliponaxis": False,
                **hover_properties(hovers),
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
    value = labels.get_column(metric, drawing.value).label
    label = labels.get_column(metric, drawing.label).label.lower()
    return f"{value} by {label}" + (", most first" if drawing.horizontal else "")


register_rendering(Bars, bars, subtitle=subtitle)
