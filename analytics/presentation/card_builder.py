"""The card of a metric: its chart and table, or why there is none."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from analytics.figures import Legend, Variants, get_rendering, is_chart, is_empty
from analytics.formatting import count, day, plural
from analytics.metrics.drawing import Drawing
from analytics.metrics.grains import Grain, Step
from analytics.metrics.registry import Metric
from analytics.metrics.results import Result, Value, number_in
from analytics.metrics.row_keys import COLUMN
from analytics.presentation import periods
from analytics.presentation.annotations import AnnotationList
from analytics.presentation.cells import Heading
from analytics.presentation.chart_options import ChoiceGroup
from analytics.presentation.heat_table import HeatTable
from analytics.presentation.outcomes import (
    Failure,
    MetricOutcome,
    Refused,
    accepted_scope,
)
from analytics.presentation.row_links import RowLinks, keyed_address, passport_address
from analytics.presentation.small_multiples import SmallMultiples
from analytics.presentation.tables import metric_table
from analytics.scope import Scope

# A table of more rows shows its first ones (`portal.css` knows how many) and a button for all.
FOLDS_FROM = 12
FOLDED = 10


@dataclass
class Card:
    """A card as the template ``portal/card.html`` shows it."""

    slug: str
    title: str
    span: int
    definition: str
    definition_url: str
    scope_text: str
    csv_url: str
    api_url: str
    retry_url: str
    rows_url: str = ""
    passport_url: str = ""
    subtitle: str = ""
    n: str = ""
    n_url: str = ""
    chart: bool = False
    state: str = "ok"
    state_icon: str = "empty"
    state_title: str = ""
    state_text: str = ""
    state_url: str = ""
    state_action: str = ""
    reference: str = ""
    legend: Sequence[tuple[str, ...]] = ()
    legend_below: bool = False
    variants: Variants = ()
    columns: list[Heading] = field(default_factory=list)
    body: SafeString | None = None
    fold: int = 0
    fold_words: str = ""
    rows_count: int | None = None
    notes: list[str] = field(default_factory=list)
    annotations: AnnotationList | None = None
    choices: list[ChoiceGroup] = field(default_factory=list)
    heat: HeatTable | None = None
    multiples: SmallMultiples | None = None

    @property
    def is_drawn(self) -> bool:
        """Whether the card shows something else than its table first."""
        return self.chart or self.heat is not None or self.multiples is not None


def build_card(
    metric: Metric, outcome: MetricOutcome, scope: Scope, *, path: str, latest: date | None = None
) -> Card:
    """Build the card of one metric. ``latest``: the last day that has data, if known."""
    query = urlencode(accepted_scope(metric, scope).as_params())
    rows_url = RowLinks(metric, scope).base
    card = Card(
        slug=metric.slug,
        title=metric.title,
        span=metric.drawing.span,
        definition=metric.definition,
        definition_url=f"{reverse('portal:metrics')}#{metric.slug}",
        scope_text=f"Scope: {periods.describe_scope(scope)}.",
        csv_url=with_query(keyed_address("portal:metric-csv", metric.slug), query),
        api_url=with_query(keyed_address("api:metric", metric.slug), query),
        retry_url=periods.scope_url(scope, path=path),
        rows_url=rows_url,
        passport_url=passport_address(rows_url),
        chart=is_chart(metric.drawing),
    )
    match outcome:
        case Failure(reference):
            card.state, card.reference = "error", reference
            card.state_text = "The other charts are complete."
        case Refused(reason):
            show_refusal(card, reason)
        case Result() if is_empty(outcome):
            show_empty(card, metric, scope, latest=latest, path=path)
        case Result():
            show_result(card, metric, outcome, scope)
    return card


def show_refusal(card: Card, reason: str) -> None:
    """Say why the team's totals are not shown; there is nothing to download either."""
    card.state, card.chart = "empty", False
    card.state_title = "Too few people"
    card.state_text = f"{reason}."
    card.csv_url = card.api_url = card.rows_url = ""


def show_empty(card: Card, metric: Metric, scope: Scope, *, latest: date | None, path: str) -> None:
    """Say that there is no data, and link to the last days that have some."""
    card.state = "empty"
    days = ""
    if scope.start is not None and scope.end is not None:
        days = f" in these {plural((scope.end - scope.start).days + 1, 'day')}"
    card.state_title = f"No {metric.counted}{days}"
    with_data = periods.last_days_with_data(scope, latest) if latest is not None else None
    if latest is None or with_data is None:
        card.state_text = "There is no data yet for this choice."
    elif with_data.as_params() == scope.as_params() or not scope.as_params():
        card.state_text = "There are none in the data."
    else:
        card.state_text = f"{periods.subject_name(scope)}: last data on {day(latest)}."
        card.state_url = periods.scope_url(with_data, path=path)
        card.state_action = "Last 4 weeks with data"


def show_result(card: Card, metric: Metric, result: Result, scope: Scope) -> None:
    """Show a result: the table always, with the chart where the metric has one."""
    shown_table = metric_table(
        metric, result, moderator_link=person_link(scope), row_links=RowLinks(metric, scope)
    )
    rendering = get_rendering(metric.drawing)
    card.subtitle = rendering.subtitle(metric.drawing, metric, result)
    if result.n is not None:
        card.n = count(result.n)
        card.n_url = n_address(metric, result, RowLinks(metric, scope))
    card.variants = rendering.variants(metric.drawing, metric)
    card.legend = linked_legend(
        rendering.legend(metric.drawing, metric, result), RowLinks(metric, scope)
    )
    card.legend_below = rendering.legend_below
    card.columns, card.body = shown_table.columns, shown_table.body
    if not is_drawn(metric.drawing) and len(result.rows) > FOLDS_FROM:
        rows = len(result.rows)
        noun = metric.counted.removesuffix("s") if result.n == rows else "row"
        fold_table(card, plural(rows, noun))
    card.rows_count = None if result.condensed else shown_table.rows
    card.notes = [note if note.endswith(".") else f"{note}." for note in result.notes]
    if result.condensed and not card.chart:
        card.notes.append(
            f"The table lists the first {count(len(result.rows))} of {count(result.n)} "
            f"{metric.counted}; the CSV has all."
        )
    elif result.condensed:
        card.notes.append(
            f"Condensed by day, with the range: {count(result.n)} {metric.counted} are more than "
            "a chart can show. The CSV has each."
        )
    if shown_table.left_out:
        card.notes.append(
            f"The table lists the first {count(shown_table.rows - shown_table.left_out)} of "
            f"{count(shown_table.rows)} rows; the CSV has all."
        )


def show_rows(
    card: Card, metric: Metric, result: Result, scope: Scope, grain: Grain, steps: Sequence[Step]
) -> None:
    """Show the rows of days, weeks or months in the table of a card."""
    names: dict[Value, str] = {step.first: step.label for step in steps}
    table = metric_table(metric, result, row_links=RowLinks(metric, scope), words=names)
    time, *others = table.columns
    card.columns, card.body = [replace(time, label=grain.value.capitalize()), *others], table.body


def n_address(metric: Metric, result: Result, links: RowLinks) -> str:
    """The records that ``n`` counts: of the column that adds up to it; empty without one."""
    for column in () if result.condensed else metric.columns:
        made = column.records
        if made is None or made.how not in ("count", "sum") or column.name not in links.columns:
            continue
        if made.needs_key or made.needs_moderator:
            continue
        known = [value for row in result.rows if (value := number_in(row, column.name)) is not None]
        if known and sum(known) == result.n:
            return links.address({COLUMN: column.name})
    return ""


def linked_legend(legend: Legend, links: RowLinks) -> list[tuple[str, ...]]:
    """A legend with the address of the records behind a count in its last place."""
    return [
        (entry[0], entry[1], entry[2], links.address(entry[3]))
        if len(entry) == 4 and links.columns
        else (entry[0], entry[1], entry[2])
        for entry in legend
    ]


def is_drawn(drawing: Drawing) -> bool:
    """Whether a card shows something else than its table first."""
    return get_rendering(drawing).draw is not None


def fold_table(card: Card, total: str) -> None:
    """Show the first rows of a table only, until somebody asks for all."""
    card.fold = FOLDED
    card.fold_words = f"{FOLDED} of {total}"


@dataclass(frozen=True)
class PersonLinks:
    """The addresses of people's pages over the same dates: ``query`` says which."""

    query: str

    def __call__(self, name: str) -> str:
        """The page of a person."""
        return with_query(reverse("portal:person", args=[name]), self.query)


def person_link(scope: Scope) -> PersonLinks | None:
    """Links from names to the person's page over the same dates; None who may not follow them."""
    return PersonLinks(dates_query(scope)) if scope.viewer.sees_everyone else None


def person_address(scope: Scope, name: str) -> str:
    """The address of a person's page over the dates of a scope."""
    return PersonLinks(dates_query(scope))(name)


def dates_query(scope: Scope) -> str:
    """The dates of a scope, as a query."""
    dates = {name: value for name, value in scope.as_params().items() if name in ("start", "end")}
    return urlencode(dates) or "start="


def with_query(path: str, query: str) -> str:
    """Join an address and a query that may be empty."""
    return f"{path}?{query}" if query else path
