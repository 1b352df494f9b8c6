"""The body of a page for a scope: its figures and cards, and what it says without any data."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from analytics import formatting
from analytics.access import OPEN_GROUPS, Forbidden, TooFewPeople
from analytics.figures import Theme
from analytics.formatting import NBSP
from analytics.metrics.coverage import period_before
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.results import Result
from analytics.placeholders import clock_text
from analytics.presentation import periods
from analytics.presentation.chart_options import DEFAULT_OPTIONS, ChartOptions
from analytics.presentation.kpis import (
    Footnote,
    Kpi,
    Periods,
    RenderedKpi,
    column_value,
    render_kpis,
)
from analytics.presentation.outcomes import (
    MetricOutcome,
    Refused,
    compute,
    has_no_rows,
    successful_results,
)
from analytics.presentation.page_cards import CardSource, PageCard
from analytics.presentation.pages import Page
from analytics.presentation.row_links import link_to_rows
from analytics.scope import Scope

# A page with at least so many cards says only once that there is no data.
MIN_CARDS_FOR_ONE_STATE = 3
# What is counted of the day that still runs.
TODAY_METRIC = "review-summary"


@dataclass(frozen=True)
class PageBody:
    """A page's body: its KPIs, and the cards with their Plotly figures.

    ``state``: what the page shows instead when none of its cards has any data.
    """

    kpis: list[RenderedKpi]
    cards: list[PageCard]
    state: dict[str, str] | None = None


@dataclass(frozen=True)
class PageScopes:
    """Which scope each metric of a page is computed for.

    ``current`` and ``previous`` are by slug. Cards by month get at least a year; only figures
    are compared with the period before, where the data cover it: else ``reasons`` say why not.
    """

    current: Mapping[str, Scope]
    previous: Mapping[str, Scope]
    reasons: Mapping[str, str]


def visible_cards(page: Page, scope: Scope) -> list[str]:
    """The cards of a page that the viewer may see in this scope."""
    return [
        slug
        for slug in page.cards
        if (scope.viewer.sees_everyone or slug not in page.everyone_only)
        and not (scope.moderator is not None and slug in page.people_only)
        and applies_to(METRICS[slug], scope)
        and METRICS[slug].is_allowed(scope)
        and not (scope.session is not None and slug in page.sessions_only)
        and not any(getattr(scope, name) is None for name in METRICS[slug].needs)
    ]


def applies_to(metric: Metric, scope: Scope) -> bool:
    """Whether a metric can be computed for the scope's person; others would show everyone."""
    return scope.moderator is None or "moderator" in metric.parameters


def visible_kpis(page: Page, scope: Scope) -> list[Kpi]:
    """The figures of a page's strip that the viewer may see in this scope."""
    return [
        kpi
        for kpi in page.kpis
        if applies_to(METRICS[kpi.metric], scope) and METRICS[kpi.metric].is_allowed(scope)
    ]


def offers_team_totals(page: Page, month: Scope) -> bool:
    """Whether a page has team totals to show of a month."""
    metrics = [METRICS[slug] for slug in page.metrics]
    if not metrics or any(metric.group in OPEN_GROUPS for metric in metrics):
        return True
    if not any(metric.is_allowed(month) for metric in metrics):
        return False
    try:
        METRICS["review-summary"](month)
    except TooFewPeople:
        return False
    return True


def build_body(
    page: Page,
    scope: Scope,
    *,
    path: str,
    now: datetime,
    theme: Theme = "light",
    options: ChartOptions = DEFAULT_OPTIONS,
) -> PageBody:
    """Compute the figures and cards of a page.

    ``path`` is the page's address, for links to other scopes. Raises ``ScopeError`` when the
    page does not take the scope.
    """
    slugs = visible_cards(page, scope)
    kpis = visible_kpis(page, scope)
    if scope.is_team_totals and not (slugs or kpis):
        raise Forbidden("team", f"{page.title} is not among the team's totals; ask for your own")
    scopes = page_scopes(page, scope, slugs, kpis)
    today = today_scope(kpis, scope, now)
    today_requests = [] if today is None else [(TODAY_METRIC, today)]
    computed = compute([*scopes.current.items(), *scopes.previous.items(), *today_requests])
    outcomes = {slug: computed[slug, scope] for slug, scope in scopes.current.items()}
    slugs = [slug for slug in slugs if has_card(slug, outcomes[slug])]
    require_enough_people(outcomes.values())
    before = successful_results(
        {slug: computed[slug, scope] for slug, scope in scopes.previous.items()}
    )
    latest = None
    # When somebody last did anything is not among a team's totals.
    if not scope.is_team_totals and any(has_no_rows(outcomes[slug]) for slug in slugs):
        latest = page.latest(scope)
    cards = [
        PageCard(
            CardSource(
                slug=slug,
                outcome=outcomes[slug],
                scope=scopes.current[slug],
                page_scope=scope,
                path=path,
                latest=latest,
                today=timezone.localdate(now),
                theme=theme,
                options=options,
            )
        )
        for slug in slugs
    ]
    rendered = render_kpis(
        kpis,
        Periods(scope, successful_results(outcomes), before, scopes.previous, scopes.reasons),
    )
    rendered += [today_so_far(computed[request], request[1], now) for request in today_requests]
    return PageBody(
        rendered,
        cards,
        empty_page_state(cards),
    )


def require_enough_people(outcomes: Collection[MetricOutcome]) -> None:
    """Raise ``TooFewPeople`` if every metric was refused; of some, their cards say it."""
    reasons = [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]
    if reasons and len(reasons) == len(outcomes):
        raise TooFewPeople("team", reasons[0])


def has_card(slug: str, outcome: MetricOutcome) -> bool:
    """Whether a metric has a card: all but those about what the data do not know."""
    return not isinstance(outcome, Result) or METRICS[slug].has_card(outcome)


def today_scope(kpis: Sequence[Kpi], scope: Scope, now: datetime) -> Scope | None:
    """The day that still runs, beside review figures of whole days up to yesterday."""
    today = timezone.localdate(now)
    has_review_kpis = any(kpi.metric == TODAY_METRIC for kpi in kpis)
    if not has_review_kpis or scope.is_team_totals or scope.end != periods.yesterday(today):
        return None
    return replace(scope, start=today, end=today)


def today_so_far(outcome: MetricOutcome, today: Scope, now: datetime) -> RenderedKpi:
    """What was viewed today: apart, since a part of a day compares with nothing."""
    videos = None
    if isinstance(outcome, Result):
        videos = column_value("videos")(outcome.rows[0])

    def until(at: datetime) -> str:
        return f"until {formatting.time_of_day(at)}{NBSP}{formatting.zone_name(at)}"

    return RenderedKpi(
        "Today so far",
        formatting.count(videos),
        unit="videos",
        rows_url=link_to_rows(TODAY_METRIC, "videos", today) if videos is not None else "",
        note="not compared",
        footnotes=[Footnote(clock_text(until, now))],
        part="review",
    )


def page_scopes(page: Page, scope: Scope, slugs: Sequence[str], kpis: Sequence[Kpi]) -> PageScopes:
    """Choose the scopes that the metrics of a page's cards and figures are computed for."""
    trends = {kpi.trend for kpi in kpis if kpi.trend and METRICS[kpi.trend].is_allowed(scope)}
    needed = {kpi.metric for kpi in kpis} | trends
    current = dict.fromkeys([*slugs, *sorted(needed)], scope)
    current |= dict.fromkeys(page.yearly & current.keys(), periods.at_least_a_year(scope))
    before = {kpi.metric: period_before(METRICS[kpi.metric].group, scope) for kpi in kpis}
    return PageScopes(
        current,
        {slug: period.scope for slug, period in before.items() if period.scope is not None},
        {slug: period.reason for slug, period in before.items() if period.reason},
    )


def empty_page_state(cards: Sequence[PageCard]) -> dict[str, str] | None:
    """What a page shows instead of several cards that all say that there is no data."""
    if len(cards) < MIN_CARDS_FOR_ONE_STATE or any(card.has_data for card in cards):
        return None
    if any(card.card.state != "empty" for card in cards):
        return None
    first = cards[0].card
    return {
        "kind": "empty",
        "title": first.state_title,
        "text": first.state_text,
        "url": first.state_url,
        "action": first.state_action,
    }
