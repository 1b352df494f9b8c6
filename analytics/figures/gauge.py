"""A gauge: an average between the least and the greatest, with a target."""

from typing import Any

from analytics.figures import labels
from analytics.figures.layout import (
    Figure,
    layout,
)
from analytics.figures.palette import Palette
from analytics.figures.registry import register_rendering
from analytics.metrics.drawing import Gauge
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result


def gauge(drawing: Gauge, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw the average between the least and the greatest, with the target as a line."""
    row = result.rows[0] if result.rows else {}
    low, value, high = (row.get(name) for name in (drawing.low, drawing.value, drawing.high))
    target = (result.summary or {}).get(drawing.target, row.get(drawing.target))
    column = labels.get_column(metric, drawing.value)
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
        f"least {labels.format_value(column, low)}",
        f"greatest {labels.format_value(column, high)}",
        *([f"target {labels.format_value(column, target)}"] if scaled(target) is not None else []),
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


def subtitle(drawing: Gauge, metric: Metric, result: Result) -> str:
    """What needle and band stand for."""
    return "Average, with the range from the least to the greatest"


register_rendering(Gauge, gauge, subtitle=subtitle)
