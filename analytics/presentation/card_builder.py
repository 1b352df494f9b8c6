"""What a page shows for a scope: figures and cards, computed from one state of the data."""

import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from analytics import formatting
from analytics.access import OPEN_GROUPS, Forbidden, ScopeError, TooFewPeople
from analytics.figures import Legend, Theme, figure, is_chart, is_empty, rendering_of
from analytics.formatting import count, day, plural
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.results import Result
from analytics.presentation import periods
from analytics.presentation.cells import Heading
from analytics.presentation.kpis import Kpi, RenderedKpi, strip
from analytics.presentation.pages import Page
from analytics.presentation.tables import PersonLink, table
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot

logger = logging.getLogger(__name__)

# A table of more rows shows its first ones (`portal.css` knows how many) and a button for all.
FOLDS_FROM = 12
FOLDED = 10
# From so many cards on a page says once that there is nothing.
MANY_CARDS = 3


@dataclass(frozen=True)
class Failure:
    """A metric that could not be computed; ``reference`` finds the error in the log."""

    reference: str


@dataclass(frozen=True)
class NotAsked:
    """A metric that needs a parameter the scope does not have."""

    parameter: str


@dataclass(frozen=True)
class Refused:
    """A metric whose team totals rest on too few people, in words."""

    reason: str


MetricOutcome = Result | Failure | NotAsked | Refused
# A metric's slug, and what it is asked about.
Question = tuple[str, Scope]


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
    subtitle: str = ""
    n: str = ""
    chart: bool = False
    state: str = "ok"
    state_icon: str = "empty"
    state_title: str = ""
    state_text: str = ""
    state_url: str = ""
    state_action: str = ""
    reference: str = ""
    legend: Legend = field(default_factory=list)
    legend_below: bool = False
    variants: tuple[str, ...] = ()
    columns: list[Heading] = field(default_factory=list)
    body: SafeString | None = None
    fold: int = 0
    fold_words: str = ""
    rows_count: int | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PageBody:
    """A page's body: the strip, the cards, and the Plotly figures by slug.

    ``state``: what the page says instead when none of its cards has anything to show.
    """

    figures: list[RenderedKpi]
    cards: list[Card]
    charts: dict[str, dict[str, Any]]
    state: dict[str, str] | None = None


def fitted(metric: Metric, scope: Scope) -> Scope:
    """Return the scope without what the metric does not take: a page shows several groups."""
    takes = metric.parameters
    return replace(
        scope,
        moderator=scope.moderator if "moderator" in takes else None,
        session=scope.session if "session" in takes else None,
    )


def compute(asked: Iterable[Question]) -> dict[Question, MetricOutcome]:
    """Compute each metric for its scope, drawn, all in one snapshot.

    When one fails its savepoint is undone and each is tried alone, still in the same snapshot:
    the error stays that metric's own, and no result is of another version of the data.
    """
    questions = list(dict.fromkeys(asked))
    with snapshot():
        try:
            with transaction.atomic():
                return {(slug, scope): outcome(METRICS[slug], scope) for slug, scope in questions}
        except ScopeError:
            raise
        # Whatever went wrong in a metric: the page shows the others, and the log has the error.
        except Exception:
            logger.exception("Metrics failed together; trying each by itself")
        return {(slug, scope): outcome_alone(METRICS[slug], scope) for slug, scope in questions}


def outcome(metric: Metric, scope: Scope) -> MetricOutcome:
    """Return what a metric gave, or which parameter it waits for."""
    given = scope.as_params()
    for name in metric.needs:
        if name not in given:
            return NotAsked(name)
    try:
        return metric.for_chart(fitted(metric, scope))
    except TooFewPeople as error:
        return Refused(error.message)


def outcome_alone(metric: Metric, scope: Scope) -> MetricOutcome:
    """Compute a metric in a savepoint of its own; a failure is logged under its reference."""
    try:
        with transaction.atomic():
            return outcome(metric, scope)
    except ScopeError:
        raise
    # The card says that it failed and by which reference the log knows why.
    except Exception:
        reference = secrets.token_hex(4)
        logger.exception("Metric %s failed, reference %s", metric.slug, reference)
        return Failure(reference)


def results_of(outcomes: Mapping[str, MetricOutcome]) -> dict[str, Result]:
    """Return only what was computed."""
    return {slug: got for slug, got in outcomes.items() if isinstance(got, Result)}


def visible_cards(page: Page, scope: Scope) -> list[str]:
    """Return the cards of a page that the viewer may see in this scope."""
    return [
        slug
        for slug in page.cards
        if (scope.viewer.sees_everyone or slug not in page.everyone_only)
        and is_about(METRICS[slug], scope)
        and METRICS[slug].is_open(scope)
        and not (scope.team and METRICS[slug].needs)
    ]


def is_about(metric: Metric, scope: Scope) -> bool:
    """Return whether a metric can tell about the scope's person: else it would tell of all."""
    return scope.moderator is None or "moderator" in metric.parameters


def visible_figures(page: Page, scope: Scope) -> list[Kpi]:
    """Return the figures of a page's strip that can be told in this scope."""
    return [
        figure
        for figure in page.figures
        if is_about(METRICS[figure.metric], scope) and METRICS[figure.metric].is_open(scope)
    ]


def offers_team_totals(page: Page, month: Scope) -> bool:
    """Whether a page has team totals to show of a month."""
    metrics = [METRICS[slug] for slug in page.metrics]
    if not metrics or any(metric.group in OPEN_GROUPS for metric in metrics):
        return True
    if not any(metric.is_open(month) for metric in metrics):
        return False
    try:
        METRICS["review-summary"](month)
    except TooFewPeople:
        return False
    return True


def build_body(page: Page, scope: Scope, *, path: str, theme: Theme = "light") -> PageBody:
    """Return the figures and cards of a page for a scope.

    ``path`` is the page's address, for links to other scopes. Raises ``ScopeError`` when the
    page does not take the scope.
    """
    if page.everyone and not scope.viewer.sees_everyone:
        raise Forbidden("viewer", f"{page.title} is for leads and admins")
    slugs = visible_cards(page, scope)
    figures = visible_figures(page, scope)
    if scope.is_team_totals and not (slugs or figures):
        raise Forbidden("team", f"{page.title} is not among the team's totals; ask for your own")
    trends = {f.trend for f in figures if f.trend}
    wanted = {f.metric for f in figures} | {t for t in trends if METRICS[t].is_open(scope)}
    scopes = dict.fromkeys([*slugs, *sorted(wanted)], scope)
    wider = periods.at_least_a_year(scope)
    scopes |= dict.fromkeys(page.yearly & scopes.keys(), wider)
    previous = scope.previous()
    compared = [(f.metric, previous) for f in figures if previous is not None]
    answers = compute([*scopes.items(), *compared])
    outcomes = {slug: answers[slug, its] for slug, its in scopes.items()}
    refused = [got.reason for got in outcomes.values() if isinstance(got, Refused)]
    if refused and len(refused) == len(outcomes):
        raise TooFewPeople("team", refused[0])
    before = results_of({slug: answers[slug, its] for slug, its in compared})
    latest = None
    # When somebody last did anything is not among a team's totals.
    if not scope.is_team_totals and any(is_bare(METRICS[slug], outcomes[slug]) for slug in slugs):
        latest = page.latest(scope)
    cards, charts = [], {}
    for slug in slugs:
        metric, got = METRICS[slug], outcomes[slug]
        made = card(metric, got, scopes[slug], path=path, latest=latest)
        if scopes[slug] != scope and made.state == "ok":
            made.subtitle += f", {formatting.span(wider.start, wider.end)}"
        if got == NotAsked("session"):
            offer_latest(made, scopes[slug], path)
        cards.append(made)
        if isinstance(got, Result) and made.chart and made.state == "ok":
            charts[slug] = figure(metric, got, theme=theme)
    return PageBody(strip(figures, results_of(outcomes), before), cards, charts, bare_page(cards))


def bare_page(cards: Sequence[Card]) -> dict[str, str] | None:
    """Return what to say instead of several cards that all say that there is nothing."""
    if len(cards) < MANY_CARDS or any(made.state != "empty" for made in cards):
        return None
    first = cards[0]
    return {
        "kind": "empty",
        "title": first.state_title,
        "text": first.state_text,
        "url": first.state_url,
        "action": first.state_action,
    }


def is_bare(metric: Metric, got: MetricOutcome) -> bool:
    """Return whether a metric was computed and has nothing to show."""
    return isinstance(got, Result) and is_empty(got)


def card(
    metric: Metric, got: MetricOutcome, scope: Scope, *, path: str, latest: date | None = None
) -> Card:
    """Return the card of one metric. ``latest``: the last day that has data, if known."""
    query = urlencode(fitted(metric, scope).as_params())
    made = Card(
        slug=metric.slug,
        title=metric.title,
        span=metric.drawing.span,
        definition=metric.definition,
        definition_url=f"{reverse('portal:metrics')}#{metric.slug}",
        scope_text=f"Scope: {periods.scope_words(scope)}.",
        csv_url=with_query(reverse("portal:metric-csv", args=[metric.slug]), query),
        api_url=api_url(metric, query),
        retry_url=periods.query_of(scope, path=path),
        chart=is_chart(metric.drawing),
    )
    match got:
        case Failure(reference):
            made.state, made.reference = "error", reference
            made.state_text = "The other charts are complete."
        case NotAsked(parameter):
            choose(made, parameter)
        case Refused(reason):
            refuse(made, reason)
        case Result() if is_empty(got):
            nothing(made, metric, scope, latest=latest, path=path)
        case Result():
            fill(made, metric, got, person_link(scope, path))
    return made


def choose(made: Card, parameter: str) -> None:
    """Make the card one that waits for a choice in the filter bar."""
    made.state, made.state_icon, made.chart = "empty", "choose", False
    made.state_title = f"Choose a {parameter}"
    made.state_text = f"This belongs to one {parameter}. Pick one in the filter bar."
    made.csv_url = made.api_url = ""


def refuse(made: Card, reason: str) -> None:
    """Make the card say why the team's totals are not shown."""
    made.state, made.chart = "empty", False
    made.state_title = "Too few people"
    made.state_text = f"{reason}."
    made.csv_url = made.api_url = ""


def offer_latest(made: Card, scope: Scope, path: str) -> None:
    """Offer the newest session of the scope where one has to be chosen."""
    newest = scope.sessions().order_by("-started_at").values_list("public_id", flat=True).first()
    if newest is not None:
        made.state_url = with_query(path, urlencode({**scope.as_params(), "session": newest}))
        made.state_action = "Latest session"


def nothing(made: Card, metric: Metric, scope: Scope, *, latest: date | None, path: str) -> None:
    """Make the card say that there is nothing, why, and where there is something."""
    made.state = "empty"
    days = ""
    if scope.start is not None and scope.end is not None:
        days = f" in these {plural((scope.end - scope.start).days + 1, 'day')}"
    made.state_title = f"No {metric.counted}{days}"
    other = periods.with_data(scope, latest) if latest is not None else None
    if latest is None or other is None:
        made.state_text = "There is no data yet for this choice."
    elif other.as_params() == scope.as_params() or not scope.as_params():
        made.state_text = "The data hold none."
    else:
        made.state_text = f"{periods.whose(scope)}: last data on {day(latest)}."
        made.state_url = periods.query_of(other, path=path)
        made.state_action = "Last 30 days with data"


def fill(made: Card, metric: Metric, result: Result, link: PersonLink | None) -> None:
    """Fill the card with a result."""
    told = table(metric, result, moderator_link=link)
    rendering = rendering_of(metric.drawing)
    made.subtitle = rendering.subtitle(metric.drawing, metric, result)
    if result.n is not None:
        made.n = count(result.n)
    made.variants = rendering.variants
    made.legend = rendering.legend(metric.drawing, metric, result)
    made.legend_below = rendering.legend_below
    made.columns, made.body = told.columns, told.body
    if not made.chart and len(result.rows) > FOLDS_FROM:
        rows = len(result.rows)
        noun = metric.counted.removesuffix("s") if result.n == rows else "row"
        folded(made, plural(rows, noun))
    made.rows_count = None if result.condensed else told.rows
    made.notes = [note if note.endswith(".") else f"{note}." for note in result.notes]
    if result.condensed:
        made.notes.append(
            f"Condensed by day, with the range: {count(result.n)} {metric.counted} are more than "
            "a chart can show. The CSV has each."
        )
    if told.left_out:
        made.notes.append(
            f"The table lists the first {count(told.rows - told.left_out)} of "
            f"{count(told.rows)} rows; the CSV has all."
        )


def folded(made: Card, of_how_many: str) -> None:
    """Show the first rows of a table only, until somebody asks for all."""
    made.fold = FOLDED
    made.fold_words = f"{FOLDED} of {of_how_many}"


def person_link(scope: Scope, path: str) -> PersonLink | None:
    """Return what leads to a person's view over the same dates, for those who may see it."""
    if not scope.viewer.sees_everyone:
        return None
    dates = {name: value for name, value in scope.as_params().items() if name in ("start", "end")}
    return lambda name: with_query(path, urlencode({"moderator": name, **dates}))


def with_query(path: str, query: str) -> str:
    """Return an address with a query, if there is one."""
    return f"{path}?{query}" if query else path


def api_url(metric: Metric, query: str) -> str:
    """Return where the metric is as JSON; empty when the REST API is not installed."""
    try:
        return with_query(reverse("api:metric", args=[metric.slug]), query)
    except NoReverseMatch:
        return ""
