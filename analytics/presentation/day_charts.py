"""Charts over days: by day, week or month, with weekends, means and the period before."""

from dataclasses import replace
from datetime import date
from typing import Any

from analytics.figures import Figure, Theme, figure
from analytics.figures.day_marks import with_day_marks
from analytics.figures.labels import format_with_label, get_column
from analytics.figures.over_days import (
    MEAN_NAME,
    Earlier,
    earlier_trace,
    with_means,
    with_steps,
    with_weekends,
)
from analytics.figures.palette import Palette
from analytics.figures.session_line import SESSIONS_METRIC
from analytics.metrics.drawing import ColumnsAndLine, SessionLine
from analytics.metrics.grains import Grain
from analytics.metrics.registry import Metric
from analytics.metrics.results import Column, Result, Row
from analytics.metrics.row_keys import COLUMN
from analytics.presentation.card_builder import Card, show_rows
from analytics.presentation.chart_options import EACH_SESSION, ChartOptions, Choice
from analytics.presentation.day_marks import MARKED_CHARTS, chart_marks
from analytics.presentation.over_time import (
    MEAN_DAYS,
    Before,
    OverTime,
    TimeDrawing,
    chosen_grain,
    data_days,
    drawing_of,
    drawn_value,
    earlier_words,
    over_time,
)
from analytics.scope import Scope


def day_chart(
    card: Card, metric: Metric, result: Result, scope: Scope, options: ChartOptions,
    *, path: str, today: date, theme: Theme,
) -> Figure:  # fmt: skip
    """The figure of a metric over days, with the card's choices, legend and table."""
    palette = Palette(theme)
    grain = chosen_grain(metric, result, options.grain)
    add_grains(card, metric, result, scope, options, grain=grain, path=path)
    if grain is None:
        first, last = data_days(metric, result)
        dots = figure(metric, result, theme=theme)
        return weekends_behind(dots, card, first, last, palette, is_centred=False)
    over = over_time(metric, result, scope, grain, today=today)
    if not over.steps:
        return figure(metric, result, theme=theme)
    describe_steps(card, metric, result, over)
    chart = with_steps(figure(over.metric, over.result, theme=theme), over.steps)
    if grain is Grain.DAY:
        first, last = over.steps[0].first, over.steps[-1].last
        chart = weekends_behind(chart, card, first, last, palette)
        chart = add_means(chart, card, over, palette)
    is_shown = add_earlier_choice(card, over, options, path=path)
    if is_shown:
        chart = add_earlier(chart, card, over, palette)
    return add_marks(chart, card, over, palette, shows_earlier=is_shown)


def add_grains(
    card: Card, metric: Metric, result: Result, scope: Scope, options: ChartOptions,
    *, grain: Grain | None, path: str,
) -> None:  # fmt: skip
    """The choice among the grains of a card."""
    group = options.choices(
        "grain", "Step", scope, path=path, card=card.slug, current=grain or "-", only=metric.grains
    )
    if isinstance(metric.drawing, SessionLine) and not result.condensed:
        sessions = replace(options, grain="").address(scope, path=path, card=card.slug)
        group = replace(
            group, choices=[Choice(EACH_SESSION, sessions, grain is None), *group.choices]
        )
    card.choices.append(group)


def describe_steps(card: Card, metric: Metric, result: Result, over: OverTime) -> None:
    """Name the grain in a card's title and subtitle, and let its table have the same rows."""
    of_grain = f"by {over.grain.value}"
    for declared in Grain:
        card.title = card.title.replace(f" by {declared.value}", f" {of_grain}")
        card.subtitle = card.subtitle.replace(f" by {declared.value}", f" {of_grain}")
    if isinstance(metric.drawing, SessionLine):
        card.subtitle = (
            f"Mean of the sessions {of_grain}, band: from the lowest to the highest session"
        )
    if of_grain not in f"{card.title} {card.subtitle}":
        card.subtitle += f", {of_grain}"
    if over.result is not result:
        show_rows(card, over.metric, over.result, over.scope, over.grain, over.steps)
    is_columns = isinstance(metric.drawing, ColumnsAndLine)
    if is_columns and any(step.is_partial for step in over.steps):
        card.legend = [*card.legend, ("part", f"part of a {over.grain.value}", "")]


def weekends_behind(
    chart: Figure, card: Card, first: date, last: date, palette: Palette, *, is_centred: bool = True
) -> Figure:
    """The figure with its weekends, which the legend tells where there are any."""
    shaded = with_weekends(chart, first, last, palette, is_centred=is_centred)
    if shaded["layout"].get("shapes") != chart["layout"].get("shapes"):
        card.legend = [*card.legend, ("weekend", "weekend", "")]
    return shaded


def add_means(chart: Figure, card: Card, over: OverTime, palette: Palette) -> Figure:
    """The figure with the mean of the seven days around each day; of columns, of their height."""
    is_sum = isinstance(over.metric.drawing, ColumnsAndLine)

    def mean_of(row: Row) -> float | None:
        value = drawn_value(over.metric, row)
        return value / MEAN_DAYS if is_sum and value is not None else value

    means = over.seven_day_means(mean_of)
    if all(mean is None for mean in means):
        return chart
    card.legend = [*card.legend, ("mean", MEAN_NAME, "")]
    return with_means(chart, over.steps, means, palette)


def add_earlier_choice(card: Card, over: OverTime, options: ChartOptions, *, path: str) -> bool:
    """Offer the period before where the data cover it; whether it is shown."""
    if over.before is None:
        return False
    group = options.choices("earlier", "Compared", over.scope, path=path, card=card.slug)
    card.choices.append(group)
    return options.earlier == "show"


def add_earlier(chart: Figure, card: Card, over: OverTime, palette: Palette) -> Figure:
    """The figure with the period before."""
    if over.before is None:
        return chart
    earlier = earlier_of(over, over.before)
    card.legend = [*card.legend, ("earlier", earlier.name, "")]
    return {**chart, "data": [*chart["data"], earlier_trace(earlier, palette)]}


def earlier_of(over: OverTime, before: Before) -> Earlier:
    """What the chart draws of the period before."""
    drawing = drawing_of(over.metric)
    name = drawing.total if isinstance(drawing, ColumnsAndLine) else drawing.value
    column = get_column(over.metric, name)
    values = [None if row is None else drawn_value(over.metric, row) for row in before.rows]
    written = [
        value if value is None or not isinstance(drawing, ColumnsAndLine) else int(value)
        for value in values
    ]
    return Earlier(
        name=earlier_words(before),
        steps=over.steps,
        before=before.steps,
        values=values,
        texts=[
            f"Earlier, {step.label}: {format_with_label(column, value)}"
            for step, value in zip(before.steps, written, strict=True)
        ],
        **earlier_opens(drawing, column),
    )


def earlier_opens(drawing: TimeDrawing, column: Column) -> dict[str, Any]:
    """What a value of the period before opens, as parts of ``Earlier``."""
    if isinstance(drawing, SessionLine):
        return {"opens": {COLUMN: "sessions"}, "metric": SESSIONS_METRIC}
    return {"opens": {COLUMN: column.name} if column.records is not None else {}}


def add_marks(
    chart: Figure, card: Card, over: OverTime, palette: Palette, *, shows_earlier: bool
) -> Figure:
    """The figure with what shifted and the days outside, and the measures that it shows alone."""
    marks = chart_marks(over, shows_earlier=shows_earlier)
    if marks is None:
        return chart
    axis = MARKED_CHARTS[card.slug]
    watched = marks.over
    if over.grain is Grain.DAY and watched:
        card.legend = [*card.legend, ("limits", "ordinary from day to day, in a measure alone", "")]
        outside = sum(len(each.outside) for each in watched)
        if outside:
            card.legend = [*card.legend, ("outside", "day outside", str(outside))]
    card.variants = ((marks.first, *marks.alone),)
    return with_day_marks(chart, watched, list(marks.alone.values()), palette, axis=axis)
