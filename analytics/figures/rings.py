"""Rings of shares, and the gauge."""

from typing import Any

from analytics import formatting
from analytics.figures import labels
from analytics.figures.bars import bar_trace, part_of, whole
from analytics.figures.frame import (
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
)
from analytics.figures.palette import Palette
from analytics.metrics.drawing import Gauge, Pie, PieAndBars
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result, Row


def ring_trace(
    drawing: Pie | PieAndBars, metric: Metric, rows: list[Row], palette: Palette
) -> tuple[Trace, dict[str, Any]]:
    """Return the ring of the rows, and the text in its middle: the main row's share.

    That is the first where values have fixed meanings, else the largest.
    """
    value = labels.column_of(metric, drawing.value)
    label = labels.column_of(metric, drawing.label)
    amounts = numbers([row[drawing.value] for row in rows])
    total = whole(rows, drawing.value)
    names = [labels.formatted(label, row[drawing.label]) for row in rows]
    inks = palette.values(drawing.colours, [row[drawing.label] for row in rows])
    hovers = [
        labels.hover(name, labels.measured(value, amount), part_of(amount, total))
        for name, amount in zip(names, amounts, strict=True)
    ]
    trace: Trace = {
        "type": "pie",
        "hole": 0.7,
        "sort": False,
        "direction": "clockwise",
        # Same names stay slices of their own.
        "labels": [f"{place}" for place in range(len(rows))],
        "values": amounts,
        "textinfo": "none",
        "marker": {
            "colors": [ink.colour for ink in inks],
            "line": {"color": palette["surface"], "width": 2},
            **hatching([ink.pattern for ink in inks], palette),
        },
        **hover_text(hovers),
    }
    main = 0 if drawing.colours else max(range(len(rows)), key=lambda n: amounts[n] or 0, default=0)
    portion = (amounts[main] or 0) / total if rows and total else None
    large = f"font-size:20px;color:{palette['ink']}"
    middle = {
        "text": f"<span style='{large}'><b>{formatting.share(portion)}</b></span><br>"
        f"{labels.tick(names[main] if names else '').lower()}",
        "showarrow": False,
        "font": {"size": 12, "color": palette["quiet"]},
        "x": 0.5,
        "y": 0.5,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "center",
        "yanchor": "middle",
    }
    return trace, middle


def pie(drawing: Pie, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw a ring of shares."""
    trace, middle = ring_trace(drawing, metric, result.rows, palette)
    return {
        "data": [trace],
        "layout": layout(palette, margin={"l": 14, "r": 14, "t": 8, "b": 8}, annotations=[middle]),
    }


def pie_and_bars(drawing: PieAndBars, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw a ring of the known (the rows with a share) beside bars of all rows."""
    known = [row for row in result.rows if row[drawing.share] is not None]
    ring, middle = ring_trace(drawing, metric, known, palette)
    ring["domain"] = {"x": [0, 0.42], "y": [0.04, 0.96]}
    middle |= {"x": 0.21, "text": middle["text"].replace("20px", "17px")}
    label = labels.column_of(metric, drawing.label)
    names = [labels.formatted(label, row[drawing.label]) for row in result.rows]
    columns = bar_trace(
        metric, result.rows, palette, drawing=drawing, total=whole(known, drawing.value)
    )
    top = greatest(columns["y"])
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
            xaxis=axis(palette, "", **name_ticks(names), domain=[0.48, 1]),
            yaxis=value_axis(palette, "", top, showticklabels=False, showgrid=False, anchor="x")
            | ({"range": [0, top * 1.16]} if top else {}),
        ),
    }


def gauge(drawing: Gauge, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw the average between the least and the greatest, with the target as a line."""
    row = result.rows[0] if result.rows else {}
    low, value, high = (row.get(name) for name in (drawing.low, drawing.value, drawing.high))
    target = (result.summary or {}).get(drawing.target, row.get(drawing.target))
    column = labels.column_of(metric, drawing.value)
    factor = 100 if column.type == "share" else 1

    def scaled(amount: object) -> float | None:
        return amount * factor if isinstance(amount, int | float) else None

    top = 100 if column.type == "share" else (scaled(high) or 1)
    dial: dict[str, Any] = {
        "axis": {
            "range": [0, top],
            "tickfont": {"size": 11, "color": palette["quiet"]},
            "nticks": 6,
            "tickcolor": palette["edge"],
            "ticksuffix": " %" if factor == 100 else "",
        },
        "bar": {"color": palette["series"], "thickness": 0.42},
        "bgcolor": palette["track"],
        "borderwidth": 0,
        "steps": [
            {"range": [scaled(low) or 0, scaled(high) or 0], "color": palette["band"]},
        ],
    }
    if scaled(target) is not None:
        dial["threshold"] = {
            "value": scaled(target),
            "line": {"color": palette["ink"], "width": 3},
            "thickness": 0.9,
        }
    parts = [
        f"least {labels.formatted(column, low)}",
        f"greatest {labels.formatted(column, high)}",
        *([f"target {labels.formatted(column, target)}"] if scaled(target) is not None else []),
    ]
    return {
        "data": [
            {
                "type": "indicator",
                "mode": "gauge+number",
                "value": scaled(value),
                "number": {
                    "suffix": " %" if factor == 100 else f" {column.unit}",
                    "valueformat": ".1f",
                    "font": {"size": 27, "color": palette["ink"]},
                },
                "gauge": dial,
                "domain": {"x": [0, 1], "y": [0.06, 1]},
            }
        ],
        "layout": layout(
            palette,
            margin={"l": 40, "r": 44, "t": 24, "b": 24},
            annotations=[
                {
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
            ],
        ),
    }
