"""Axes of time, and columns by day with a rate as a line."""

from typing import Any

from analytics import formatting
from analytics.figures import labels
from analytics.figures.layout import (
    Figure,
    Trace,
    axis,
    column_sum,
    hatching,
    hover_properties,
    layout,
    maximum,
    numbers,
    share_axis,
    value_axis,
)
from analytics.figures.legends import LEGEND_PALETTE
from analytics.figures.palette import Palette
from analytics.figures.registry import Legend, register_rendering
from analytics.metrics.drawing import ColumnsAndLine
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result

# Thinner bars show no hatching.
MAX_HATCHED_DAYS = 100


def columns_and_line(
    drawing: ColumnsAndLine, metric: Metric, result: Result, palette: Palette
) -> Figure:
    """Draw stacked columns by day and a rate as a line on its own axis."""
    rows = result.rows
    days = [plotly_date(row[drawing.time]) for row in rows]
    time = labels.get_column(metric, drawing.time)
    line = labels.get_column(metric, drawing.line)
    stack = [labels.get_column(metric, name) for name in drawing.stack]
    totals = [sum(numbers([row[c.name] or 0 for c in stack])) for row in rows]  # type: ignore[arg-type]
    hovers = []
    for row, total in zip(rows, totals, strict=True):
        parts = [f"{c.label}: {labels.format_value(c, row[c.name])}" for c in reversed(stack)]
        rate = f"{line.label}: {labels.format_value(line, row[line.name])}"
        hovers.append(
            labels.hover_text(
                labels.format_value(time, row[drawing.time]),
                *parts,
                f"Together: {formatting.count(total)}",
                rate,
            )
        )
    hatched = len(rows) <= MAX_HATCHED_DAYS
    traces: list[Trace] = []
    for column in stack:
        color = palette.color_of(drawing.color_family, column.name)
        pattern = hatching([color.pattern] if hatched else [], palette)
        traces.append(
            {
                "type": "bar",
                "name": column.label,
                "x": days,
                "y": numbers([row[column.name] for row in rows]),
                "marker": {"color": color.color, "line": {"width": 0}, **pattern},
                **hover_properties(hovers),
            }
        )
    rates = numbers([row[drawing.line] for row in rows])
    traces.append(
        {
            "type": "scatter",
            "mode": "lines+markers" if len(rows) <= 60 else "lines",
            "name": line.label,
            "x": days,
            "y": rates,
            "yaxis": "y2",
            "line": {"color": palette["ink"], "width": 1.6},
            "marker": {
                "size": 5,
                "color": palette["surface"],
                "line": {"color": palette["ink"], "width": 1.4},
            },
            "hoverinfo": "skip",
        }
    )
    # Above the columns, where it does not hide them.
    highest = maximum(rates) or 1
    return {
        "data": traces,
        "layout": layout(
            palette,
            barmode="stack",
            barcornerradius=0,
            bargap=0.25,
            margin={"l": 48, "r": 48, "t": 12, "b": 8},
            xaxis=time_axis(palette, days),
            yaxis=value_axis(palette, metric.counted.capitalize(), maximum(totals)),
            yaxis2=share_axis(
                palette,
                labels.axis_title(line),
                overlaying="y",
                side="right",
                # Of its own: the first axis' would fall on odd shares.
                showgrid=False,
                tickmode="auto",
                range=[0, min(1.0, highest * 1.25) or 1],
            ),
        ),
    }


def plotly_date(value: object) -> str:
    """A day or month as Plotly's date axes read it."""
    return str(value)[:10]


def time_axis(palette: Palette, days: list[str]) -> dict[str, Any]:
    """An axis of days; a single day gets a range, since it spans none."""
    more: dict[str, Any] = {}
    if len(set(days)) == 1:
        more = {"tickmode": "array", "tickvals": days[:1]}
    elif len(set(days)) <= 8:
        more = {"dtick": 86_400_000}
    return axis(
        palette,
        type="date",
        nticks=7,
        tickformatstops=[
            {"dtickrange": [None, "M1"], "value": "%-d %b"},
            {"dtickrange": ["M1", "M12"], "value": "%b %Y"},
            {"dtickrange": ["M12", None], "value": "%Y"},
        ],
        **more,
    )


def subtitle(drawing: ColumnsAndLine, metric: Metric, result: Result) -> str:
    """``Videos stacked by decision, reject rate as a line``."""
    line = labels.get_column(metric, drawing.line).label.lower()
    kind = drawing.color_family or "kind"
    return f"{metric.counted.capitalize()} stacked by {kind}, {line} as a line"


def legend(drawing: ColumnsAndLine, metric: Metric, result: Result) -> Legend:
    """The parts of a column with their sums, then the line."""
    entries = []
    for name in drawing.stack:
        column = labels.get_column(metric, name)
        total = labels.format_value(column, int(column_sum(result.rows, name)))
        entries.append(
            (LEGEND_PALETTE.color_of(drawing.color_family, name).name, column.label, total)
        )
    line = labels.get_column(metric, drawing.line).label
    return [*entries, ("line", line, "")]


register_rendering(ColumnsAndLine, columns_and_line, subtitle=subtitle, legend=legend)
