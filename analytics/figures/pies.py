"""Pies of shares, drawn as rings."""

from collections.abc import Sequence
from typing import Any

from analytics import formatting
from analytics.figures import labels
from analytics.figures.bars import bar_trace, share_of_total
from analytics.figures.layout import (
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
from analytics.figures.legends import value_legend
from analytics.figures.opening import opens
from analytics.figures.palette import Palette
from analytics.figures.registry import Legend, register_rendering
from analytics.metrics.drawing import Pie, PieAndBars
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result, Row


def pie_trace(
    drawing: Pie | PieAndBars,
    metric: Metric,
    rows: list[Row],
    palette: Palette,
    seen: Sequence[str] = (),
) -> Trace:
    """A ring with a slice for each row, clockwise in their order."""
    value = labels.get_column(metric, drawing.value)
    label = labels.get_column(metric, drawing.label)
    amounts = numbers([row[drawing.value] for row in rows])
    total = column_sum(rows, drawing.value)
    colors = palette.colors_of(drawing.color_family, [row[drawing.label] for row in rows], seen)
    hovers = [
        labels.hover_text(
            labels.format_value(label, row[drawing.label]),
            labels.format_with_label(value, amount),
            share_of_total(amount, total),
        )
        for row, amount in zip(rows, amounts, strict=True)
    ]
    return {
        "type": "pie",
        "hole": 0.7,
        "sort": False,
        "direction": "clockwise",
        # Numbers: of two slices with the same label Plotly would make one.
        "labels": [f"{place}" for place in range(len(rows))],
        "values": amounts,
        "textinfo": "none",
        "marker": {
            "colors": [color.color for color in colors],
            "line": {"color": palette["surface"], "width": 2},
            **hatching([color.pattern for color in colors], palette),
        },
        **hover_properties(hovers),
        **opens(metric, drawing.value, rows),
    }


def main_share(
    drawing: Pie | PieAndBars, metric: Metric, rows: list[Row], palette: Palette, *, size: int = 20
) -> dict[str, Any]:
    """The text in the middle of the ring, ``size`` pixels high: a share and whose it is.

    The first row's where values have fixed meanings, else the largest.
    """
    amounts = numbers([row[drawing.value] for row in rows])
    if drawing.color_family:
        main = 0
    else:
        main = max(range(len(rows)), key=lambda place: amounts[place] or 0, default=0)
    total = column_sum(rows, drawing.value)
    share = (amounts[main] or 0) / total if total else None
    label = labels.get_column(metric, drawing.label)
    name = labels.format_value(label, rows[main][drawing.label]) if rows else ""
    style = f"font-size:{size}px;color:{palette['ink']}"
    return {
        "text": f"<span style='{style}'><b>{formatting.share(share)}</b></span><br>"
        f"{labels.tick_label(name).lower()}",
        "showarrow": False,
        "font": {"size": 12, "color": palette["quiet"]},
        "x": 0.5,
        "y": 0.5,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "center",
        "yanchor": "middle",
    }


def pie(drawing: Pie, metric: Metric, result: Result, palette: Palette) -> Figure:
    """A ring of shares."""
    trace = pie_trace(drawing, metric, result.rows, palette, result.seen)
    middle = main_share(drawing, metric, result.rows, palette)
    return {
        "data": [trace],
        "layout": layout(palette, margin={"l": 14, "r": 14, "t": 8, "b": 8}, annotations=[middle]),
    }


def pie_and_bars(drawing: PieAndBars, metric: Metric, result: Result, palette: Palette) -> Figure:
    """A ring of the known (the rows with a share) beside bars of all rows."""
    known_rows = [row for row in result.rows if row[drawing.share] is not None]
    ring = pie_trace(drawing, metric, known_rows, palette)
    ring["domain"] = {"x": [0, 0.42], "y": [0.04, 0.96]}
    middle = main_share(drawing, metric, known_rows, palette, size=17) | {"x": 0.21}
    label = labels.get_column(metric, drawing.label)
    names = [labels.format_value(label, row[drawing.label]) for row in result.rows]
    columns = bar_trace(
        metric, result.rows, palette, drawing=drawing, total=column_sum(known_rows, drawing.value)
    )
    top = maximum(columns["y"])
    if "text" in columns:
        # Beside the ring there is no room for the shares, and it shows them.
        columns["text"] = [formatting.count(amount) for amount in columns["y"]]
    return {
        "data": [ring, columns],
        "layout": layout(
            palette,
            margin={"l": 14, "r": 14, "t": 12, "b": 8},
            bargap=0.25,
            annotations=[middle],
            xaxis=axis(palette, "", **category_ticks(names), domain=[0.48, 1]),
            yaxis=value_axis(palette, "", top, showticklabels=False, showgrid=False, anchor="x")
            | ({"range": [0, top * 1.16]} if top else {}),
        ),
    }


def pie_subtitle(drawing: Pie, metric: Metric, result: Result) -> str:
    """``Share of videos``."""
    return f"Share of {metric.counted}"


def pie_legend(drawing: Pie, metric: Metric, result: Result) -> Legend:
    """The values with their counts."""
    return value_legend(
        metric, result, label=drawing.label, value=drawing.value, family=drawing.color_family
    )


def pie_and_bars_subtitle(drawing: PieAndBars, metric: Metric, result: Result) -> str:
    """How many the shares are of, and how many are unknown."""
    summary = result.summary or {}
    known, unknown = summary.get("known"), (result.n or 0) - int(str(summary.get("known") or 0))
    if isinstance(known, int) and unknown > 0:
        return (
            f"Share among the {formatting.count(known)} known, {formatting.count(unknown)} unknown"
        )
    return "Share among the known"


register_rendering(Pie, pie, subtitle=pie_subtitle, legend=pie_legend, legend_below=True)
register_rendering(PieAndBars, pie_and_bars, subtitle=pie_and_bars_subtitle)
