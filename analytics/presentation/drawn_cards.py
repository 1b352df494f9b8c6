"""Cards that the server draws as HTML or SVG, with the choices that they offer."""

from datetime import date

from analytics.insights.timelines import queue_timelines
from analytics.metrics.drawing import AccuracyTable, HeatMap, SmallMultiples
from analytics.metrics.grains import Grain, grain_of_range
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Result
from analytics.presentation.accuracy_table import show_accuracies
from analytics.presentation.annotations import MAX_SHOWN, annotation_list, newest_annotations
from analytics.presentation.card_builder import Card
from analytics.presentation.chart_options import OPTIONS, ChartOptions
from analytics.presentation.heat_table import heat_table
from analytics.presentation.small_multiples import small_multiples
from analytics.scope import Scope


def add_drawing(
    card: Card, result: Result, scope: Scope, options: ChartOptions, *, path: str, today: date
) -> None:
    """Draw the card of a metric that is no chart of Plotly's, where it is to be drawn."""
    match METRICS[card.slug].drawing:
        case HeatMap():
            add_heat_table(card, result, scope, options, path)
        case SmallMultiples():
            add_small_multiples(card, result, scope, options, path=path, today=today)
        case AccuracyTable():
            show_accuracies(card, result, scope)


def add_heat_table(
    card: Card, result: Result, scope: Scope, options: ChartOptions, path: str
) -> None:
    """The table of shades, of one value."""
    value = options.hours or next(iter(OPTIONS["hours"]))
    card.heat = heat_table(METRICS[card.slug], result, scope, value)
    card.choices.append(options.choices("hours", "Value", scope, path=path, card=card.slug))


def add_small_multiples(
    card: Card, result: Result, scope: Scope, options: ChartOptions, *, path: str, today: date
) -> None:
    """A small drawing for each queue."""
    grain = chosen_grain(result, scope, options)
    lines = {} if scope.is_team_totals else queue_timelines(scope)
    card.multiples = small_multiples(
        result,
        lines,
        scope,
        grain=grain,
        is_common=options.scale == "common",
        today=today,
        annotations=newest_annotations(scope.start, scope.end)[:MAX_SHOWN],
    )
    scale = "all on one scale" if options.scale == "common" else "each on its own scale, from 0"
    mean = ", mean of seven days" if grain is Grain.DAY else ""
    card.subtitle = f"Items by {grain.value}{mean}, {scale}"
    card.choices += [
        options.choices("scale", "Scale", scope, path=path, card=card.slug),
        options.choices("grain", "Step", scope, path=path, card=card.slug, current=grain),
    ]
    if card.multiples is not None and not card.multiples.opens:
        card.notes.append("So many bars are too narrow to open; those of longer steps open theirs.")
    card.annotations = annotation_list(
        METRICS[card.slug], scope, options.address(scope, path=path, card=card.slug)
    )


def chosen_grain(result: Result, scope: Scope, options: ChartOptions) -> Grain:
    """The grain asked for, else what suits the days with data."""
    if options.grain:
        return Grain(options.grain)
    days = [day for row in result.rows if isinstance(day := row["day"], date)]
    if not days:
        return Grain.DAY
    return grain_of_range(scope.start or min(days), scope.end or max(days))
