"""Bars of one series."""

from typing import Any

from analytics import formatting
from analytics.figures import labels
from analytics.figures.layout import (
    MAX_LABELS,
    Axis,
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
from analytics.figures.opening import opens
from analytics.figures.palette import Palette
from analytics.figures.registry import register_rendering
from analytics.metrics.drawing import Bars, PieAndBars
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result, Row

# More names than this on a horizontal axis can't be read; the rest is one bar.
MAX_HORIZONTAL_BARS = 12
# The names of more upright bars than this are written in two lines.
MAX_ONE_LINE_NAMES = 6


def bar_trace(
    metric: Metric, rows: list[Row], palette: Palette, *, drawing: Bars | PieAndBars, total: float
) -> Trace:
    """Upright bars, one for each row at 0, 1, ..., labelled when there are few."""
    if drawing.color_family:
        colors = palette.colors_of(drawing.color_family, [row[drawing.label] for row in rows])
    else:
        colors = [palette.color_of("", row[drawing.label]) for row in rows]
    trace: Trace = {
        "type": "bar",
        "x": list(range(len(rows))),
        "y": numbers([row[drawing.value] for row in rows]),
        "marker": {
            "color": [color.color for color in colors],
            "line": {"width": 0},
            **hatching([color.pattern for color in colors], palette),
        },
        **hover_properties([bar_hover(metric, row, drawing=drawing, total=total) for row in rows]),
        **opens(metric, drawing.value, rows),
    }
    if len(rows) <= MAX_LABELS:
        trace |= bar_labels([bar_text(metric, row, drawing=drawing) for row in rows], palette)
    return trace


def bar_labels(texts: list[str], palette: Palette) -> dict[str, Any]:
    """A text at the end of each bar, never cut off by the edge of the chart."""
    return {
        "text": texts,
        "textposition": "outside",
        "textfont": {"size": 11, "color": palette["ink"]},
        "cliponaxis": False,
    }


def share_text(row: Row, drawing: Bars | PieAndBars) -> str:
    """The row's share; empty where it has none."""
    share = row.get(drawing.share) if drawing.share else None
    return formatting.share(share) if isinstance(share, float | int) else ""


def bar_text(metric: Metric, row: Row, *, drawing: Bars | PieAndBars) -> str:
    """A bar's value, and its share on a second line."""
    amount = labels.format_value(labels.get_column(metric, drawing.value), row[drawing.value])
    share = share_text(row, drawing)
    return f"<b>{amount}</b><br>{share}" if share else amount


def bar_hover(metric: Metric, row: Row, *, drawing: Bars | PieAndBars, total: float) -> str:
    """A bar's name, its value, and its share of the total."""
    label, value = (labels.get_column(metric, name) for name in (drawing.label, drawing.value))
    share = share_text(row, drawing)
    return labels.hover_text(
        labels.format_value(label, row[drawing.label]),
        labels.format_with_label(value, row[drawing.value]),
        f"{share} of {formatting.count(total)}"
        if share
        else share_of_total(row[drawing.value], total),
    )


def share_of_total(value: object, total: float) -> str:
    """``12.3 % of 1,284``; empty when there is no total."""
    if not isinstance(value, int | float) or not total:
        return ""
    return f"{formatting.share(value / total)} of {formatting.count(total)}"


def bars(drawing: Bars, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Upright or horizontal bars of one series."""
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
                palette, title, **category_ticks(names, two_lines=len(names) > MAX_ONE_LINE_NAMES)
            ),
            yaxis=value_axis(palette, value.label, top)
            | ({"range": [0, top * height]} if labelled and top else {}),
        ),
    }


def horizontal_bars(drawing: Bars, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Bars with names beside them, in the order of the rows from the top."""
    value = labels.get_column(metric, drawing.value)
    names, amounts = first_bars(drawing, metric, result.rows)
    total = column_sum(result.rows, drawing.value)
    top = maximum(amounts)
    colors = [palette["series"]] * len(names)
    opened: list[Row | None] = list(result.rows[:MAX_HORIZONTAL_BARS])
    if len(result.rows) > MAX_HORIZONTAL_BARS:
        colors[-1] = palette["none"]
        opened.append(None)
    trace: Trace = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(names))),
        "x": amounts,
        "marker": {"color": colors, "line": {"width": 0}},
        **bar_labels([labels.format_value(value, amount) for amount in amounts], palette),
        **hover_properties(
            [
                labels.hover_text(
                    name,
                    labels.format_with_label(value, amount),
                    share_of_total(amount, total),
                )
                for name, amount in zip(names, amounts, strict=True)
            ]
        ),
        **opens(metric, drawing.value, opened),
    }
    return {
        "data": [trace],
        "layout": layout(
            palette,
            margin={"l": 48, "r": 24, "t": 4, "b": 8},
            xaxis=value_axis(palette, labels.axis_title(value), top)
            | ({"range": [0, top * 1.12]} if top else {}),
            yaxis=name_axis(palette, names),
        ),
    }


def first_bars(
    drawing: Bars, metric: Metric, rows: list[Row]
) -> tuple[list[str], list[float | int | None]]:
    """The names and values of the first rows, and of all others together as the last bar."""
    label = labels.get_column(metric, drawing.label)
    first_rows, other_rows = rows[:MAX_HORIZONTAL_BARS], rows[MAX_HORIZONTAL_BARS:]
    names = [labels.format_value(label, row[drawing.label]) for row in first_rows]
    amounts = numbers([row[drawing.value] for row in first_rows])
    if other_rows:
        names.append(f"{formatting.count(len(other_rows))} others")
        amounts.append(column_sum(other_rows, drawing.value))
    return names, amounts


def name_axis(palette: Palette, names: list[str]) -> Axis:
    """The axis of names beside horizontal bars, the first at the top."""
    ticks = category_ticks(names) | {"range": [len(names) - 0.5, -0.5]}
    return axis(palette, tickfont={"size": 12, "color": palette["text"]}, **ticks)


def subtitle(drawing: Bars, metric: Metric, result: Result) -> str:
    """``Items by queue, most first``."""
    value = labels.get_column(metric, drawing.value).label
    label = labels.get_column(metric, drawing.label).label.lower()
    return f"{value} by {label}" + (", most first" if drawing.horizontal else "")


register_rendering(Bars, bars, subtitle=subtitle)
