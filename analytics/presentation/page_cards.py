"""The cards of a page, each with its Plotly figure: made when the page shows them.

As HTML and JSON they are parts of the page (``analytics.kept_parts``): those that a change of the
data does not touch are neither built nor written again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from analytics import formatting
from analytics.figures import Figure, Theme, figure, is_empty
from analytics.kept_parts import are_kept, kept_part
from analytics.long_texts import rendered
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Result
from analytics.presentation.annotations import annotated_figure, annotation_list
from analytics.presentation.card_builder import Card, build_card
from analytics.presentation.chart_options import ChartOptions
from analytics.presentation.day_charts import day_chart
from analytics.presentation.drawn_cards import add_drawing
from analytics.presentation.outcomes import MetricOutcome
from analytics.scope import Scope
from analytics.templatetags.portal import script_json


@dataclass(frozen=True, kw_only=True)
class CardSource:
    """All that a card and its figure are made of, beside what they read."""

    slug: str
    outcome: MetricOutcome
    scope: Scope
    page_scope: Scope
    path: str
    latest: date | None
    today: date
    theme: Theme
    options: ChartOptions


@dataclass(frozen=True)
class MadeCard:
    """A card, and its figure where it shows a chart."""

    card: Card
    figure: Figure | None


class PageCard:
    """A card of a page. Of a page whose parts are not kept it is built at once."""

    def __init__(self, source: CardSource) -> None:
        self.source = source
        if not are_kept():
            self.built = build(source)

    @cached_property
    def built(self) -> MadeCard:
        """The card and its figure."""
        return build(self.source)

    @property
    def slug(self) -> str:
        """The metric."""
        return self.source.slug

    @property
    def card(self) -> Card:
        """The card itself."""
        return self.built.card

    @property
    def figure(self) -> Figure | None:
        """The figure of a chart."""
        return self.built.figure

    @property
    def has_data(self) -> bool:
        """Whether its metric was computed and has something to show."""
        return isinstance(self.source.outcome, Result) and not is_empty(self.source.outcome)

    @cached_property
    def html(self) -> str:
        """The card as it stands in the page, or what a page has in its place until it is sent."""
        return self._texts[0]

    @property
    def figure_json(self) -> str:
        """The figure as it stands in a script of the page; empty without one."""
        return self._texts[1]

    @cached_property
    def _texts(self) -> Sequence[str]:
        if not self.has_data:
            return written(self.built)
        return kept_part(f"card {self.slug}", [self.source], self._write)

    def _write(self) -> Sequence[str]:
        if are_kept():
            # What it reads belongs to the part that is being made.
            self.built = build(self.source)
        return written(self.built)


def written(built: MadeCard) -> Sequence[str]:
    """A card as HTML, and its figure as JSON."""
    html = rendered("portal/card.html", {"card": built.card})
    return html, "" if built.figure is None else script_json(built.figure)


def build(source: CardSource) -> MadeCard:
    """Build a card; where its dates are wider than the page's, the subtitle says which."""
    scope, outcome, path = source.scope, source.outcome, source.path
    metric = METRICS[source.slug].for_viewer(scope.viewer)
    card = build_card(metric, outcome, scope, path=path, latest=source.latest)
    if card.state != "ok" or not isinstance(outcome, Result):
        return MadeCard(card, None)
    if scope != source.page_scope:
        card.subtitle += f", {formatting.date_range(scope.start, scope.end)}"
    add_drawing(card, outcome, scope, source.options, path=path, today=source.today)
    return MadeCard(card, chart_figure(card, outcome, source) if card.chart else None)


def chart_figure(card: Card, result: Result, source: CardSource) -> Figure:
    """The Plotly figure of a card that shows a chart, which adds to the card what belongs to it."""
    metric, scope = METRICS[source.slug], source.scope
    if metric.by_step is None:
        chart = figure(metric, result, theme=source.theme)
    else:
        chart = day_chart(
            card, metric, result, scope, source.options,
            path=source.path, today=source.today, theme=source.theme,
        )  # fmt: skip
    back = source.options.address(scope, path=source.path, card=card.slug)
    card.annotations = annotation_list(metric, scope, back)
    return annotated_figure(chart, metric, scope, source.theme)
