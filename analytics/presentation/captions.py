"""What stands around a chart: its subtitle, its legend, its words when there is nothing."""

from functools import singledispatch

from analytics import formatting
from analytics.figures import labels
from analytics.figures.bars import whole
from analytics.figures.lines import LINE_INKS, series_inks, series_names, window_of
from analytics.figures.palette import OTHERS, Palette
from analytics.metrics import drawing as spec
from analytics.metrics.drawing import Drawing
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result

# Swatch, words, count.
Legend = list[tuple[str, str, str]]

PALETTE = Palette()


@singledispatch
def subtitle(drawing: Drawing, metric: Metric, result: Result) -> str:
    """Return one line that says what is drawn."""
    return ""


@subtitle.register
def _(drawing: spec.Table, metric: Metric, result: Result) -> str:
    return "Click a column to sort" if len(result.rows) > 1 else ""


@subtitle.register
def _(drawing: spec.Pie, metric: Metric, result: Result) -> str:
    return f"Share of {metric.counted}"


@subtitle.register
def _(drawing: spec.PieAndBars, metric: Metric, result: Result) -> str:
    summary = result.summary or {}
    known, unknown = summary.get("known"), (result.n or 0) - int(str(summary.get("known") or 0))
    if isinstance(known, int) and unknown > 0:
        return (
            f"Share among the {formatting.count(known)} known, {formatting.count(unknown)} unknown"
        )
    return "Share among the known"


@subtitle.register
def _(drawing: spec.Bars, metric: Metric, result: Result) -> str:
    value = labels.column_of(metric, drawing.value).label
    label = labels.column_of(metric, drawing.label).label.lower()
    return f"{value} by {label}" + (", most first" if drawing.horizontal else "")


@subtitle.register
def _(drawing: spec.Histogram, metric: Metric, result: Result) -> str:
    if not result.rows:
        return metric.counted.capitalize()
    first = result.rows[0]
    width = float(str(first[drawing.stop])) - float(str(first[drawing.start]))
    return f"{metric.counted.capitalize()} in steps of {formatting.round_duration(width)}"


@subtitle.register
def _(drawing: spec.SessionLine, metric: Metric, result: Result) -> str:
    if result.condensed:
        return "Line: mean of the day, band: from the lowest to the highest session"
    if len(result.rows) <= 2:
        return "Each dot a session in order of time"
    around = window_of(len(result.rows))
    return f"Each dot a session in order of time, line: mean of the {around} around it"


@subtitle.register
def _(drawing: spec.ColumnsAndLine, metric: Metric, result: Result) -> str:
    line = labels.column_of(metric, drawing.line).label.lower()
    return f"{metric.counted.capitalize()} stacked by {drawing.colours or 'kind'}, {line} as a line"


@subtitle.register
def _(drawing: spec.Lines, metric: Metric, result: Result) -> str:
    value = labels.column_of(metric, drawing.value).label
    time = labels.column_of(metric, drawing.time).label.lower()
    return f"{value} by {time}" + (" and queue" if drawing.series == "queue" else "")


@subtitle.register
def _(drawing: spec.StackedColumns, metric: Metric, result: Result) -> str:
    names = [labels.axis_title(labels.column_of(metric, name)) for name in drawing.values]
    return f"{' and '.join(names)}: two units, the height of a stack is no quantity"


@subtitle.register
def _(drawing: spec.ClusteredBars, metric: Metric, result: Result) -> str:
    names = [labels.column_of(metric, name).label for name in drawing.values]
    return f"{formatting.listed(names)}, each on its own axis"


@subtitle.register
def _(drawing: spec.Gauge, metric: Metric, result: Result) -> str:
    return "Average, with the range from the least to the greatest"


@subtitle.register
def _(drawing: spec.Scatter, metric: Metric, result: Result) -> str:
    summary = result.summary or {}
    r, low, high = (summary.get(name) for name in ("r", "r_low", "r_high"))
    head = "Each dot a moderator"
    if len(result.rows) > 2:
        head += ", dashed: straight-line fit"
    if not isinstance(r, float) or not isinstance(low, float) or not isinstance(high, float):
        return head
    return f"{head} · r = {formatting.number(r, 2)} (95 % {formatting.interval(low, high, 2)})"


@singledispatch
def variants(drawing: Drawing) -> tuple[str, ...]:
    """Return the names of the two ways to draw a chart; empty where there is one."""
    return ()


@variants.register
def _(drawing: spec.StackedColumns) -> tuple[str, ...]:
    return ("Stacked", "Side by side")


@singledispatch
def legend(drawing: Drawing, metric: Metric, result: Result) -> Legend:
    """Return the legend; empty where the axis names the values."""
    return []


def value_legend(metric: Metric, result: Result, *, label: str, value: str, family: str) -> Legend:
    """Return a legend with the sum of each value."""
    column, amounts = labels.column_of(metric, label), labels.column_of(metric, value)
    values = list(dict.fromkeys(row[label] for row in result.rows))
    inks = PALETTE.values(family, list(values))
    return [
        (
            ink.name,
            labels.formatted(column, name),
            labels.formatted(
                amounts, int(whole([row for row in result.rows if row[label] == name], value))
            ),
        )
        for name, ink in zip(values, inks, strict=True)
    ]


@legend.register
def _(drawing: spec.Pie, metric: Metric, result: Result) -> Legend:
    return value_legend(
        metric, result, label=drawing.label, value=drawing.value, family=drawing.colours
    )


@legend.register
def _(drawing: spec.Histogram, metric: Metric, result: Result) -> Legend:
    return value_legend(
        metric, result, label=drawing.series, value=drawing.value, family=drawing.colours
    )


@legend.register
def _(drawing: spec.ColumnsAndLine, metric: Metric, result: Result) -> Legend:
    entries = []
    for name in drawing.stack:
        column = labels.column_of(metric, name)
        total = labels.formatted(column, int(whole(result.rows, name)))
        entries.append((PALETTE.value(drawing.colours, name).name, column.label, total))
    line = labels.column_of(metric, drawing.line).label
    return [*entries, ("line", line, "")]


@legend.register
def _(drawing: spec.Lines, metric: Metric, result: Result) -> Legend:
    if not drawing.series:
        return []
    names = series_names(drawing, result)
    few, rest = names[: len(LINE_INKS)], names[len(LINE_INKS) :]
    inks = [ink for ink, _width in series_inks(len(few), PALETTE)]
    entries = [(ink.name, str(name), "") for ink, name in zip(inks, few, strict=True)]
    return [*entries, ("grey", formatting.plural(len(rest), "other"), "")] if rest else entries


@legend.register
def _(drawing: spec.StackedColumns, metric: Metric, result: Result) -> Legend:
    return measures_legend(metric, drawing.values)


@legend.register
def _(drawing: spec.ClusteredBars, metric: Metric, result: Result) -> Legend:
    return measures_legend(metric, drawing.values)


def measures_legend(metric: Metric, names: tuple[str, ...]) -> Legend:
    """Return the legend of several measures, with their units."""
    columns = [labels.column_of(metric, name) for name in names]
    inks = ("series", *OTHERS)
    return [
        (ink, labels.axis_title(column), "") for ink, column in zip(inks, columns, strict=False)
    ]


def is_empty(metric: Metric, result: Result) -> bool:
    """Return whether there is nothing to show: nothing was counted."""
    return not result.rows or result.n == 0
