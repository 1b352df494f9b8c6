"""A dot for each session in order of time; condensed, a day's mean with its range."""

from datetime import date, datetime
from typing import Any

from analytics import formatting
from analytics.display import active
from analytics.figures import labels
from analytics.figures.layout import (
    Figure,
    Trace,
    hover_properties,
    layout,
    maximum,
    numbers,
    plotly_date,
    time_axis,
    value_axis,
)
from analytics.figures.opening import opens_steps
from analytics.figures.palette import Palette
from analytics.figures.registry import register_rendering
from analytics.metrics.drawing import SessionLine
from analytics.metrics.grains import Step
from analytics.metrics.registry import Metric
from analytics.metrics.results import Column, Result, Row, Value
from analytics.metrics.row_keys import COLUMN, row_params

# The running mean is over a quarter of the sessions around each, but not over more than these.
MAX_WINDOW = 25
#: Whose column ``sessions`` a mean of sessions opens.
SESSIONS_METRIC = "review-summary"


def window_size(sessions: int) -> int:
    """How many sessions the running mean takes in: odd, so that one is in the middle; 3 to 25."""
    return min(MAX_WINDOW, max(3, sessions // 4 | 1))


def running_mean(values: list[float], window: int) -> list[float]:
    """The mean of the ``window`` values around each; fewer at the ends."""
    half = window // 2
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + value)
    means = []
    for index in range(len(values)):
        start, stop = max(0, index - half), min(len(values), index + half + 1)
        means.append((sums[stop] - sums[start]) / (stop - start))
    return means


def plotly_datetime(value: Value) -> str:
    """A moment in the reader's zone as Plotly's date axes read it: without an offset."""
    if isinstance(value, datetime):
        return value.astimezone(active().zone).strftime("%Y-%m-%d %H:%M:%S")
    return plotly_date(value)


def reference_line(drawing: SessionLine, palette: Palette) -> list[dict[str, Any]]:
    """The dashed line of the value that others are compared with."""
    if drawing.reference is None:
        return []
    return [
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": drawing.reference,
            "y1": drawing.reference,
            "line": {"color": palette["edge"], "width": 1, "dash": "dash"},
            "layer": "below",
        }
    ]


def session_line(drawing: SessionLine, metric: Metric, result: Result, palette: Palette) -> Figure:
    """A dot for each session and a running mean; condensed, a day's mean with its range."""
    value = labels.get_column(metric, drawing.value)
    draw = condensed_traces if result.condensed else session_traces
    traces, top, days = draw(drawing, metric, result, palette)
    yaxis = value_axis(palette, labels.axis_title(value), top)
    if drawing.reference is not None:
        # The axis need not begin at 0: what matters is the distance from the reference.
        yaxis |= {"rangemode": "normal", "ticksuffix": value.unit if value.unit == "×" else ""}
        yaxis["title"]["text"] = value.label if value.unit == "×" else labels.axis_title(value)
    return {
        "data": traces,
        "layout": layout(
            palette,
            shapes=reference_line(drawing, palette),
            xaxis=time_axis(palette, days),
            yaxis=yaxis,
        ),
    }


def session_traces(
    drawing: SessionLine, metric: Metric, result: Result, palette: Palette
) -> tuple[list[Trace], float, list[str]]:
    """The dots and the running mean, the highest value and the days."""
    value = labels.get_column(metric, drawing.value)
    rows = result.rows
    times = [plotly_datetime(row[drawing.time]) for row in rows]
    values = [float(row[drawing.value] or 0) for row in rows]  # type: ignore[arg-type]
    means = running_mean(values, window_size(len(values)))
    time = labels.get_column(metric, drawing.time)
    hovers = [
        labels.hover_text(
            str(row.get("session", "")),
            str(row.get("moderator") or ""),
            labels.format_when(time, row[drawing.time]),
            labels.format_with_label(value, row[drawing.value]),
        )
        for row in rows
    ]
    dots: Trace = {
        "type": "scatter",
        "mode": "markers",
        "x": times,
        "y": values,
        "marker": {"size": 5, "color": palette["series"], "opacity": 0.45},
        # By which the page finds the session of a dot.
        "customdata": [str(row.get("session", "")) for row in rows],
        **hover_properties(hovers),
    }
    line: Trace = {
        "type": "scatter",
        "mode": "lines",
        "x": times,
        "y": means,
        "line": {"color": palette["series"], "width": 2},
        "hoverinfo": "skip",
    }
    days = [moment[:10] for moment in times]
    return ([dots, line] if len(rows) > 2 else [dots]), maximum(values), days


def condensed_traces(
    drawing: SessionLine, metric: Metric, result: Result, palette: Palette
) -> tuple[list[Trace], float, list[str]]:
    """The days' means over the band from the lowest to the highest session."""
    value = labels.get_column(metric, drawing.value)
    rows = result.rows
    days = [plotly_datetime(row["day"]) for row in rows]
    plain = {"type": "scatter", "mode": "lines", "x": days, "hoverinfo": "skip"}
    return (
        [
            {**plain, "y": numbers([row["high"] for row in rows]), "line": {"width": 0}},
            {
                **plain,
                "y": numbers([row["low"] for row in rows]),
                "line": {"width": 0},
                "fill": "tonexty",
                "fillcolor": palette["band"],
            },
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": days,
                "y": numbers([row["mean"] for row in rows]),
                "line": {"color": palette["series"], "width": 2},
                "marker": {"size": 4, "color": palette["series"]},
                **hover_properties([day_hover(value, row) for row in rows]),
                **opens_sessions(metric, rows),
            },
        ],
        maximum([row["high"] for row in rows]),
        days,
    )


def opens_sessions(metric: Metric, rows: list[Row]) -> dict[str, Any]:
    """A mean of sessions opens them: the metric's own number of these days would be another."""
    days = [row_params(metric, row) for row in rows]
    spans = [
        Step(date.fromisoformat(each["start"]), date.fromisoformat(each["end"]), False, "")
        for each in days
    ]
    return opens_steps(spans, {COLUMN: "sessions"}, metric=SESSIONS_METRIC)


def day_hover(value: Column, row: Row) -> str:
    """The hover of a day: its mean, its range, and how many sessions it has."""
    low, high = (labels.format_value(value, row[name]) for name in ("low", "high"))
    return labels.hover_text(
        labels.format_when(Column("day", "Day", "date"), row["day"]),
        f"mean {labels.format_value(mean_column(value), row['mean'])}",
        f"from {low} to {high}",
        f"{formatting.count(row['sessions'])} sessions",  # type: ignore[arg-type]
    )


def mean_column(column: Column) -> Column:
    """The column of a mean: that of integers is no integer."""
    if column.type != "integer":
        return column
    return Column(column.name, column.label, "number")


def condensed_columns(drawing: SessionLine, metric: Metric) -> tuple[Column, ...]:
    """The columns of a result condensed by day."""
    value = labels.get_column(metric, drawing.value)
    mean = mean_column(value)
    return (
        Column("day", "Day", "date"),
        Column("sessions", "Sessions", "integer"),
        Column("mean", f"{value.label}, mean", mean.type, mean.unit),
        Column("low", "Lowest", value.type, value.unit),
        Column("high", "Highest", value.type, value.unit),
    )


def subtitle(drawing: SessionLine, metric: Metric, result: Result) -> str:
    """What a dot, the line and the band stand for."""
    if result.condensed:
        return "Line: mean of the day, band: from the lowest to the highest session"
    if len(result.rows) <= 2:
        return "Each dot a session in order of time"
    window = window_size(len(result.rows))
    return f"Each dot a session in order of time, line: mean of the {window} around it"


register_rendering(
    SessionLine, session_line, subtitle=subtitle, condensed_columns=condensed_columns
)
