"""From a metric's rows to a Plotly figure and the words around it: no ORM, no Dash, no request.

``figure(metric, result)`` gives ``{"data": [...], "layout": {...}}`` of plain lists and dicts. How
a drawing looks is declared in its module by ``render``; every module of this package is
imported, so that a new one needs no entry in a list.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from analytics.figures.layout import Figure
from analytics.figures.palette import Palette, Theme
from analytics.figures.registry import Legend, Rendering, Variants, get_rendering
from analytics.metrics.drawing import Drawing
from analytics.metrics.registry import Metric
from analytics.metrics.results import Column, Result

__all__ = [
    "Figure",
    "Legend",
    "Rendering",
    "Theme",
    "Variants",
    "figure",
    "get_rendering",
    "is_chart",
    "is_empty",
    "result_columns",
]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def is_chart(drawing: Drawing) -> bool:
    """Whether a drawing gives a chart, rather than a table or a strip of figures."""
    rendering = get_rendering(drawing)
    return rendering.draw is not None and not rendering.is_table


def figure(metric: Metric, result: Result, *, theme: Theme = "light") -> dict[str, Any]:
    """The Plotly figure of a result; ``{"data": [], "layout": {}}`` for metrics without a chart.

    All texts in it are safe for Plotly, which reads some HTML tags.
    """
    draw = get_rendering(metric.drawing).draw
    if draw is None:
        return {"data": [], "layout": {}}
    return draw(metric.drawing, metric, result, Palette(theme))


def result_columns(metric: Metric, result: Result) -> tuple[Column, ...]:
    """The columns of a result: a condensed one has columns of its own."""
    condensed_columns = get_rendering(metric.drawing).condensed_columns
    if result.condensed and condensed_columns is not None:
        return condensed_columns(metric.drawing, metric)
    return metric.columns


def is_empty(result: Result) -> bool:
    """Whether there is nothing to show: no rows, or rows that count nothing."""
    return not result.rows or result.n == 0
