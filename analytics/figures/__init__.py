"""From a metric's rows to a Plotly figure: no ORM, no Dash, no request.

``figure(metric, result)`` gives ``{"data": [...], "layout": {...}}`` of plain lists and dicts. What
a drawing looks like is registered by its type below; a new kind of drawing is one dataclass, one
function and one line here.
"""

from functools import singledispatch
from typing import Any

from analytics.figures import bars, lines, measures, rings, times
from analytics.figures.frame import Figure
from analytics.figures.lines import condensed_columns
from analytics.figures.palette import Palette, Theme
from analytics.metrics import drawing as spec
from analytics.metrics.drawing import Drawing
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result

__all__ = ["Figure", "Theme", "condensed_columns", "figure", "is_chart"]


@singledispatch
def draw(drawing: Drawing, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw nothing: tables and strips of figures are no charts."""
    return {"data": [], "layout": {}}


for _spec, _draw in {
    spec.Pie: rings.pie,
    spec.PieAndBars: rings.pie_and_bars,
    spec.Gauge: rings.gauge,
    spec.Bars: bars.bars,
    spec.Histogram: bars.histogram,
    spec.ColumnsAndLine: times.columns_and_line,
    spec.StackedColumns: measures.stacked_columns,
    spec.ClusteredBars: measures.clustered_bars,
    spec.SessionLine: lines.session_line,
    spec.Lines: lines.lines,
    spec.Scatter: lines.scatter,
}.items():
    draw.register(_spec, _draw)  # type: ignore[call-overload]


def is_chart(drawing: Drawing) -> bool:
    """Return whether a drawing gives a chart, rather than a table or a strip of figures."""
    return draw.dispatch(type(drawing)) is not draw.dispatch(Drawing)


def figure(metric: Metric, result: Result, *, theme: Theme = "light") -> dict[str, Any]:
    """Return the Plotly figure of what ``metric.drawn`` (or calling the metric) gave.

    ``{"data": [], "layout": {}}`` for metrics that are no chart. All texts in it are safe for
    Plotly, which reads some HTML tags.
    """
    return draw(metric.drawing, metric, result, Palette(theme))
