"""What a page has beyond figures and cards of metrics, by the page's name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from analytics import formatting
from analytics.access import LEADS_AND_ADMINS
from analytics.figures.labels import format_value, is_numeric
from analytics.formatting import plural
from analytics.insights.standing import findings_about
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Row, Value
from analytics.models import Dispute, DisputeOutcome, Target
from analytics.placeholders import clock_text
from analytics.presentation import periods
from analytics.presentation.accuracy_findings import accuracy_findings
from analytics.presentation.card_builder import (
    FOLDS_FROM,
    Card,
    build_card,
    fold_table,
    person_address,
    person_link,
)
from analytics.presentation.cells import Cell, Heading, body_html
from analytics.presentation.findings import changes_over_time, findings_of, most_important
from analytics.presentation.kpis import (
    Footnote,
    RenderedKpi,
    drop_trailing_zeros,
    targets_in_force,
)
from analytics.presentation.people import (
    MAX_STANDING_OUT,
    everybody,
    people_card,
    people_who_stand_out,
    summary,
)
from analytics.presentation.quality_tabs import quality_tabs
from analytics.presentation.row_links import RowLinks, passport_address
from analytics.presentation.tables import value_cell
from analytics.presentation.team import team_card
from analytics.quality.listing import dispute_counts, unsure_checks
from analytics.reads import read
from analytics.scope import Scope

# The page's scope, its address and the time.
PageExtra = Callable[[Scope, str, datetime], dict[str, Any]]


@dataclass(frozen=True)
class PageAction:
    """A link among the buttons at the head of a page."""

    label: str
    url: str
    is_primary: bool = False


PERFORMANCE = METRICS["moderator-performance"]
BAR = "sessions_moderated"
DISTANCES = ("average_response_minutes", "average_satisfaction")


def overview(scope: Scope, path: str, now: datetime) -> dict[str, Any]:
    """The overview's findings and actions, its table of the team, and the age of the data."""
    today = timezone.localdate(now)
    findings = findings_of(scope, today)
    urgent = sum(finding.level == "act" and not finding.is_quiet for finding in findings)
    everyone = scope.viewer.sees_everyone and scope.moderator is None
    return {
        "findings": most_important(findings),
        "actions": most_important(findings, kind="action"),
        "findings_total": len(findings),
        "findings_url": periods.scope_url(scope, path=reverse("portal:insights")),
        "lead": f"{plural(urgent, 'finding')} {'needs' if urgent == 1 else 'need'} action."
        if urgent
        else "",
        "freshness": freshness(scope, now),
        "more_cards": [team_card(scope, path, findings, today)] if everyone else [],
    }


def freshness(scope: Scope, now: datetime) -> str:
    """How long ago the last session of the scope's person ended; empty without any.

    Empty of team totals too: the last session of all is one person's.
    """
    if scope.is_team_totals:
        return ""
    newest = newest_session(Scope(scope.viewer, scope.moderator))
    if newest is None:
        return ""
    started_at, ended_at = newest
    end = ended_at or started_at
    return clock_text(
        lambda at: f"last session {formatting.ago(max(0, (at - end).total_seconds()))}", now
    )


@read
def newest_session(scope: Scope) -> tuple[datetime, datetime | None] | None:
    """When the last session of a scope began and ended; None without any."""
    sessions = scope.sessions().order_by("-started_at")
    return sessions.values_list("started_at", "ended_at").first()


def moderators(scope: Scope, path: str, now: datetime) -> dict[str, Any]:
    """Who stands out and a table of everybody; of one person the way to their page.

    Besides the distances from the targets; nothing in a team's totals, which name nobody.
    """
    if scope.is_team_totals:
        return {}
    link = person_link(scope)
    distances = distance_card(scope, path)
    if scope.moderator is not None or link is None:
        address = "" if scope.moderator is None else person_address(scope, scope.moderator.username)
        return {"more_cards": [distances], "person_url": address}
    today = timezone.localdate(now)
    findings = findings_about(scope)
    people = everybody(scope, findings, today)
    standing_out = people_who_stand_out(findings, link, today)
    return {
        "lead": summary(people) if people else "",
        "standing_out": standing_out[:MAX_STANDING_OUT],
        "standing_out_more": max(0, len(standing_out) - MAX_STANDING_OUT),
        "findings_url": periods.scope_url(scope, path=reverse("portal:insights")),
        "people_cards": [people_card(scope, people, path)],
        "more_cards": [distances],
    }


def distance_card(scope: Scope, path: str) -> Card:
    """Each moderator's averages beside their distance from the targets that admins set."""
    targets = targets_in_force(scope.end, DISTANCES)
    result = PERFORMANCE(scope)
    card = build_card(PERFORMANCE, result, scope, path=path)
    card.slug, card.title = "moderator-distances", "Moderators and their targets"
    card.span, card.chart, card.legend = 12, False, []
    card.definition += (
        "\n\nAgainst the target = the moderator's average minus the target that admins set. A few"
        " rows tell little of a person: whether the distance is more than chance is said by the"
        " findings."
    )
    if card.state == "ok":
        card.subtitle = "Click a column to sort"
        card.columns = list(headings(targets))
        if len(result.rows) > FOLDS_FROM:
            fold_table(card, plural(len(result.rows), "moderator"))
        card.body = body_html(distance_rows(result.rows, targets, scope))
    return card


def headings(targets: Mapping[str, Target]) -> Iterator[Heading]:
    """Yield the headings: the metric's columns, each with a target followed by its distance."""
    for column in PERFORMANCE.columns:
        yield Heading(column.label, is_numeric(column), barred=column.name == BAR)
        if column.name in targets:
            target = format_value(column, targets[column.name].value)
            yield Heading(f"Against target {drop_trailing_zeros(target)}", numeric=True)


def distance_rows(
    rows: list[Row], targets: Mapping[str, Target], scope: Scope
) -> Iterator[list[Cell]]:
    """Yield the rows of the table, each value with a target followed by its distance."""
    top = max((value for row in rows if isinstance(value := row[BAR], int)), default=0)
    link, row_links = person_link(scope), RowLinks(PERFORMANCE, scope)
    links = {} if link is None else {PERFORMANCE.columns[0].name: link}
    for row in rows:
        opened = row_links.of_row(row)
        cells = []
        for column in PERFORMANCE.columns:
            value = row[column.name]
            bar_top = top if column.name == BAR else None
            cells.append(value_cell(column, value, links, bar_top, opened.get(column.name, "")))
            if column.name in targets:
                passport = passport_address(opened.get(column.name, ""))
                cells.append(distance_cell(value, targets[column.name], passport))
        yield cells


def distance_cell(value: Value, target: Target, passport: str = "") -> Cell:
    """A value's distance from a target, leading to the value's passport: ``▲ 4.8``."""
    if not isinstance(value, int | float):
        return Cell(formatting.MISSING, numeric=True, sort="")
    change = formatting.change(
        value,
        target.value,
        write=lambda gap: formatting.number(gap, 1 if target.unit == "min" else 2),
    )
    assert change is not None
    return Cell(
        f"{change.arrow} {change.words}",
        numeric=True,
        sort=repr(value - target.value),
        href=passport,
        opens=bool(passport),
    )


def quality(scope: Scope, path: str, now: datetime) -> dict[str, Any]:
    """The pages beside the figures of quality, what waits for leads, and what checks say."""
    return {
        "tabs": quality_tabs(scope.viewer, "portal:quality"),
        "page_actions": quality_actions(scope),
        "checked_findings": accuracy_findings(scope),
        "more_kpis": [] if scope.is_team_totals else [dispute_figure(scope), unsure_figure(scope)],
    }


def dispute_figure(scope: Scope) -> RenderedKpi:
    """How many checks of the views in scope are disputed, and what became of the others."""
    counts = dispute_counts(scope)
    decided = counts[DisputeOutcome.UPHELD] + counts[DisputeOutcome.REVERSED]
    n_reversed = formatting.count(counts[DisputeOutcome.REVERSED])
    lines = [f"{formatting.count(decided)} decided, {n_reversed} reversed"]
    if counts[DisputeOutcome.OPEN]:
        lines.append("open ones count as neither")
    return RenderedKpi(
        "Disputes",
        formatting.count(counts[DisputeOutcome.OPEN]),
        "open",
        footnotes=[Footnote(line) for line in lines],
    )


def unsure_figure(scope: Scope) -> RenderedKpi:
    """How many checks of the views in scope are unsure."""
    lines = [Footnote("counted as neither right nor wrong")]
    n = unsure_checks(scope)
    return RenderedKpi(
        "Unsure", formatting.count(n), "check" if n == 1 else "checks", footnotes=lines
    )


@read
def open_disputes() -> int:
    """How many disputes are not decided yet, of everybody's."""
    return Dispute.objects.filter(outcome=DisputeOutcome.OPEN).count()


def quality_actions(scope: Scope) -> list[PageAction]:
    """Where leads go on from the figures: to the open disputes, if any, and to a plan."""
    if not LEADS_AND_ADMINS.includes(scope.viewer):
        return []
    waiting = open_disputes()
    plan = PageAction("Plan a sample", reverse("portal:quality-plan"), is_primary=True)
    if not waiting:
        return [plan]
    label = plural(waiting, "open dispute")
    return [PageAction(label, reverse("portal:quality-disputes")), plan]


def review(scope: Scope, path: str, now: datetime) -> dict[str, Any]:
    """What changed over the days; nothing in a team's totals or in one session."""
    if scope.is_team_totals or scope.session is not None:
        return {}
    changed = changes_over_time(scope)
    return {
        "lead": f"{plural(len(changed), 'finding')} over time." if changed else "",
        "over_time": changed,
    }


PAGE_EXTRAS: dict[str, PageExtra] = {
    "home": overview,
    "moderators": moderators,
    "quality": quality,
    "review": review,
}
