"""The registry of findings: each is declared once, like a metric.

A finding is a function from the data of a scope to a ``Finding`` (or None where there is
nothing to ask, as when a target was deleted), decorated with ``@finding``. Its name is the slug
and its docstring the definition that people read. No finding without n and an interval; nothing
is claimed below ``MIN_N``; many comparisons at once are corrected for.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from analytics.access import OPEN_GROUPS, ScopeError
from analytics.comparison.work import Flags, Floats
from analytics.formatting import plural
from analytics.insights.answered import with_notes
from analytics.insights.beginnings import in_first_weeks
from analytics.insights.findings import LEVELS, Finding, FindingKind
from analytics.insights.timelines import Lines, queue_timelines, timelines
from analytics.metrics.registry import METRICS, Metric, unwrap_paragraphs
from analytics.metrics.results import Result, Value
from analytics.metrics.team_work import TeamVerdicts, judge_team
from analytics.models import TARGET_FIGURES, Target
from analytics.reads import read
from analytics.scope import PEOPLE_PARAMETERS, Scope
from analytics.summaries.by_session import session_work
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot

#: The scope's parameters that insights take.
PARAMETERS = PEOPLE_PARAMETERS
#: In so many looks before this one the same finding is looked for.
EARLIER_LOOKS = 6


class FindingData:
    """What findings are computed from: the metrics of one scope, each computed once."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._results: dict[str, Result] = {}

    def result(self, slug: str) -> Result:
        """A metric's result for the scope."""
        if slug not in self._results:
            self._results[slug] = METRICS[slug](self.scope)
        return self._results[slug]

    def row(self, slug: str) -> dict[str, Value]:
        """The one row of a metric that has one."""
        return self.result(slug).rows[0]

    @cached_property
    def of_team(self) -> "FindingData":
        """The data of the whole team, which people are compared in whoever is asked about."""
        if self.scope.moderator is None:
            return self
        return FindingData(replace(self.scope, moderator=None))

    @cached_property
    def earlier(self) -> "list[FindingData]":
        """The data of the looks of this length before this one, the latest first."""
        looks: list[FindingData] = []
        scope = self.scope.previous()
        while scope is not None and len(looks) < EARLIER_LOOKS:
            looks.append(FindingData(scope))
            scope = scope.previous()
        return looks

    @cached_property
    def team(self) -> TeamVerdicts:
        """Everybody's review work, compared with the others'."""
        return judge_team(self.scope)

    @cached_property
    def slow_newcomers(self) -> Flags:
        """Whose handle time is above their limits in the first weeks of their work."""
        slow = self.team.by_measure["handle_seconds"].named("high")
        return slow & in_first_weeks(self.team.names, self.scope) if slow.any() else slow

    @cached_property
    def work_by_session(self) -> dict[str, Floats]:
        """The counters of each review session in scope, an array a counter."""
        with snapshot():
            counters = session_work(read_summaries(self.scope))
        return {name: values.astype(np.float64) for name, values in counters.items()}

    @cached_property
    def timelines(self) -> Lines:
        """The measures of review work by day."""
        return timelines(self.scope)

    @cached_property
    def queue_timelines(self) -> Lines:
        """The queues' items by day."""
        return queue_timelines(self.scope)

    @cached_property
    def targets(self) -> dict[str, Target]:
        """The targets by the figure they are for, in force at the scope's end."""
        return Target.objects.in_force(self.scope.end)

    def margin(self, figure: str) -> float:
        """Differences of a figure that are smaller than this do not matter."""
        target = self.targets.get(figure)
        return TARGET_FIGURES[figure].margin if target is None else target.margin


Compute = Callable[[FindingData], Finding | None]


@dataclass(frozen=True)
class DeclaredFinding:
    """A declared finding. Call it with the data of a scope."""

    slug: str
    title: str
    definition: str
    kind: FindingKind
    metric: str
    about_people: bool
    compute: Compute

    def __call__(self, data: FindingData) -> Finding | None:
        """The finding with the declaration's fields filled in; None: nothing to ask.

        One about people compares the whole team; for a scope of one moderator only what names
        that moderator is left.
        """
        result = self.compute(data.of_team if self.about_people else data)
        moderator = data.scope.moderator
        if result is not None and self.about_people and moderator is not None:
            to_themselves = not data.scope.viewer.sees_everyone
            result = result.about(moderator.username, to_themselves=to_themselves)
        if result is None:
            return None
        return replace(
            result,
            slug=self.slug,
            title=self.title,
            kind=self.kind,
            metric=self.metric,
            about_people=self.about_people,
        )

    def takes(self, scope: Scope) -> bool:
        """Whether the finding can be asked for a scope and its viewer may see it.

        Moderators get what findings about people say of themselves.
        """
        if self.about_people and scope.is_team_totals:
            return False
        declared: Metric = METRICS[self.metric]
        # Of a team's totals what rests on no moderator: the others' evidence is about people.
        if scope.is_team_totals and declared.group not in OPEN_GROUPS:
            return False
        allowed = (*declared.parameters, "team")
        return all(name in allowed for name in scope.as_params())


FINDINGS: dict[str, DeclaredFinding] = {}


def finding(
    *, title: str, metric: str, kind: FindingKind = "finding", about_people: bool = False
) -> Callable[[Compute], DeclaredFinding]:
    """Declare the decorated function as a finding and return the ``DeclaredFinding``.

    ``metric`` is the slug of the metric, and chart, that it comes from.
    """

    def register(compute: Compute) -> DeclaredFinding:
        slug = compute.__name__.replace("_", "-")
        if slug in FINDINGS:
            raise ValueError(f"two findings are named {slug}")
        if metric not in METRICS:
            raise ValueError(f"{slug} comes from {metric}, which is no metric")
        declared = DeclaredFinding(
            slug=slug,
            title=title,
            definition=unwrap_paragraphs(inspect.getdoc(compute) or ""),
            kind=kind,
            metric=metric,
            about_people=about_people,
            compute=compute,
        )
        FINDINGS[slug] = declared
        return declared

    return register


@read
def insights(scope: Scope) -> list[Finding]:
    """Every finding that ``scope`` and its viewer allow, most urgent first.

    Within a level in the order of their declaration. Raises ``ScopeError`` for a session:
    insights are about more than one.
    """
    if scope.session is not None:
        raise ScopeError("session", f"insights take {', '.join(PARAMETERS)} only")
    data = FindingData(scope)
    with snapshot():
        findings = with_notes(
            result
            for declared in FINDINGS.values()
            if declared.takes(scope) and (result := declared(data)) is not None
        )
    return sorted(findings, key=lambda finding: LEVELS.index(finding.level))


def n_words(n: int, singular: str, plural_form: str | None = None) -> str:
    """``n = 1,000 sessions``."""
    return f"n = {plural(n, singular, plural_form)}"
