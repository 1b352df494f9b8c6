"""Stacked columns by day, with a rate as a line on an axis of its own."""

from django.utils.text import capfirst

from analytics import formatting
from analytics.figures import labels
from analytics.figures.layout import (
    Axis,
    Figure,
    Trace,
    column_sum,
    hatching,
    hover_properties,
    layout,
    maximum,
    numbers,
    plotly_date,
    share_axis,
    time_axis,
    value_axis,
)
from analytics.figures.legends import LEGEND_PALETTE
from analytics.figures.opening import opens
from analytics.figures.palette import Palette
from analytics.figures.registry import Legend, register_rendering
from analytics.metrics.drawing import ColumnsAndLine
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result, Row
from analytics.metrics.row_keys import COLUMN

# Thinner bars show no hatching.
MAX_HATCHED_DAYS = 100
# Of more days the dots of the line would touch.
MAX_DOTTED_DAYS = 60


def columns_and_line(
    drawing: ColumnsAndLine, metric: Metric, result: Result, palette: Palette
) -> Figure:
    """Stacked columns by day and a rate as a line on its own axis."""
    days = [plotly_date(row[drawing.time]) for row in result.rows]
    totals = [stack_total(drawing, row) for row in result.rows]
    rates = numbers([row[drawing.line] for row in result.rows])
    traces = column_traces(drawing, metric, result.rows, palette)
    traces.append(line_trace(drawing, metric, result.rows, palette))
    return {
        "data": traces,
        "layout": layout(
            palette,
            barmode="stack",
            barcornerradius=0,
            bargap=0.25,
            margin={"l": 48, "r": 48, "t": 12, "b": 8},
            xaxis=time_axis(palette, days),
            yaxis=value_axis(palette, capfirst(metric.counted), maximum(totals)),
            yaxis2=rate_axis(
                palette, labels.axis_title(labels.get_column(metric, drawing.line)), maximum(rates)
            ),
        ),
    }


def stack_total(drawing: ColumnsAndLine, row: Row) -> float:
    """The height of a day's column."""
    return sum(number or 0 for number in numbers([row[name] for name in drawing.stack]))


def column_traces(
    drawing: ColumnsAndLine, metric: Metric, rows: list[Row], palette: Palette
) -> list[Trace]:
    """A trace of bars for each part of the stack, from the bottom up."""
    hovers = [day_hover(drawing, metric, row) for row in rows]
    traces: list[Trace] = []
    for name in drawing.stack:
        color = palette.color_of(drawing.color_family, name)
        pattern = [color.pattern] if len(rows) <= MAX_HATCHED_DAYS else []
        traces.append(
            {
                "type": "bar",
                "name": labels.get_column(metric, name).label,
                "x": [plotly_date(row[drawing.time]) for row in rows],
                "y": numbers([row[name] for row in rows]),
                "marker": {
                    "color": color.color,
                    "line": {"width": 0},
                    **hatching(pattern, palette),
                },
                **hover_properties(hovers),
                **opens(metric, name, rows),
            }
        )
    return traces


def day_hover(drawing: ColumnsAndLine, metric: Metric, row: Row) -> str:
    """The day, the parts as they are stacked from the top, their sum and the rate."""
    parts = [labels.get_column(metric, name) for name in reversed(drawing.stack)]
    time, line = (labels.get_column(metric, name) for name in (drawing.time, drawing.line))
    return labels.hover_text(
        labels.format_when(time, row[drawing.time]),
        *(f"{part.label}: {labels.format_value(part, row[part.name])}" for part in parts),
        f"Together: {formatting.count(stack_total(drawing, row))}",
        f"{line.label}: {labels.format_value(line, row[line.name])}",
    )


def line_trace(drawing: ColumnsAndLine, metric: Metric, rows: list[Row], palette: Palette) -> Trace:
    """The rate of each day as a line on the second axis, with the hovers of the bars."""
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(rows) <= MAX_DOTTED_DAYS else "lines",
        "name": labels.get_column(metric, drawing.line).label,
        "x": [plotly_date(row[drawing.time]) for row in rows],
        "y": numbers([row[drawing.line] for row in rows]),
        "yaxis": "y2",
        "line": {"color": palette["ink"], "width": 1.6},
        "marker": {
            "size": 5,
            "color": palette["surface"],
            "line": {"color": palette["ink"], "width": 1.4},
        },
        **hover_properties([day_hover(drawing, metric, row) for row in rows]),
        **opens(metric, drawing.line, rows),
    }


def rate_axis(palette: Palette, title: str, highest: float) -> Axis:
    """The axis of the rate, at the right; the line stays above most columns."""
    return share_axis(
        palette,
        title,
        overlaying="y",
        side="right",
        # Ticks of its own: those of the first axis would fall on odd shares.
        showgrid=False,
        tickmode="auto",
        range=[0, min(1.0, (highest or 1) * 1.25)],
    )


def subtitle(drawing: ColumnsAndLine, metric: Metric, result: Result) -> str:
    """``Videos stacked by decision, reject rate as a line``."""
    line = labels.get_column(metric, drawing.line).label.lower()
    kind = drawing.color_family or "kind"
    return f"{capfirst(metric.counted)} stacked by {kind}, {line} as a line"


def legend(drawing: ColumnsAndLine, metric: Metric, result: Result) -> Legend:
    """The parts of a column with their sums, then the line."""
    entries: Legend = []
    for name in drawing.stack:
        column = labels.get_column(metric, name)
        total = labels.format_value(column, int(column_sum(result.rows, name)))
        entries.append(
            (
                LEGEND_PALETTE.color_of(drawing.color_family, name).name,
                column.label,
                total,
                {COLUMN: name},
            )
        )
    line = labels.get_column(metric, drawing.line).label
    return [*entries, ("line", line, "")]


register_rendering(ColumnsAndLine, columns_and_line, subtitle=subtitle, legend=legend)
