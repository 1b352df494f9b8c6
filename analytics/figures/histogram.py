"""Bins of a length of time, stacked by series."""

from analytics import formatting
from analytics.figures import labels
from analytics.figures.layout import (
    Figure,
    axis,
    hatching,
    hover_properties,
    layout,
    maximum,
    numbers,
    value_axis,
)
from analytics.figures.legends import value_legend
from analytics.figures.palette import Palette
from analytics.figures.registry import Legend, register_rendering
from analytics.metrics.drawing import Histogram
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result


def histogram(drawing: Histogram, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw bins of seconds, stacked by series."""
    value = labels.get_column(metric, drawing.value)
    series_column = labels.get_column(metric, drawing.series)
    kinds = list(dict.fromkeys(row[drawing.series] for row in result.rows))
    colors = palette.colors_of(drawing.color_family, list(kinds))
    edges = sorted({(float(row[drawing.start]), float(row[drawing.stop])) for row in result.rows})  # type: ignore[arg-type]
    width = edges[0][1] - edges[0][0] if edges else 1.0
    longest = edges[-1][1] if edges else 0.0
    form, unit = labels.clock_format(longest)
    totals: dict[float, float] = {}
    for row in result.rows:
        start = float(row[drawing.start])  # type: ignore[arg-type]
        totals[start] = totals.get(start, 0) + (row[drawing.value] or 0)  # type: ignore[operator]
    traces = []
    for kind, color in zip(kinds, colors, strict=True):
        rows = [row for row in result.rows if row[drawing.series] == kind]
        starts = [float(row[drawing.start]) for row in rows]  # type: ignore[arg-type]
        hovers = [
            labels.hover_text(
                f"{labels.format_clock(start, unit)}–{labels.format_clock(start + width, unit)}",
                f"{labels.format_value(series_column, kind)}: "
                f"{labels.format_with_label(value, row[drawing.value])}",
                f"{formatting.count(totals[start])} of all kinds",
            )
            for start, row in zip(starts, rows, strict=True)
        ]
        traces.append(
            {
                "type": "bar",
                "name": labels.escape_text(labels.format_value(series_column, kind)),
                "x": [start + width / 2 for start in starts],
                "y": numbers([row[drawing.value] for row in rows]),
                "width": width * 0.94,
                "marker": {
                    "color": color.color,
                    "line": {"width": 0},
                    **hatching([color.pattern], palette),
                },
                **hover_properties(hovers),
            }
        )
    # About seven ticks, on edges of bins.
    step = width * max(1, -(-len(edges) // 7))
    places = [step * place for place in range(int(longest // step) + 1)] if edges else []
    return {
        "data": traces,
        "layout": layout(
            palette,
            barmode="stack",
            barcornerradius=0,
            bargap=0,
            xaxis=axis(
                palette,
                f"Length, {form} (steps of {formatting.round_duration(width)})",
                tickmode="array",
                tickvals=places,
                ticktext=[labels.format_clock(place, unit) for place in places],
                range=[0, longest or 1],
            ),
            yaxis=value_axis(palette, value.label, maximum(list(totals.values()))),
        ),
    }


def subtitle(drawing: Histogram, metric: Metric, result: Result) -> str:
    """``Intervals in steps of 30 s``."""
    if not result.rows:
        return metric.counted.capitalize()
    first = result.rows[0]
    width = float(str(first[drawing.stop])) - float(str(first[drawing.start]))
    return f"{metric.counted.capitalize()} in steps of {formatting.round_duration(width)}"


def legend(drawing: Histogram, metric: Metric, result: Result) -> Legend:
    """The series with their sums."""
    return value_legend(
        metric, result, label=drawing.series, value=drawing.value, family=drawing.color_family
    )


register_rendering(Histogram, histogram, subtitle=subtitle, legend=legend)
