"""Charts over days: by day, week or month, with weekends and the period before."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from analytics import formatting
from analytics.figures import Figure, Theme, figure
from analytics.figures.over_days import DaySpan, earlier_trace, with_spans, with_weekends
from analytics.figures.palette import Palette
from analytics.metrics.coverage import period_before
from analytics.metrics.drawing import ColumnsAndLine
from analytics.metrics.formulas import ratio
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result, Row, number_in
from analytics.presentation.card_builder import Card
from analytics.presentation.chart_options import ChartOptions
from analytics.presentation.grains import Grain, grain_of_range, steps_of
from analytics.scope import Scope

#: What is drawn of a day that adds up over days.
SUMMED = ("videos", "accepted", "rejected", "none")


def day_chart(
    card: Card, metric: Metric, result: Result, scope: Scope, options: ChartOptions,
    *, path: str, today: date, theme: Theme,
) -> tuple[Figure, Grain]:  # fmt: skip
    """The figure of columns over days, with the card's choices; and its grain."""
    days = [day_of(row) for row in result.rows]
    first, last = days[0], days[-1]
    grain = Grain(options.grain) if options.grain else grain_of_range(first, last)
    begin, end = scope.start or first, scope.end or last
    spans = [
        DaySpan(max(step.first, first), min(step.last, last), step.is_partial, step.label)
        for step in steps_of(grain, begin, max(end, last), today=today)
        if step.first <= last and step.last >= first
    ]
    pooled = result if grain is Grain.DAY else pool(result, spans)
    palette = Palette(theme)
    chart = with_spans(figure(metric, pooled, theme=theme), spans)
    card.choices.append(
        options.choices("grain", "Step", scope, path=path, card=card.slug, current=grain)
    )
    if grain is not Grain.DAY:
        card.subtitle += f", by {grain.value}"
    else:
        chart = with_weekends(chart, first, last, palette)
        card.legend = [*card.legend, ("weekend", "weekend", "")]
        chart = add_earlier(chart, card, metric, scope, options, path=path, palette=palette)
    if any(span.is_partial for span in spans):
        card.legend = [*card.legend, ("part", f"part of a {grain.value}", "")]
    return chart, grain


def day_of(row: Row) -> date:
    """The day of a row."""
    day = row["day"]
    assert isinstance(day, date)
    return day


def pool(result: Result, spans: Sequence[DaySpan]) -> Result:
    """The rows of weeks or months: sums, and the reject rate of all their decisions."""
    rows: list[Row] = []
    for span in spans:
        inside = [row for row in result.rows if span.first <= day_of(row) <= span.last]
        sums = {name: sum(int(number_in(row, name) or 0) for row in inside) for name in SUMMED}
        rate = ratio(sums["rejected"], sums["accepted"] + sums["rejected"])
        rows.append({"day": span.first, **sums, "reject_rate": rate})
    return replace(result, rows=rows)


def add_earlier(
    chart: Figure, card: Card, metric: Metric, scope: Scope, options: ChartOptions,
    *, path: str, palette: Palette,
) -> Figure:  # fmt: skip
    """The figure with the period before, where it is asked for and the data cover it."""
    before = period_before(metric.group, scope).scope
    if before is None or before.start is None or scope.start is None:
        return chart
    card.choices.append(options.choices("earlier", "Compared", scope, path=path, card=card.slug))
    drawing = metric.drawing
    if options.earlier != "show" or not isinstance(drawing, ColumnsAndLine):
        return chart
    later = scope.start - before.start
    rows = metric(before).rows
    totals = [float(sum(number_in(row, name) or 0 for name in drawing.stack)) for row in rows]
    texts = [
        f"Earlier, {day_of(row):%a} {formatting.day(day_of(row))}:"
        f" {formatting.count(int(total))} {metric.counted}"
        for row, total in zip(rows, totals, strict=True)
    ]
    days = [day_of(row) + timedelta(days=later.days) for row in rows]
    card.legend = [
        *card.legend,
        ("earlier", f"{metric.counted} {formatting.date_range(before.start, before.end)}", ""),
    ]
    return {**chart, "data": [*chart["data"], earlier_trace(days, totals, texts, palette)]}
