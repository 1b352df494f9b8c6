"""Axes of time, and columns by day with a rate as a line."""

from typing import Any

from analytics import formatting
from analytics.figures import labels
from analytics.figures.frame import (
    Figure,
    Trace,
    axis,
    greatest,
    hatching,
    hover_text,
    layout,
    numbers,
    share_axis,
    value_axis,
    whole,
)
from analytics.figures.legends import PALETTE
from analytics.figures.palette import Palette
from analytics.figures.registry import Legend, render
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
    days = [day_text(row[drawing.time]) for row in rows]
    time = labels.column_of(metric, drawing.time)
    line = labels.column_of(metric, drawing.line)
    stack = [labels.column_of(metric, name) for name in drawing.stack]
    totals = [sum(numbers([row[c.name] or 0 for c in stack])) for row in rows]  # type: ignore[arg-type]
    hovers = []
    for row, total in zip(rows, totals, strict=True):
        parts = [f"{c.label}: {labels.formatted(c, row[c.name])}" for c in reversed(stack)]
        rate = f"{line.label}: {labels.formatted(line, row[line.name])}"
        hovers.append(
            labels.hover(
                labels.formatted(time, row[drawing.time]),
                *parts,
                f"Together: {formatting.count(total)}",
                rate,
            )
        )
    hatched = len(rows) <= MAX_HATCHED_DAYS
    traces: list[Trace] = []
    for column in stack:
        color = palette.value(drawing.color_family, column.name)
        pattern = hatching([color.pattern] if hatched else [], palette)
        traces.append(
            {
                "type": "bar",
                "name": column.label,
                "x": days,
                "y": numbers([row[column.name] for row in rows]),
                "marker": {"color": color.color, "line": {"width": 0}, **pattern},
                **hover_text(hovers),
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
    highest = greatest(rates) or 1
    return {
        "data": traces,
        "layout": layout(
            palette,
            barmode="stack",
            barcornerradius=0,
            bargap=0.25,
            margin={"l": 48, "r": 48, "t": 12, "b": 8},
            xaxis=time_axis(palette, days),
            yaxis=value_axis(palette, metric.counted.capitalize(), greatest(totals)),
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


def day_text(value: object) -> str:
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
    line = labels.column_of(metric, drawing.line).label.lower()
    kind = drawing.color_family or "kind"
    return f"{metric.counted.capitalize()} stacked by {kind}, {line} as a line"


def legend(drawing: ColumnsAndLine, metric: Metric, result: Result) -> Legend:
    """The parts of a column with their sums, then the line."""
    entries = []
    for name in drawing.stack:
        column = labels.column_of(metric, name)
        total = labels.formatted(column, int(whole(result.rows, name)))
        entries.append((PALETTE.value(drawing.color_family, name).name, column.label, total))
    line = labels.column_of(metric, drawing.line).label
    return [*entries, ("line", line, "")]


render(ColumnsAndLine, columns_and_line, subtitle=subtitle, legend=legend)
