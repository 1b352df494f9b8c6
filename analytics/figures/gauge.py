"""A gauge: an average between the least and the greatest, with a target."""

from typing import Any, NamedTuple

from analytics.figures import labels
from analytics.figures.layout import (
    Figure,
    layout,
)
from analytics.figures.palette import Palette
from analytics.figures.registry import register_rendering
from analytics.metrics.drawing import Gauge
from analytics.metrics.registry import Metric
from analytics.metrics.results import Column, Result, Value
from analytics.metrics.row_keys import COLUMN


def gauge(drawing: Gauge, metric: Metric, result: Result, palette: Palette) -> Figure:
    """The average as a bar on a dial, the range as a band behind it, the target as a line.

    Shares are shown in per cent: Plotly formats no suffix by itself.
    """
    column = labels.get_column(metric, drawing.value)
    readings = gauge_readings(drawing, result)
    value = scaled(column, readings.value)
    return {
        "data": [
            {
                "type": "indicator",
                "mode": "gauge+number",
                "value": value,
                "number": {
                    "suffix": " %" if column.type == "share" else f" {column.unit}",
                    "valueformat": ".1f",
                    "font": {"size": 27, "color": palette["ink"]},
                },
                "gauge": dial(column, readings, palette),
                "domain": {"x": [0, 1], "y": [0.06, 1]},
            }
        ],
        "layout": layout(
            palette,
            # Its only point is the whole scope.
            meta={"params": {COLUMN: drawing.value}, "keys": []},
            margin={"l": 40, "r": 44, "t": 24, "b": 24},
            annotations=[caption(column, readings, palette)],
        ),
    }


class Readings(NamedTuple):
    """What a gauge shows, in the column's unit; None where it is unknown or not set."""

    low: Value
    value: Value
    high: Value
    target: Value


def gauge_readings(drawing: Gauge, result: Result) -> Readings:
    """The values of the result's only row; the target may be in the summary."""
    row = result.rows[0] if result.rows else {}
    target = (result.summary or {}).get(drawing.target, row.get(drawing.target))
    return Readings(row.get(drawing.low), row.get(drawing.value), row.get(drawing.high), target)


def scaled(column: Column, value: Value) -> float | None:
    """A share in per cent; every other number as it is."""
    if not isinstance(value, int | float):
        return None
    return value * 100 if column.type == "share" else value


def dial(column: Column, readings: Readings, palette: Palette) -> dict[str, Any]:
    """The dial with its band from the least to the greatest, and the target's line."""
    low, high, target = (
        scaled(column, value) for value in (readings.low, readings.high, readings.target)
    )
    is_share = column.type == "share"
    properties: dict[str, Any] = {
        "axis": {
            "range": [0, 100 if is_share else (high or 1)],
            "tickfont": {"size": 11, "color": palette["quiet"]},
            "nticks": 6,
            "tickcolor": palette["edge"],
            "ticksuffix": " %" if is_share else "",
        },
        "bar": {"color": palette["series"], "thickness": 0.42},
        "bgcolor": palette["track"],
        "borderwidth": 0,
        "steps": [{"range": [low or 0, high or 0], "color": palette["band"]}],
    }
    if target is not None:
        properties["threshold"] = {
            "value": target,
            "line": {"color": palette["ink"], "width": 3},
            "thickness": 0.9,
        }
    return properties


def caption(column: Column, readings: Readings, palette: Palette) -> dict[str, Any]:
    """``least 3.0 % · greatest 91.0 % · target 60.0 %``, below the dial."""
    parts = [
        f"least {labels.format_value(column, readings.low)}",
        f"greatest {labels.format_value(column, readings.high)}",
    ]
    if isinstance(readings.target, int | float):
        parts.append(f"target {labels.format_value(column, readings.target)}")
    return {
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


def subtitle(drawing: Gauge, metric: Metric, result: Result) -> str:
    """What bar and band stand for."""
    return "Average, with the range from the least to the greatest"


register_rendering(Gauge, gauge, subtitle=subtitle)
