"""A dot for each row, with the least-squares line through them."""

import statistics

from analytics import formatting
from analytics.figures import labels
from analytics.figures.layout import (
    Axis,
    Figure,
    Trace,
    axis,
    hover_properties,
    layout,
    maximum,
    value_axis,
)
from analytics.figures.multiple_measures import row_hovers
from analytics.figures.palette import Palette
from analytics.figures.registry import register_rendering
from analytics.metrics.drawing import Scatter
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result


def scatter(drawing: Scatter, metric: Metric, result: Result, palette: Palette) -> Figure:
    """A dot for each row that has both values, and the least-squares line through them."""
    x, y = (labels.get_column(metric, name) for name in (drawing.x, drawing.y))
    rows = [row for row in result.rows if row[drawing.x] is not None and row[drawing.y] is not None]
    xs = [float(row[drawing.x]) for row in rows]  # type: ignore[arg-type]
    ys = [float(row[drawing.y]) for row in rows]  # type: ignore[arg-type]
    dots: Trace = {
        "type": "scatter",
        "mode": "markers",
        "x": xs,
        "y": ys,
        "marker": {
            "size": 9,
            "color": palette["series"],
            "opacity": 0.8,
            "line": {"color": palette["surface"], "width": 1},
        },
        **hover_properties(row_hovers(metric, Result(rows=rows), drawing.label)),
        # By which the page finds the person of a dot.
        "customdata": [str(row[drawing.label]) for row in rows],
    }
    grid: Axis = {"showgrid": True, "gridcolor": palette["grid"]}
    if x.type == "integer" and xs and max(xs) - min(xs) < 6:
        grid["dtick"] = 1  # Half a session is none.
    return {
        "data": [dots, *regression_traces(xs, ys, palette)],
        "layout": layout(
            palette,
            meta={"opens": "person"},
            xaxis=axis(palette, labels.axis_title(x), nticks=7, tickformat=",", **grid),
            yaxis=value_axis(palette, labels.axis_title(y), maximum(ys)) | {"rangemode": "normal"},
        ),
    }


def regression_traces(xs: list[float], ys: list[float], palette: Palette) -> list[Trace]:
    """The dashed least-squares line from the lowest to the highest x, if there is one."""
    ends = regression_line_ends(xs, ys)
    if ends is None:
        return []
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [min(xs), max(xs)],
            "y": list(ends),
            "line": {"color": palette["ink"], "width": 1.4, "dash": "dash"},
            "hoverinfo": "skip",
        }
    ]


def regression_line_ends(xs: list[float], ys: list[float]) -> tuple[float, float] | None:
    """Y of the least-squares line at the lowest and the highest x.

    None below 3 points, or where all x are equal.
    """
    if len(xs) < 3 or len(set(xs)) < 2:
        return None
    slope, intercept = statistics.linear_regression(xs, ys)
    return (slope * min(xs) + intercept, slope * max(xs) + intercept)


def subtitle(drawing: Scatter, metric: Metric, result: Result) -> str:
    """What a dot stands for, and the correlation with its interval where it is known."""
    summary = result.summary or {}
    r, low, high = (summary.get(name) for name in ("r", "r_low", "r_high"))
    head = "Each dot a moderator"
    if len(result.rows) > 2:
        head += ", dashed: straight-line fit"
    if not isinstance(r, float) or not isinstance(low, float) or not isinstance(high, float):
        return head
    return f"{head} · r = {formatting.number(r, 2)} (95 % {formatting.interval(low, high, 2)})"


register_rendering(Scatter, scatter, subtitle=subtitle)
