"""Bars of one series, and bins stacked by series."""

from typing import Any

from analytics import formatting
from analytics.figures import labels
from analytics.figures.frame import (
    MAX_LABELS,
    Figure,
    Trace,
    axis,
    greatest,
    hatching,
    hover_text,
    layout,
    name_ticks,
    numbers,
    value_axis,
)
from analytics.figures.palette import Palette
from analytics.metrics.drawing import (
    Bars,
    Histogram,
)
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result, Row

# More names than this on a horizontal axis can't be read; the rest is one bar.
MAX_NAMES = 12
# The names of more upright bars than this are written in two lines.
MAX_IN_A_LINE = 6


def bar_trace(
    metric: Metric, rows: list[Row], palette: Palette, *, drawing: Any, total: float
) -> Trace:
    """Return upright bars, one a row at 0, 1, ..., labelled when there are few."""
    value = labels.column_of(metric, drawing.value)
    label = labels.column_of(metric, drawing.label)
    names = [labels.formatted(label, row[drawing.label]) for row in rows]
    if drawing.colours:
        inks = palette.values(drawing.colours, [row[drawing.label] for row in rows])
    else:
        inks = [palette.value("", row[drawing.label]) for row in rows]
    texts, hovers = [], []
    for name, row in zip(names, rows, strict=True):
        amount = labels.formatted(value, row[drawing.value])
        share = row.get(drawing.share) if drawing.share else None
        shown = formatting.share(share) if isinstance(share, float | int) else ""
        texts.append(f"<b>{amount}</b><br>{shown}" if shown else amount)
        of = (
            f"{shown} of {formatting.count(total)}" if shown else part_of(row[drawing.value], total)
        )
        hovers.append(labels.hover(name, labels.measured(value, row[drawing.value]), of))
    trace: Trace = {
        "type": "bar",
        "x": list(range(len(rows))),
        "y": numbers([row[drawing.value] for row in rows]),
        "marker": {
            "color": [ink.colour for ink in inks],
            "line": {"width": 0},
            **hatching([ink.pattern for ink in inks], palette),
        },
        **hover_text(hovers),
    }
    if len(rows) <= MAX_LABELS:
        trace |= {
            "text": texts,
            "textposition": "outside",
            "textfont": {"size": 11, "color": palette["ink"]},
            "cliponaxis": False,
        }
    return trace


def part_of(value: object, total: float) -> str:
    """Return ``12.3 % of 1,284``; nothing when there is no whole."""
    if not isinstance(value, int | float) or not total:
        return ""
    return f"{formatting.share(value / total)} of {formatting.count(total)}"


def whole(rows: list[Row], name: str) -> float:
    """Return the sum of a column."""
    return sum(value for value in numbers([row[name] for row in rows]) if value is not None)


def bars(drawing: Bars, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw bars of one series."""
    if drawing.horizontal:
        return horizontal_bars(drawing, metric, result, palette)
    value = labels.column_of(metric, drawing.value)
    label = labels.column_of(metric, drawing.label)
    rows = result.rows
    total = whole(rows, drawing.value)
    trace = bar_trace(metric, rows, palette, drawing=drawing, total=total)
    names = [labels.formatted(label, row[drawing.label]) for row in rows]
    # Names of known values speak for themselves.
    title = "" if drawing.colours else labels.axis_title(label)
    top = greatest(trace["y"])
    labelled = "text" in trace
    height = 1.24 if labelled and drawing.share else 1.16
    return {
        "data": [trace],
        "layout": layout(
            palette,
            bargap=0.4 if len(rows) <= 4 else 0.2,
            xaxis=axis(palette, title, **name_ticks(names, broken=len(names) > MAX_IN_A_LINE)),
            yaxis=value_axis(palette, value.label, top)
            | ({"range": [0, top * height]} if labelled and top else {}),
        ),
    }


def horizontal_bars(drawing: Bars, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw bars with names beside them, in the order of the rows from the top."""
    value = labels.column_of(metric, drawing.value)
    label = labels.column_of(metric, drawing.label)
    total = whole(result.rows, drawing.value)
    shown = result.rows[:MAX_NAMES]
    rest = result.rows[MAX_NAMES:]
    amounts = numbers([row[drawing.value] for row in shown])
    names = [labels.formatted(label, row[drawing.label]) for row in shown]
    if rest:
        amounts.append(whole(rest, drawing.value))
        names.append(f"{formatting.count(len(rest))} others")
    hovers = [
        labels.hover(name, labels.measured(value, amount), part_of(amount, total))
        for name, amount in zip(names, amounts, strict=True)
    ]
    colours = [palette["series"]] * len(shown) + [palette["none"]] * bool(rest)
    ticks = name_ticks(names)
    top = greatest(amounts)
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": list(range(len(names))),
                "x": amounts,
                "marker": {"color": colours, "line": {"width": 0}},
                "text": [labels.formatted(value, amount) for amount in amounts],
                "textposition": "outside",
                "textfont": {"size": 11, "color": palette["ink"]},
                "cliponaxis": False,
                **hover_text(hovers),
            }
        ],
        "layout": layout(
            palette,
            margin={"l": 48, "r": 24, "t": 4, "b": 8},
            xaxis=value_axis(palette, labels.axis_title(value), top)
            | ({"range": [0, top * 1.12]} if top else {}),
            yaxis=axis(
                palette,
                tickfont={"size": 12, "color": palette["text"]},
                **{**ticks, "range": [len(names) - 0.5, -0.5]},
            ),
        ),
    }


def histogram(drawing: Histogram, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw bins of seconds, stacked by series."""
    value = labels.column_of(metric, drawing.value)
    series_column = labels.column_of(metric, drawing.series)
    kinds = list(dict.fromkeys(row[drawing.series] for row in result.rows))
    inks = palette.values(drawing.colours, list(kinds))
    edges = sorted({(float(row[drawing.start]), float(row[drawing.stop])) for row in result.rows})  # type: ignore[arg-type]
    width = edges[0][1] - edges[0][0] if edges else 1.0
    longest = edges[-1][1] if edges else 0.0
    form, unit = labels.clock_ticks(longest)
    totals: dict[float, float] = {}
    for row in result.rows:
        start = float(row[drawing.start])  # type: ignore[arg-type]
        totals[start] = totals.get(start, 0) + (row[drawing.value] or 0)  # type: ignore[operator]
    traces = []
    for kind, ink in zip(kinds, inks, strict=True):
        rows = [row for row in result.rows if row[drawing.series] == kind]
        starts = [float(row[drawing.start]) for row in rows]  # type: ignore[arg-type]
        hovers = [
            labels.hover(
                f"{labels.clock_length(start, unit)}–{labels.clock_length(start + width, unit)}",
                f"{labels.formatted(series_column, kind)}: "
                f"{labels.measured(value, row[drawing.value])}",
                f"{formatting.count(totals[start])} of all kinds",
            )
            for start, row in zip(starts, rows, strict=True)
        ]
        traces.append(
            {
                "type": "bar",
                "name": labels.safe(labels.formatted(series_column, kind)),
                "x": [start + width / 2 for start in starts],
                "y": numbers([row[drawing.value] for row in rows]),
                "width": width * 0.94,
                "marker": {
                    "color": ink.colour,
                    "line": {"width": 0},
                    **hatching([ink.pattern], palette),
                },
                **hover_text(hovers),
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
                ticktext=[labels.clock_length(place, unit) for place in places],
                range=[0, longest or 1],
            ),
            yaxis=value_axis(palette, value.label, greatest(list(totals.values()))),
        ),
    }
