"""Lines over time, a dot a session, and the scatter with its fit."""

import math
import statistics
from datetime import datetime
from typing import Any

from django.utils import timezone

from analytics import formatting
from analytics.figures import labels
from analytics.figures.frame import (
    Axis,
    Figure,
    Trace,
    axis,
    greatest,
    hover_text,
    layout,
    numbers,
    value_axis,
)
from analytics.figures.measures import row_hovers
from analytics.figures.palette import OTHERS, Ink, Palette
from analytics.figures.times import day_text, time_axis
from analytics.metrics.drawing import Lines, Scatter, SessionLine
from analytics.metrics.registry import Metric
from analytics.metrics.results import Column, Result, Row, Value

# The running mean is over a quarter of the sessions around each, but not over more than these.
MAX_AROUND = 25
# More lines than this can't be told apart; the rest is drawn thin and grey, behind them.
LINE_INKS = ("series", *OTHERS)


def window_of(sessions: int) -> int:
    """Return over how many sessions the running mean goes: an odd number, 3 or more."""
    return min(MAX_AROUND, max(3, sessions // 4 | 1))


def running_mean(values: list[float], window: int) -> list[float]:
    """Return the mean of the ``window`` values around each; fewer at the ends."""
    half = window // 2
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + value)
    means = []
    for place in range(len(values)):
        first, last = max(0, place - half), min(len(values), place + half + 1)
        means.append((sums[last] - sums[first]) / (last - first))
    return means


def instant(value: Value) -> str:
    """Return a moment in TIME_ZONE as Plotly's date axes read it: without an offset."""
    if isinstance(value, datetime):
        return timezone.localtime(value, timezone.get_default_timezone()).strftime(
            "%Y-%m-%d %H:%M:%S"
        )
    return day_text(value)


def reference_line(drawing: SessionLine, palette: Palette) -> list[dict[str, Any]]:
    """Return the dashed line of the value that others are compared with."""
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
    """Draw a dot a session and a running mean; or, condensed, a day's mean with its range."""
    value = labels.column_of(metric, drawing.value)
    draw = condensed_traces if result.condensed else session_traces
    traces, top, days = draw(drawing, metric, result, palette)
    yaxis = value_axis(palette, labels.axis_title(value), top)
    if drawing.reference is not None:
        # A truncated line: what matters is how far it is from the reference.
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
    """Return the dots and the running mean, the greatest value and the days."""
    value = labels.column_of(metric, drawing.value)
    rows = result.rows
    times = [instant(row[drawing.time]) for row in rows]
    values = [float(row[drawing.value] or 0) for row in rows]  # type: ignore[arg-type]
    means = running_mean(values, window_of(len(values)))
    time = labels.column_of(metric, drawing.time)
    hovers = [
        labels.hover(
            str(row.get("session", "")),
            str(row.get("moderator") or ""),
            labels.formatted(time, row[drawing.time]),
            labels.measured(value, row[drawing.value]),
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
        **hover_text(hovers),
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
    return ([dots, line] if len(rows) > 2 else [dots]), greatest(values), days


def condensed_traces(
    drawing: SessionLine, metric: Metric, result: Result, palette: Palette
) -> tuple[list[Trace], float, list[str]]:
    """Return the days' means over the band from the lowest to the highest session."""
    value = labels.column_of(metric, drawing.value)
    rows = result.rows
    days = [instant(row["day"]) for row in rows]
    hovers = [
        labels.hover(
            labels.formatted(Column("day", "Day", "date"), row["day"]),
            f"mean {labels.formatted(average_of(value), row['mean'])}",
            f"from {labels.formatted(value, row['low'])} to {labels.formatted(value, row['high'])}",
            f"{formatting.count(row['sessions'])} sessions",  # type: ignore[arg-type]
        )
        for row in rows
    ]
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
                **hover_text(hovers),
            },
        ],
        greatest([row["high"] for row in rows]),
        days,
    )


def average_of(column: Column) -> Column:
    """Return the column of a mean: of whole numbers the mean is none."""
    if column.type != "integer":
        return column
    return Column(column.name, column.label, "number")


def condensed_columns(metric: Metric) -> tuple[Column, ...]:
    """Return the columns of a result condensed by day, for its table."""
    drawing = metric.drawing
    assert isinstance(drawing, SessionLine)
    value = labels.column_of(metric, drawing.value)
    mean = average_of(value)
    return (
        Column("day", "Day", "date"),
        Column("sessions", "Sessions", "integer"),
        Column("mean", f"{value.label}, mean", mean.type, mean.unit),
        Column("low", "Lowest", value.type, value.unit),
        Column("high", "Highest", value.type, value.unit),
    )


def series_names(drawing: Lines, result: Result) -> list[Value]:
    """Return the names of the series, the greatest sum first, then by name."""
    if not drawing.series:
        return [None]
    sums: dict[Value, float] = {}
    for row in result.rows:
        amount = row[drawing.value]
        sums[row[drawing.series]] = sums.get(row[drawing.series], 0) + (
            amount if isinstance(amount, int | float) else 0
        )
    return sorted(sums, key=lambda name: (-sums[name], str(name)))


def series_inks(count: int, palette: Palette) -> list[tuple[Ink, float]]:
    """Return colour and width of each line; those after the first few are grey."""
    few = [(Ink(name, palette[name]), 2.0) for name in LINE_INKS[:count]]
    return few + [(Ink("none", palette["none"]), 1.0)] * (count - len(few))


def lines(drawing: Lines, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw a line a series; without a series, one line with open dots."""
    value = labels.column_of(metric, drawing.value)
    time = labels.column_of(metric, drawing.time)
    names = series_names(drawing, result)
    traces: list[Trace] = []
    styled = list(zip(names, series_inks(len(names), palette), strict=True))
    # The last is drawn on top.
    for name, (ink, width) in reversed(styled):
        rows = [row for row in result.rows if not drawing.series or row[drawing.series] == name]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": labels.safe(str(name)) if name is not None else value.label,
                "x": [day_text(row[drawing.time]) for row in rows],
                "y": numbers([row[drawing.value] for row in rows]),
                "line": {"color": ink.colour, "width": width},
                "marker": {
                    "size": 4 if drawing.series else 6,
                    "color": ink.colour if drawing.series else palette["surface"],
                    "line": {"color": ink.colour, "width": 0 if drawing.series else 1.6},
                },
                **hover_text([line_hover(drawing, metric, row) for row in rows]),
            }
        )
    days = sorted({day_text(row[drawing.time]) for row in result.rows})
    months = time.type == "month"
    yaxis = value_axis(
        palette,
        labels.axis_title(value),
        greatest([*(r[drawing.value] for r in result.rows), result.target]),
    )
    if not drawing.series:
        yaxis |= around([*trace_values(traces), *([result.target] if traces else [])])
    xaxis = time_axis(palette, days)
    if months:
        xaxis |= {"tickformat": "%b\n%Y", "tickformatstops": []}
        if len(days) <= 8:
            xaxis |= {"dtick": "M1"}
    aim = target_line(result.target, palette) if traces else {}
    return {"data": traces, "layout": layout(palette, xaxis=xaxis, yaxis=yaxis, **aim)}


def trace_values(traces: list[Trace]) -> list[float | None]:
    """Return what all traces show."""
    return [value for trace in traces for value in trace["y"]]


def around(values: list[float | None]) -> dict[str, Any]:
    """Return range and ticks of an axis about averages: cut off below, with three ticks or more.

    Plotly's own range leaves one tick when all averages are the same, and cuts a target's line in
    half that is the greatest of them.
    """
    known = [value for value in values if value is not None]
    if not known:
        return {}
    low, high = min(known), max(known)
    step = round_step((high - low or abs(high) / 2 or 1) / 4)
    # In steps, so that the ends fall on ticks.
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    while last - first < 2:
        first, last = max(0, first - 1) if first >= 0 else first, last + 1
    decimals = max(0, -math.floor(math.log10(step)))
    return {
        "rangemode": "normal",
        "range": [(first - 0.15) * step, (last + 0.15) * step],
        "tick0": 0,
        "dtick": step,
        "tickformat": f",.{decimals}f",
    }


def round_step(least: float) -> float:
    """Return 1, 2 or 5 times a power of ten: the first that is not less."""
    power = 10.0 ** math.floor(math.log10(least))
    factor = next(factor for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9))
    return round(factor * power, 12)


def target_line(target: float | None, palette: Palette) -> dict[str, Any]:
    """Return the dashed and labelled line of a target, as parts of a layout."""
    if target is None:
        return {}
    line = {"color": palette["ink"], "width": 1.2, "dash": "dash"}
    across = {"xref": "paper", "x0": 0, "x1": 1, "y0": target, "y1": target}
    label = {
        "text": f"Target {formatting.number(target, 1)}",
        "textposition": "start",
        "yanchor": "top",
        "padding": 1,
        "font": {"size": 11, "color": palette["text"]},
    }
    return {"shapes": [{"type": "line", **across, "line": line, "label": label}]}


def line_hover(drawing: Lines, metric: Metric, row: Row) -> str:
    """Return the hover of a point: when, of which series, how much, and over how many."""
    value = labels.column_of(metric, drawing.value)
    when = labels.formatted(labels.column_of(metric, drawing.time), row[drawing.time])
    n = labels.measured(labels.column_of(metric, drawing.n), row[drawing.n]) if drawing.n else ""
    head, below = (str(row[drawing.series]), when) if drawing.series else (when, "")
    return labels.hover(head, below, labels.measured(value, row[drawing.value]), n)


def scatter(drawing: Scatter, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw a dot a row and the least-squares line through them."""
    x, y = (labels.column_of(metric, name) for name in (drawing.x, drawing.y))
    rows = [row for row in result.rows if row[drawing.x] is not None and row[drawing.y] is not None]
    xs = [float(row[drawing.x]) for row in rows]  # type: ignore[arg-type]
    ys = [float(row[drawing.y]) for row in rows]  # type: ignore[arg-type]
    traces: list[Trace] = [
        {
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
            **hover_text(row_hovers(metric, Result(rows=rows), drawing.label)),
        }
    ]
    fit = fit_ends(xs, ys)
    if fit is not None:
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": [min(xs), max(xs)],
                "y": list(fit),
                "line": {"color": palette["ink"], "width": 1.4, "dash": "dash"},
                "hoverinfo": "skip",
            }
        )
    grid: Axis = {"showgrid": True, "gridcolor": palette["grid"]}
    if x.type == "integer" and xs and max(xs) - min(xs) < 6:
        grid["dtick"] = 1  # Half a session is none.
    return {
        "data": traces,
        "layout": layout(
            palette,
            xaxis=axis(palette, labels.axis_title(x), nticks=7, tickformat=",", **grid),
            yaxis=value_axis(palette, labels.axis_title(y), greatest(ys)) | {"rangemode": "normal"},
        ),
    }


def fit_ends(xs: list[float], ys: list[float]) -> tuple[float, float] | None:
    """Return the least-squares line at the least and the greatest x; None when there is none."""
    if len(xs) < 3 or len(set(xs)) < 2:
        return None
    slope, intercept = statistics.linear_regression(xs, ys)
    return (slope * min(xs) + intercept, slope * max(xs) + intercept)
