"""What a page has beyond figures and cards of metrics, by the page's name."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.urls import reverse

from analytics import wording
from analytics.cards import periods
from analytics.cards.content import Card, card
from analytics.cards.findings import most_important, told
from analytics.metrics.drawing import Table
from analytics.metrics.registry import METRICS, Column, Metric, Result, Row, Value
from analytics.models import Target
from analytics.scope import Scope
from analytics.wording import plural

# The page's scope, its address and the time.
More = Callable[[Scope, str, datetime], dict[str, Any]]

PERFORMANCE = METRICS["moderator-performance"]
DISTANCES = ("average_response_minutes", "average_satisfaction")


def overview(scope: Scope, path: str, now: datetime) -> dict[str, Any]:
    """Return the overview's findings and how fresh the data are."""
    findings = told(scope)
    urgent = sum(finding.level == "act" for finding in findings)
    return {
        "findings": most_important(findings),
        "findings_total": len(findings),
        "findings_url": periods.query_of(scope, path=reverse("portal:insights")),
        "urgent": f"{plural(urgent, 'finding')} {'needs' if urgent == 1 else 'need'} action"
        if urgent
        else "",
        "freshness": freshness(scope, now),
    }


def freshness(scope: Scope, now: datetime) -> str:
    """Return how long ago the last session of the scope's person was; empty without any."""
    sessions = Scope(scope.viewer, scope.moderator).sessions().order_by("-started_at")
    last = sessions.values_list("started_at", "ended_at").first()
    if last is None:
        return ""
    started_at, ended_at = last
    seconds = (now - (ended_at or started_at)).total_seconds()
    return f"Last session {wording.ago(max(0, seconds))}"


def distances(scope: Scope, path: str, now: datetime) -> dict[str, Any]:
    """Return the table of each moderator's distance from the targets, where names may be seen."""
    if scope.team and not scope.viewer.sees_everyone:
        return {}
    return {"more_cards": [distance_card(scope, path)]}


def distance_card(scope: Scope, path: str) -> Card:
    """Return the table of the moderators with how far each is from the targets."""
    targets = Target.objects.in_bulk(DISTANCES)
    metric = with_distances(PERFORMANCE, targets)
    result = PERFORMANCE(scope)
    rows = [with_distance(row, targets) for row in result.rows]
    made = card(metric, Result(rows=rows, n=len(rows)), scope, path=path)
    plain = card(PERFORMANCE, result, scope, path=path)
    # The same rows without the distances, which are for people.
    made.csv_url, made.api_url, made.definition_url = (
        plain.csv_url,
        plain.api_url,
        plain.definition_url,
    )
    return made


def with_distances(metric: Metric, targets: Mapping[str, Target]) -> Metric:
    """Return the metric of performance as a table, with a column of distance a target."""
    columns: list[Column] = []
    for column in metric.columns:
        columns.append(column)
        if column.name in targets:
            target = targets[column.name]
            aim = f"Against {wording.number(target.value)}"
            columns.append(Column(f"{column.name}_distance", aim, "text"))
    return replace(
        metric,
        slug="moderator-distances",
        title="Moderators and their targets",
        definition=(
            f"{metric.definition}\n\nAgainst the target = the moderator's average minus the"
            " target that admins set, and whether that is the better or the worse side of it."
        ),
        columns=tuple(columns),
        drawing=Table(span=12, bars=("sessions_moderated",)),
    )


def with_distance(row: Row, targets: Mapping[str, Target]) -> Row:
    """Return a row with how far it is from each target, in words."""
    told_row: Row = {}
    for name, value in row.items():
        told_row[name] = value
        if name in targets:
            told_row[f"{name}_distance"] = distance_words(value, targets[name])
    return told_row


def distance_words(value: Value, target: Target) -> str | None:
    """Return ``▲ 4.8, worse``; None where the value is not known."""
    if not isinstance(value, int | float):
        return None
    change = wording.change(
        value,
        target.value,
        size=lambda gap: wording.number(gap, 1 if target.unit == "min" else 2),
        better="up" if target.direction == Target.Direction.HIGHER else "down",
    )
    return None if change is None else f"{change.arrow} {change.words}"


MORE: dict[str, More] = {"home": overview, "moderators": distances}
