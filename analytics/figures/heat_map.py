"""Numbers by two names, shaded: a table on pages, squares for those who ask for a figure."""

from collections.abc import Sequence
from typing import Any

from analytics.figures import labels
from analytics.figures.layout import Figure, axis, hover_properties, layout, numbers
from analytics.figures.palette import Palette
from analytics.figures.registry import register_rendering
from analytics.metrics.drawing import HeatMap
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result, Row, number_in

#: Numbers that rest on less are not shaded.
MIN_N = 50
STEPS = 7


def amount(drawing: HeatMap, value: str, row: Row) -> float:
    """How much a row's number rests on."""
    columns = drawing.counted[drawing.values.index(value)]
    return sum(number_in(row, name) or 0 for name in columns)


def shade_range(drawing: HeatMap, value: str, rows: Sequence[Row]) -> tuple[float, float] | None:
    """The least and the greatest shaded number; None where none is."""
    shaded = [
        number
        for row in rows
        if amount(drawing, value, row) >= MIN_N and (number := number_in(row, value)) is not None
    ]
    return (min(shaded), max(shaded)) if shaded else None


def shade(number: float, ends: tuple[float, float]) -> int:
    """The step of a number, from 0 to ``STEPS`` - 1."""
    low, high = ends
    return min(STEPS - 1, int((number - low) / (high - low) * STEPS)) if high > low else 0


def heat_map(drawing: HeatMap, metric: Metric, result: Result, palette: Palette) -> Figure:
    """The first of the values as squares; numbers that rest on little are open squares.

    The bundle of Plotly has no heat maps.
    """
    value = drawing.values[0]
    ends = shade_range(drawing, value, result.rows)
    rows = [row for row in result.rows if row[value] is not None]
    row_column, column = (labels.get_column(metric, n) for n in (drawing.row, drawing.column))
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers",
        "x": [row[drawing.column] for row in rows],
        "y": [row[drawing.row] for row in rows],
        "marker": {
            "symbol": [
                "square" if is_shaded(drawing, value, row) else "square-open" for row in rows
            ],
            "size": 22,
            "color": palette["series"],
            "opacity": [opacity(drawing, value, row, ends) for row in rows],
        },
        **hover_properties([hover(drawing, metric, value, row) for row in rows]),
    }
    places = {
        name: sorted({n for n in numbers([row[name] for row in rows]) if n is not None})
        for name in (drawing.row, drawing.column)
    }
    xaxis = axis(palette, column.label) | ticks(column, places[drawing.column])
    yaxis = axis(palette) | ticks(row_column, places[drawing.row]) | {"autorange": "reversed"}
    return {"data": [trace] if rows else [], "layout": layout(palette, xaxis=xaxis, yaxis=yaxis)}


def is_shaded(drawing: HeatMap, value: str, row: Row) -> bool:
    """Whether a row's number rests on enough."""
    return amount(drawing, value, row) >= MIN_N


def opacity(drawing: HeatMap, value: str, row: Row, ends: tuple[float, float] | None) -> float:
    """How strong a square is."""
    number = number_in(row, value)
    if ends is None or number is None or not is_shaded(drawing, value, row):
        return 0.4
    return round(0.16 + 0.14 * shade(number, ends), 2)


def ticks(column: Any, places: Sequence[float]) -> dict[str, Any]:
    """A tick for each name of an axis."""
    return {
        "tickmode": "array",
        "tickvals": list(places),
        "ticktext": [labels.format_value(column, place) for place in places],
    }


def hover(drawing: HeatMap, metric: Metric, value: str, row: Row) -> str:
    """``Wednesday, 14:00``, the number, and on how much it rests."""
    names = [labels.get_column(metric, name) for name in (drawing.row, drawing.column)]
    measured = labels.get_column(metric, value)
    parts = [labels.format_with_label(measured, row[value])]
    if value != "videos":
        parts.append(labels.format_with_label(labels.get_column(metric, "videos"), row["videos"]))
    parts.append(labels.format_with_label(labels.get_column(metric, "sessions"), row["sessions"]))
    head = ", ".join(labels.format_value(column, row[column.name]) for column in names)
    return labels.hover_text(head, *parts)


def subtitle(drawing: HeatMap, metric: Metric, result: Result) -> str:
    """By what the hours go."""
    return "By the start of the session; each cell opens its records"


register_rendering(HeatMap, heat_map, subtitle=subtitle, is_table=True)
