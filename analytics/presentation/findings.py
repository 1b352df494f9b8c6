"""Findings as pages show them: grouped, each with its evidence and the chart it comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from analytics.insights import FINDINGS, insights
from analytics.insights.registry import LEVEL_WORDS, LEVELS, Finding, FindingKind, FindingLevel
from analytics.metrics.registry import METRICS
from analytics.presentation.card_builder import fitted, with_query
from analytics.presentation.pages import PAGES, Page
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot

#: How many the overview tells.
MAX_IMPORTANT = 3
#: The classes of the style sheet for the levels.
CLASSES: dict[FindingLevel, str] = {
    "act": "act",
    "watch": "watch",
    "good": "good",
    "too-few": "few",
}


@dataclass(frozen=True)
class ShownFinding:
    """A finding as the template ``portal/findings.html`` shows it."""

    slug: str
    title: str
    level: str
    text: str
    evidence: str
    details: Sequence[str]
    action: str
    definition: str
    kind: str
    href: str
    link: str
    people: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Group:
    """The findings of one level, or the actions."""

    slug: str
    title: str
    findings: Sequence[ShownFinding]


def home_page_of(metric: str) -> Page | None:
    """Return the page whose cards or figures show a metric; not the overview."""
    for page in PAGES.values():
        shown = {*page.cards, *(figure.metric for figure in page.figures)}
        if page.name != "home" and metric in shown:
            return page
    return None


def chart_address(metric: str, scope: Scope) -> str:
    """Return where a metric's chart is for a scope; empty when no page shows it."""
    page = home_page_of(metric)
    if page is None:
        return ""
    query = urlencode(fitted(METRICS[metric], scope).as_params()) or "start="
    place = f"#card-{metric}" if metric in page.cards else ""
    return with_query(reverse(f"portal:{page.name}"), query) + place


def shown(finding: Finding, scope: Scope, definition: str) -> ShownFinding:
    """Return a finding as the template shows it."""
    return ShownFinding(
        slug=finding.slug,
        title=finding.title,
        level=CLASSES[finding.level],
        text=finding.sentence,
        evidence=finding.evidence,
        details=finding.details,
        action=finding.action,
        definition=definition,
        kind=finding.kind,
        href=chart_address(finding.metric, scope),
        link=METRICS[finding.metric].title,
        people=finding.people,
    )


def findings_of(scope: Scope) -> list[ShownFinding]:
    """Return the findings of a scope, most urgent first, from one state of the data."""
    with snapshot():
        found = insights(scope)
    return [shown(each, scope, FINDINGS[each.slug].definition) for each in found]


def most_important(
    findings: Sequence[ShownFinding], *, kind: FindingKind = "finding"
) -> list[ShownFinding]:
    """Return the few findings, or actions, that the overview tells.

    What can't be told is none, unless nothing else can be: then it tells what is missing.
    """
    asked = [each for each in findings if each.kind == kind]
    told_ones = [each for each in asked if each.level != "few"]
    return (told_ones or (asked if kind == "finding" else []))[:MAX_IMPORTANT]


def grouped(findings: Sequence[ShownFinding]) -> list[Group]:
    """Return the findings by level, most urgent first, and then what to do."""
    groups = [
        Group(
            level,
            LEVEL_WORDS[level],
            [f for f in findings if f.level == CLASSES[level] and f.kind == "finding"],
        )
        for level in LEVELS
    ]
    actions = Group("actions", "What to do", [f for f in findings if f.kind == "action"])
    told_last = groups.pop()
    return [group for group in (*groups, actions, told_last) if group.findings]
