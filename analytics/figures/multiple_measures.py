"""Several measures of different units beside each other, or stacked."""

from typing import Any

from analytics import formatting
from analytics.figures import labels
from analytics.figures.layout import (
    FRACTIONAL,
    Axis,
    Figure,
    Trace,
    axis,
    category_ticks,
    hover_properties,
    layout,
    maximum,
    numbers,
    share_axis,
    value_axis,
)
from analytics.figures.opening import opens
from analytics.figures.palette import OTHER_COLORS, Palette, SeriesColor
from analytics.figures.registry import Legend, register_rendering
from analytics.metrics.drawing import ClusteredBars, StackedColumns
from analytics.metrics.registry import Metric
from analytics.metrics.results import Column, Result, Value


def stacked_columns(
    drawing: StackedColumns, metric: Metric, result: Result, palette: Palette
) -> Figure:
    """Several measures stacked, both units named.

    ``layout.meta.variants`` holds the same side by side, each measure on an axis of its own.
    """
    label = labels.get_column(metric, drawing.label)
    names = [labels.format_value(label, row[drawing.label]) for row in result.rows]
    columns = [labels.get_column(metric, name) for name in drawing.values]
    traces = [
        measure_trace(drawing, metric, result, palette, column=column, color=color)
        | {
            "textposition": "inside",
            "textangle": 0,
            "insidetextanchor": "middle",
            "textfont": {"size": 11, "color": palette["surface"]},
        }
        for column, color in zip(columns, measure_colors(columns, palette), strict=True)
    ]
    heights = [sum(v or 0 for v in ys) for ys in zip(*(t["y"] for t in traces), strict=True)]
    side_by_side = ClusteredBars(label=drawing.label, values=drawing.values)
    return {
        "data": traces,
        "layout": layout(
            palette,
            meta={"variants": [clustered_bars(side_by_side, metric, result, palette)]},
            barmode="stack",
            barcornerradius=0,
            bargap=0.35,
            xaxis=axis(palette, labels.axis_title(label), **category_ticks(names)),
            yaxis=value_axis(
                palette, " + ".join(labels.axis_title(c) for c in columns), maximum(heights)
            ),
        ),
    }


def measure_trace(
    drawing: StackedColumns | ClusteredBars,
    metric: Metric,
    result: Result,
    palette: Palette,
    *,
    column: Column,
    color: SeriesColor,
) -> Trace:
    """The bars of one measure, at 0, 1, ..., with its values as texts."""
    return {
        "type": "bar",
        "name": column.label,
        "x": list(range(len(result.rows))),
        "y": numbers([row[column.name] for row in result.rows]),
        "marker": {"color": color.color, "line": {"width": 0}},
        "text": [without_unit(column, row[column.name]) for row in result.rows],
        **hover_properties(row_hovers(metric, result, drawing.label)),
        **opens(metric, column.name, result.rows),
    }


def measure_colors(columns: list[Column], palette: Palette) -> list[SeriesColor]:
    """One colour for each measure, in their order."""
    names = ("series", *OTHER_COLORS)
    return [SeriesColor(name, palette[name]) for name in names[: len(columns)]]


def row_hovers(metric: Metric, result: Result, label: str) -> list[str]:
    """A hover for each row with all its columns, the label first."""
    head = labels.get_column(metric, label)
    details = [column for column in metric.columns if column.name != label]
    return [
        labels.hover_text(
            f"{head.label} {labels.format_value(head, row[label])}"
            if labels.is_numeric(head)
            else labels.format_value(head, row[label]),
            *(
                f"{c.label}: {labels.format_value(c, row[c.name])}"
                for c in details
                if c.name in row
            ),
        )
        for row in result.rows
    ]


def clustered_bars(
    drawing: ClusteredBars, metric: Metric, result: Result, palette: Palette
) -> Figure:
    """Several measures side by side, each on an axis of its own."""
    label = labels.get_column(metric, drawing.label)
    names = [labels.format_value(label, row[drawing.label]) for row in result.rows]
    columns = [labels.get_column(metric, name) for name in drawing.values]
    traces: list[Trace] = []
    axes: dict[str, Axis] = {}
    for place, (column, color) in enumerate(
        zip(columns, measure_colors(columns, palette), strict=True), start=1
    ):
        number = "" if place == 1 else str(place)
        trace = measure_trace(drawing, metric, result, palette, column=column, color=color) | {
            "yaxis": f"y{number}",
            "offsetgroup": str(place),
            "textposition": "outside",
            "constraintext": "none",
            "textfont": {"size": 11, "color": palette["ink"]},
            "cliponaxis": False,
        }
        traces.append(trace)
        axes[f"yaxis{number}"] = measure_axis(
            palette, column, highest=maximum(trace["y"]), is_first=place == 1
        )
    return {
        "data": traces,
        "layout": layout(
            palette,
            barmode="group",
            # Wide enough on a phone for the labels above them.
            bargap=0.12,
            bargroupgap=0.08,
            margin={"l": 48, "r": 48, "t": 12, "b": 8},
            xaxis=axis(palette, "", **category_ticks(names)),
            **axes,
        ),
    }


def measure_axis(palette: Palette, column: Column, *, highest: float, is_first: bool) -> Axis:
    """The axis of one of several measures: the first at the left, the others at the right."""
    properties: dict[str, Any] = {"range": [0, (highest or 1) * 1.16]}
    if not is_first:
        # Ticks of its own: those of the first axis would fall on odd values here.
        properties |= {"overlaying": "y", "side": "right", "showgrid": False, "tickmode": "auto"}
    if column.type == "share":
        return share_axis(palette, labels.axis_title(column), **properties)
    return value_axis(palette, labels.axis_title(column), FRACTIONAL, **properties)


def without_unit(column: Column, value: Value) -> str:
    """A value without its unit, which the axis has; a share keeps its sign."""
    text = labels.format_value(column, value)
    return text if column.type == "share" else text.split(formatting.NBSP)[0]


def stacked_subtitle(drawing: StackedColumns, metric: Metric, result: Result) -> str:
    """The measures with their units, and a warning not to read the height of a stack."""
    names = [labels.axis_title(labels.get_column(metric, name)) for name in drawing.values]
    return f"{' and '.join(names)}: different units, so the total height means nothing"


def clustered_subtitle(drawing: ClusteredBars, metric: Metric, result: Result) -> str:
    """The names of the measures."""
    names = [labels.get_column(metric, name).label for name in drawing.values]
    return f"{formatting.join_names(names)}, each on its own axis"


def legend(drawing: StackedColumns | ClusteredBars, metric: Metric, result: Result) -> Legend:
    """The measures with their units."""
    columns = [labels.get_column(metric, name) for name in drawing.values]
    names = ("series", *OTHER_COLORS)
    return [
        (name, labels.axis_title(column), "") for name, column in zip(names, columns, strict=False)
    ]


register_rendering(
    StackedColumns,
    stacked_columns,
    subtitle=stacked_subtitle,
    legend=legend,
    variants=lambda drawing, metric: (("Stacked", "Side by side"),),
)
register_rendering(ClusteredBars, clustered_bars, subtitle=clustered_subtitle, legend=legend)
