"""A line a series over time, with a target where one is set."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analytics import formatting
from analytics.display import active
from analytics.figures import labels
from analytics.figures.layout import (
    MONTH_TICKS,
    Axis,
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
from analytics.figures.opening import opens
from analytics.figures.palette import OTHER_COLORS, Palette
from analytics.figures.registry import register_rendering
from analytics.metrics.drawing import Lines, SmallMultiples
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result, Row, Value, number_in
from analytics.metrics.row_keys import column_opens

# More lines than this can't be told apart; the rest is drawn thin and grey, behind them.
LINE_COLORS = ("series", *OTHER_COLORS)
DASHES = ("solid", "dash", "dot")
MAX_MONTH_TICKS = 8


def series_names(drawing: Lines, result: Result) -> list[Value]:
    """The names of the series, the greatest sum first, then by name."""
    if not drawing.series:
        return [None]
    sums: dict[Value, float] = {}
    for row in result.rows:
        amount = row[drawing.value]
        sums[row[drawing.series]] = sums.get(row[drawing.series], 0) + (
            amount if isinstance(amount, int | float) else 0
        )
    return sorted(sums, key=lambda name: (-sums[name], str(name)))


@dataclass(frozen=True)
class LineStyle:
    """How a line is drawn; its width in pixels."""

    color: str
    dash: str = "solid"
    width: float = 2.0


def line_styles(names: list[Value], seen: Sequence[str], palette: Palette) -> list[LineStyle]:
    """The style of each line, by its place among those ``seen``, then among the others.

    When the colours run out they come again with another dash pattern, then thin and grey.
    """
    order = [*seen, *(str(name) for name in names if name not in seen)]
    styles = []
    for name in names:
        round_, nth = divmod(order.index(str(name)), len(LINE_COLORS))
        if round_ < len(DASHES):
            styles.append(LineStyle(palette[LINE_COLORS[nth]], DASHES[round_]))
        else:
            styles.append(LineStyle(palette["none"], width=1.0))
    return styles


def lines(drawing: Lines, metric: Metric, result: Result, palette: Palette) -> Figure:
    """A line for each series; without a series, one line with open dots."""
    names = series_names(drawing, result)
    styles = line_styles(names, result.seen, palette)
    traces: list[Trace] = []
    # The last is drawn on top.
    for name, style in reversed(list(zip(names, styles, strict=True))):
        rows = [row for row in result.rows if not drawing.series or row[drawing.series] == name]
        trace = line_trace(drawing, metric, rows, palette=palette, style=style)
        if name is not None:
            trace["name"] = labels.escape_text(str(name))
        traces.append(trace)
    value = labels.get_column(metric, drawing.value)
    yaxis = value_axis(
        palette,
        labels.axis_title(value),
        maximum([*(row[drawing.value] for row in result.rows), result.target]),
    )
    if not drawing.series:
        ends = [number_in(row, name) for name in interval_columns(drawing) for row in result.rows]
        values = [*trace_values(traces), *ends, *([result.target] if traces else [])]
        yaxis |= range_around(values, in_per_cent=value.type == "share")
    target = target_line(result.target, palette) if traces else {}
    xaxis = days_or_months_axis(drawing, metric, result, palette)
    return {"data": traces, "layout": layout(palette, xaxis=xaxis, yaxis=yaxis, **target)}


def line_trace(
    drawing: Lines,
    metric: Metric,
    rows: list[Row],
    *,
    palette: Palette,
    style: LineStyle,
) -> Trace:
    """One line with its dots: filled ones on one of several, open ones on a line alone."""
    is_one_of_several = bool(drawing.series)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": labels.get_column(metric, drawing.value).label,
        "x": [plotly_date(row[drawing.time]) for row in rows],
        "y": numbers([row[drawing.value] for row in rows]),
        "line": {"color": style.color, "width": style.width, "dash": style.dash},
        "marker": {
            "size": 4 if is_one_of_several else 6,
            "color": style.color if is_one_of_several else palette["surface"],
            "line": {"color": style.color, "width": 0 if is_one_of_several else 1.6},
        },
        **interval_bars(drawing, rows, style),
        **hover_properties([line_hover(drawing, metric, row) for row in rows]),
        **opens(metric, opened_column(drawing, metric), rows),
    }


def interval_columns(drawing: Lines) -> tuple[str, ...]:
    """The columns with the ends of a point's interval; none of lines without."""
    return (drawing.low, drawing.high) if drawing.low and drawing.high else ()


def interval_bars(drawing: Lines, rows: list[Row], style: LineStyle) -> dict[str, Any]:
    """A bar through each point from the lower to the upper end of its interval."""
    if not interval_columns(drawing):
        return {}
    reach: dict[str, list[float]] = {drawing.low: [], drawing.high: []}
    for row in rows:
        value = number_in(row, drawing.value)
        for name, lengths in reach.items():
            end = number_in(row, name)
            lengths.append(0.0 if value is None or end is None else abs(end - value))
    return {
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": reach[drawing.high],
            "arrayminus": reach[drawing.low],
            "color": style.color,
            "thickness": 1.4,
            "width": 4,
        }
    }


def opened_column(drawing: Lines, metric: Metric) -> str:
    """The column whose records a point opens: of a value that has none, what it rests on."""
    return drawing.value if column_opens(metric, drawing.value) else drawing.n


def days_or_months_axis(drawing: Lines, metric: Metric, result: Result, palette: Palette) -> Axis:
    """The axis of the line's days or months; a few months get a tick each."""
    days = sorted({plotly_date(row[drawing.time]) for row in result.rows})
    xaxis = time_axis(palette, days)
    if labels.get_column(metric, drawing.time).type == "month":
        xaxis |= {"tickformat": MONTH_TICKS[active().date_format], "tickformatstops": []}
        if len(days) <= MAX_MONTH_TICKS:
            xaxis |= {"dtick": "M1"}
    return xaxis


def trace_values(traces: list[Trace]) -> list[float | None]:
    """The values of all traces."""
    return [value for trace in traces for value in trace["y"]]


def range_around(values: list[float | None], *, in_per_cent: bool = False) -> dict[str, Any]:
    """Range and ticks of an axis of averages: cut off below, with three ticks or more.

    Plotly's own range leaves one tick when all averages are the same, and cuts a target's line in
    half that is the greatest of them.
    """
    present = [value for value in values if value is not None]
    if not present:
        return {}
    low, high = min(present), max(present)
    step = nice_step((high - low or abs(high) / 2 or 1) / 4)
    # In steps, so that the ends fall on ticks.
    lowest_tick, highest_tick = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    while highest_tick - lowest_tick < 2:
        lowest_tick, highest_tick = (
            max(0, lowest_tick - 1) if lowest_tick >= 0 else lowest_tick,
            highest_tick + 1,
        )
    decimals = max(0, -math.floor(math.log10(step)))
    return {
        "rangemode": "normal",
        "range": [(lowest_tick - 0.15) * step, (highest_tick + 0.15) * step],
        "tick0": 0,
        "dtick": step,
        "tickformat": f".{max(0, decimals - 2)}%" if in_per_cent else f",.{decimals}f",
    }


def nice_step(minimum: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is ``minimum`` or more."""
    power = 10.0 ** math.floor(math.log10(minimum))
    factor = next(factor for factor in (1, 2, 5, 10) if factor * power >= minimum * (1 - 1e-9))
    return round(factor * power, 12)


def target_line(target: float | None, palette: Palette) -> dict[str, Any]:
    """The dashed and labelled line of a target, as parts of a layout."""
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
    """The hover of a point: when, of which series, how much, how sure, and over how many."""
    value = labels.get_column(metric, drawing.value)
    when = labels.format_when(labels.get_column(metric, drawing.time), row[drawing.time])
    n = (
        labels.format_with_label(labels.get_column(metric, drawing.n), row[drawing.n])
        if drawing.n
        else ""
    )
    head, below = (str(row[drawing.series]), when) if drawing.series else (when, "")
    figure = labels.format_with_label(value, row[drawing.value])
    return labels.hover_text(head, below, figure, interval_words(drawing, metric, row), n)


def interval_words(drawing: Lines, metric: Metric, row: Row) -> str:
    """The interval of a point: ``95 %: 92.1 % to 96.4 %``; empty where it has none."""
    ends = [
        labels.format_value(labels.get_column(metric, name), row[name])
        for name in interval_columns(drawing)
        if row[name] is not None
    ]
    return f"95 %: {' to '.join(ends)}" if ends else ""


def subtitle(drawing: Lines, metric: Metric, result: Result) -> str:
    """``Handle time by day``."""
    value = labels.get_column(metric, drawing.value).label
    time = labels.get_column(metric, drawing.time).label.lower()
    words = f"{value} by {time}" + (" and queue" if drawing.series == "queue" else "")
    return f"{words}, bars: 95 %" if interval_columns(drawing) else words


register_rendering(Lines, lines, subtitle=subtitle)
register_rendering(SmallMultiples, lines, subtitle=subtitle, is_table=True)
