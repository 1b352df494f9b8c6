"""Bars: of one series, stacked by time, binned, side by side."""

from typing import Any

from analytics import wording
from analytics.figures import words
from analytics.figures.frame import (
    MOST_LABELS,
    Figure,
    Trace,
    axis,
    greatest,
    hatching,
    hover_text,
    layout,
    name_ticks,
    numbers,
    share_axis,
    value_axis,
)
from analytics.figures.palette import OTHERS, Ink, Palette
from analytics.metrics.drawing import (
    Bars,
    ClusteredBars,
    ColumnsAndLine,
    Histogram,
    StackedColumns,
)
from analytics.metrics.registry import Column, Metric, Result, Row, Value

# More names than this on a horizontal axis can't be read; the rest is one bar.
MOST_NAMES = 12
# Thinner bars show no hatching.
MOST_HATCHED_DAYS = 100


def bar_trace(
    metric: Metric, rows: list[Row], palette: Palette, *, drawing: Any, total: float
) -> Trace:
    """Return upright bars, one a row at 0, 1, ..., labelled when there are few."""
    value = words.column_of(metric, drawing.value)
    label = words.column_of(metric, drawing.label)
    names = [words.formatted(label, row[drawing.label]) for row in rows]
    if drawing.colours:
        inks = palette.values(drawing.colours, [row[drawing.label] for row in rows])
    else:
        inks = [palette.value("", row[drawing.label]) for row in rows]
    texts, hovers = [], []
    for name, row in zip(names, rows, strict=True):
        amount = words.formatted(value, row[drawing.value])
        share = row.get(drawing.share) if drawing.share else None
        shown = wording.share(share) if isinstance(share, float | int) else ""
        texts.append(f"<b>{amount}</b><br>{shown}" if shown else amount)
        of = f"{shown} of {wording.count(total)}" if shown else part_of(row[drawing.value], total)
        hovers.append(words.hover(name, words.measured(value, row[drawing.value]), of))
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
    if len(rows) <= MOST_LABELS:
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
    return f"{wording.share(value / total)} of {wording.count(total)}"


def whole(rows: list[Row], name: str) -> float:
    """Return the sum of a column."""
    return sum(value for value in numbers([row[name] for row in rows]) if value is not None)


def bars(drawing: Bars, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw bars of one series."""
    if drawing.horizontal:
        return horizontal_bars(drawing, metric, result, palette)
    value = words.column_of(metric, drawing.value)
    label = words.column_of(metric, drawing.label)
    rows = result.rows
    total = whole(rows, drawing.value)
    trace = bar_trace(metric, rows, palette, drawing=drawing, total=total)
    names = [words.formatted(label, row[drawing.label]) for row in rows]
    # Names of known values speak for themselves.
    title = "" if drawing.colours else words.axis_title(label)
    top = greatest(trace["y"])
    labelled = "text" in trace
    height = 1.24 if labelled and drawing.share else 1.16
    return {
        "data": [trace],
        "layout": layout(
            palette,
            bargap=0.4 if len(rows) <= 4 else 0.2,
            xaxis=axis(palette, title, **name_ticks(names)),
            yaxis=value_axis(palette, value.label, top)
            | ({"range": [0, top * height]} if labelled and top else {}),
        ),
    }


def horizontal_bars(drawing: Bars, metric: Metric, result: Result, palette: Palette) -> Figure:
    """Draw bars with names beside them, in the order of the rows from the top."""
    value = words.column_of(metric, drawing.value)
    label = words.column_of(metric, drawing.label)
    total = whole(result.rows, drawing.value)
    shown = result.rows[:MOST_NAMES]
    rest = result.rows[MOST_NAMES:]
    amounts = numbers([row[drawing.value] for row in shown])
    names = [words.formatted(label, row[drawing.label]) for row in shown]
    if rest:
        amounts.append(whole(rest, drawing.value))
        names.append(f"{wording.count(len(rest))} others")
    hovers = [
        words.hover(name, words.measured(value, amount), part_of(amount, total))
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
                "text": [words.formatted(value, amount) for amount in amounts],
                "textposition": "outside",
                "textfont": {"size": 11, "color": palette["ink"]},
                "cliponaxis": False,
                **hover_text(hovers),
            }
        ],
        "layout": layout(
            palette,
            margin={"l": 48, "r": 24, "t": 4, "b": 40},
            xaxis=value_axis(palette, words.axis_title(value), top)
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
    value = words.column_of(metric, drawing.value)
    series_column = words.column_of(metric, drawing.series)
    kinds = list(dict.fromkeys(row[drawing.series] for row in result.rows))
    inks = palette.values(drawing.colours, list(kinds))
    edges = sorted({(float(row[drawing.start]), float(row[drawing.stop])) for row in result.rows})  # type: ignore[arg-type]
    width = edges[0][1] - edges[0][0] if edges else 1.0
    longest = edges[-1][1] if edges else 0.0
    form, unit = words.clock_ticks(longest)
    totals: dict[float, float] = {}
    for row in result.rows:
        start = float(row[drawing.start])  # type: ignore[arg-type]
        totals[start] = totals.get(start, 0) + (row[drawing.value] or 0)  # type: ignore[operator]
    traces = []
    for kind, ink in zip(kinds, inks, strict=True):
        rows = [row for row in result.rows if row[drawing.series] == kind]
        starts = [float(row[drawing.start]) for row in rows]  # type: ignore[arg-type]
        hovers = [
            words.hover(
                f"{words.clock_length(start, unit)}–{words.clock_length(start + width, unit)}",
                f"{words.formatted(series_column, kind)}: "
                f"{words.measured(value, row[drawing.value])}",
                f"{wording.count(totals[start])} of all kinds",
            )
            for start, row in zip(starts, rows, strict=True)
        ]
        traces.append(
            {
                "type": "bar",
                "name": words.safe(words.formatted(series_column, kind)),
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
                f"Length, {form} (steps of {wording.duration(width)})",
                tickmode="array",
                tickvals=places,
                ticktext=[words.clock_length(place, unit) for place in places],
                range=[0, longest or 1],
            ),
            yaxis=value_axis(palette, value.label, greatest(list(totals.values()))),
        ),
    }


def columns_and_line(
    drawing: ColumnsAndLine, metric: Metric, result: Result, palette: Palette
) -> Figure:
    """Draw stacked columns by day and a rate as a line on its own axis."""
    rows = result.rows
    days = [day_text(row[drawing.time]) for row in rows]
    time = words.column_of(metric, drawing.time)
    line = words.column_of(metric, drawing.line)
    stack = [words.column_of(metric, name) for name in drawing.stack]
    totals = [sum(numbers([row[c.name] or 0 for c in stack])) for row in rows]  # type: ignore[arg-type]
    hovers = []
    for row, total in zip(rows, totals, strict=True):
        parts = [f"{c.label}: {words.formatted(c, row[c.name])}" for c in reversed(stack)]
        rate = f"{line.label}: {words.formatted(line, row[line.name])}"
        hovers.append(
            words.hover(
                words.formatted(time, row[drawing.time]),
                *parts,
                f"Together: {wording.count(total)}",
                rate,
            )
        )
    hatched = len(rows) <= MOST_HATCHED_DAYS
    traces: list[Trace] = []
    for column in stack:
        ink = palette.value(drawing.colours, column.name)
        pattern = hatching([ink.pattern] if hatched else [], palette)
        traces.append(
            {
                "type": "bar",
                "name": column.label,
                "x": days,
                "y": numbers([row[column.name] for row in rows]),
                "marker": {"color": ink.colour, "line": {"width": 0}, **pattern},
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
            margin={"l": 48, "r": 48, "t": 12, "b": 36},
            xaxis=time_axis(palette, days),
            yaxis=value_axis(palette, metric.counted.capitalize(), greatest(totals)),
            yaxis2=share_axis(
                palette,
                words.axis_title(line),
                overlaying="y",
                side="right",
                showgrid=False,
                range=[0, min(1.0, highest * 1.25) or 1],
            ),
        ),
    }


def day_text(value: object) -> str:
    """Return a day or month as Plotly's date axes read it."""
    return str(value)[:10]


def time_axis(palette: Palette, days: list[str]) -> dict[str, Any]:
    """Return an axis of days; a single day gets a range, since it spans none."""
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


def stacked_columns(
    drawing: StackedColumns, metric: Metric, result: Result, palette: Palette
) -> Figure:
    """Draw several measures stacked, both units named.

    ``layout.meta.other`` holds the same side by side, each measure on an axis of its own.
    """
    label = words.column_of(metric, drawing.label)
    names = [words.formatted(label, row[drawing.label]) for row in result.rows]
    columns = [words.column_of(metric, name) for name in drawing.values]
    traces = []
    for column, ink in zip(columns, measure_inks(columns, palette), strict=True):
        traces.append(
            {
                "type": "bar",
                "name": column.label,
                "x": list(range(len(names))),
                "y": numbers([row[column.name] for row in result.rows]),
                "marker": {"color": ink.colour, "line": {"width": 0}},
                "text": [words.formatted(column, row[column.name]) for row in result.rows],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textfont": {"size": 11, "color": palette["surface"]},
                **hover_text(row_hovers(metric, result, drawing.label)),
            }
        )
    beside = ClusteredBars(label=drawing.label, values=drawing.values)
    return {
        "data": traces,
        "layout": layout(
            palette,
            meta={"other": clustered_bars(beside, metric, result, palette)},
            barmode="stack",
            barcornerradius=0,
            bargap=0.35,
            xaxis=axis(palette, words.axis_title(label), **name_ticks(names)),
            yaxis=value_axis(
                palette,
                " + ".join(words.axis_title(column) for column in columns),
                greatest(
                    [sum(v or 0 for v in ys) for ys in zip(*(t["y"] for t in traces), strict=True)]
                ),
            ),
        ),
    }


def measure_inks(columns: list[Column], palette: Palette) -> list[Ink]:
    """Return an ink for each of several measures in one chart."""
    names = ("series", *OTHERS)
    return [Ink(name, palette[name]) for name in names[: len(columns)]]


def row_hovers(metric: Metric, result: Result, label: str) -> list[str]:
    """Return a hover a row that tells all its columns, the label first."""
    head = words.column_of(metric, label)
    rest = [column for column in metric.columns if column.name != label]
    return [
        words.hover(
            f"{head.label} {words.formatted(head, row[label])}"
            if words.numeric(head)
            else words.formatted(head, row[label]),
            *(f"{c.label}: {words.formatted(c, row[c.name])}" for c in rest if c.name in row),
        )
        for row in result.rows
    ]


def clustered_bars(
    drawing: ClusteredBars, metric: Metric, result: Result, palette: Palette
) -> Figure:
    """Draw several measures side by side, each on an axis of its own."""
    label = words.column_of(metric, drawing.label)
    names = [words.formatted(label, row[drawing.label]) for row in result.rows]
    columns = [words.column_of(metric, name) for name in drawing.values]
    traces: list[Trace] = []
    axes: dict[str, Any] = {}
    for nth, (column, ink) in enumerate(
        zip(columns, measure_inks(columns, palette), strict=True), start=1
    ):
        values = numbers([row[column.name] for row in result.rows])
        traces.append(
            {
                "type": "bar",
                "name": column.label,
                "x": list(range(len(names))),
                "y": values,
                "yaxis": "y" if nth == 1 else f"y{nth}",
                "offsetgroup": str(nth),
                "marker": {"color": ink.colour, "line": {"width": 0}},
                "text": [bare(column, row[column.name]) for row in result.rows],
                "textposition": "outside",
                "constraintext": "none",
                "textfont": {"size": 11, "color": palette["ink"]},
                "cliponaxis": False,
                **hover_text(row_hovers(metric, result, drawing.label)),
            }
        )
        top = greatest(values) or 1
        make = share_axis if column.type == "share" else plain_axis
        placed: dict[str, Any] = {"range": [0, top * 1.16]}
        if nth > 1:
            # Ticks of its own: those of the first axis would fall on odd values here.
            placed |= {"overlaying": "y", "side": "right", "showgrid": False, "tickmode": "auto"}
        axes["yaxis" if nth == 1 else f"yaxis{nth}"] = make(
            palette, words.axis_title(column), **placed
        )
    return {
        "data": traces,
        "layout": layout(
            palette,
            barmode="group",
            bargroupgap=0.08,
            margin={"l": 48, "r": 48, "t": 12, "b": 40},
            xaxis=axis(palette, "", **name_ticks(names)),
            **axes,
        ),
    }


def bare(column: Column, value: Value) -> str:
    """Return a value without its unit, which the axis has; a share keeps its sign."""
    text = words.formatted(column, value)
    return text if column.type == "share" else text.split(wording.NBSP)[0]


def plain_axis(palette: Palette, title: str, **more: Any) -> dict[str, Any]:
    """Return a value axis whose range is given."""
    return value_axis(palette, title, 1.5, **more)
