"""Findings as pages show them: grouped, each with its evidence and the chart it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from analytics.insights import FINDINGS, insights
from analytics.insights.changes import CHANGES
from analytics.insights.findings import (
    LEVEL_WORDS,
    LEVELS,
    Finding,
    FindingKind,
    FindingLevel,
    NamedPerson,
)
from analytics.insights.people import MEASURES
from analytics.insights.registry import FindingData
from analytics.metrics.registry import METRICS
from analytics.presentation.card_builder import person_link, with_query
from analytics.presentation.outcomes import accepted_scope
from analytics.presentation.pages import PAGES, Page
from analytics.reads import read
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot

#: How many the overview shows.
MAX_IMPORTANT = 3
#: The classes of the style sheet for the levels.
CLASSES: dict[FindingLevel, str] = {
    "act": "act",
    "watch": "watch",
    "note": "note",
    "good": "good",
    "too-few": "few",
}


@dataclass(frozen=True)
class ShownFinding:
    """A finding as the template ``portal/findings.html`` shows it.

    ``person_links``: the names of those it names with the addresses of their pages. ``answers``:
    what the notes that answer it say; ``is_quiet``: they answer it for everybody.
    """

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
    people: Sequence[NamedPerson]
    person_links: Sequence[tuple[str, str]] = ()
    answers: Sequence[str] = ()
    is_quiet: bool = False


@dataclass(frozen=True)
class Group:
    """The findings of one level, or the actions."""

    slug: str
    title: str
    findings: Sequence[ShownFinding]


def page_showing(metric: str) -> Page | None:
    """The first page, other than the overview, whose cards or figures show a metric."""
    for page in PAGES.values():
        metrics = {*page.cards, *(kpi.metric for kpi in page.kpis)}
        if page.name != "home" and metric in metrics:
            return page
    return None


def chart_address(metric: str, scope: Scope) -> str:
    """The address of a metric's chart for a scope; empty when no page shows it."""
    page = page_showing(metric)
    if page is None:
        return ""
    query = urlencode(accepted_scope(METRICS[metric], scope).as_params()) or "start="
    place = f"#card-{metric}" if metric in page.cards else ""
    return with_query(reverse(f"portal:{page.name}"), query) + place


def render_finding(
    finding: Finding, scope: Scope, definition: str, today: date | None = None
) -> ShownFinding:
    """A finding with the address of the chart behind it; ``today``: with what answers it."""
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
        person_links=person_links(finding, scope),
        answers=() if today is None else answers_to(finding, today),
        is_quiet=today is not None and finding.is_quiet(today),
    )


def answers_to(finding: Finding, today: date) -> list[str]:
    """``henrik.lund, reject rate: agreed until 26 Nov 2026`` of each person with a note."""
    return [
        f"{person.moderator}, {MEASURES[person.measure].words}: {person.note.words(today)}"
        for person in finding.people
        if person.note is not None
    ]


def person_links(finding: Finding, scope: Scope) -> list[tuple[str, str]]:
    """Whom a finding names, each once, with the address of their page; for leads and admins."""
    link = person_link(scope)
    names = dict.fromkeys(person.moderator for person in finding.people)
    return [] if link is None else [(name, link(name)) for name in names]


def findings_of(scope: Scope, today: date) -> list[ShownFinding]:
    """The findings of a scope, most urgent first, from one state of the data.

    Of a level those that notes answer come last.
    """
    with snapshot():
        all_findings = insights(scope)
    shown = [
        render_finding(finding, scope, FINDINGS[finding.slug].definition, today)
        for finding in all_findings
    ]
    order = list(CLASSES.values())
    return sorted(shown, key=lambda finding: (order.index(finding.level), finding.is_quiet))


def changes_over_time(scope: Scope) -> list[ShownFinding]:
    """The findings of a scope that tell of a change over its days."""
    return [
        render_finding(finding, scope, FINDINGS[finding.slug].definition)
        for finding in changes_found(scope)
        if finding is not None and any(finding.numbers.values())
    ]


@read
def changes_found(scope: Scope) -> list[Finding | None]:
    """What each finding that tells of changes says of a scope."""
    data = FindingData(scope)
    with snapshot():
        return [declared(data) for declared in CHANGES]


def most_important(
    findings: Sequence[ShownFinding], *, kind: FindingKind = "finding"
) -> list[ShownFinding]:
    """The few findings, or actions, that the overview shows.

    Findings with too little data are left out, unless there are no others: then they say what
    is missing. Those that notes answer come after all others.
    """
    of_kind = [finding for finding in findings if finding.kind == kind]
    of_kind.sort(key=lambda finding: finding.is_quiet)
    with_data = [finding for finding in of_kind if finding.level != "few"]
    return (with_data or (of_kind if kind == "finding" else []))[:MAX_IMPORTANT]


def grouped(findings: Sequence[ShownFinding]) -> list[Group]:
    """The findings by level, most urgent first; the actions before those with too little data."""
    groups = [
        Group(
            level,
            LEVEL_WORDS[level],
            [f for f in findings if f.level == CLASSES[level] and f.kind == "finding"],
        )
        for level in LEVELS
    ]
    actions = Group("actions", "What to do", [f for f in findings if f.kind == "action"])
    too_few = groups.pop()
    return [group for group in (*groups, actions, too_few) if group.findings]
