"""The registry of findings: each is declared once, like a metric.

A finding is a function from the data of a scope to a ``Finding`` (or None where there is
nothing to ask, as when a target was deleted), decorated with ``@finding``. Its name is the slug
and its docstring the definition that people read. No finding without n and an interval; nothing
is claimed below ``MIN_N``; many comparisons at once are corrected for.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from analytics.access import OPEN_GROUPS, ScopeError
from analytics.formatting import plural
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.results import Result, Value
from analytics.metrics.team_work import TeamVerdicts, judge_team
from analytics.models import Target
from analytics.scope import PEOPLE_PARAMETERS, Scope

FindingLevel = Literal["good", "watch", "act", "too-few"]
FindingKind = Literal["finding", "action"]

#: Most urgent first; what can't be told comes last.
LEVELS: tuple[FindingLevel, ...] = ("act", "watch", "good", "too-few")
LEVEL_WORDS: Mapping[FindingLevel, str] = {
    "act": "Act",
    "watch": "Watch",
    "good": "Good",
    "too-few": "Too little data",
}

#: Below this many things averaged nothing is claimed.
MIN_N = 10

#: What insights may be asked for.
PARAMETERS = PEOPLE_PARAMETERS


@dataclass(frozen=True)
class Interval:
    """An interval of 95 % for what ``of`` says; wider where many things were compared."""

    low: float
    high: float
    of: str


@dataclass(frozen=True)
class Finding:
    """What a finding says: a sentence, how urgent it is, and its evidence.

    ``n`` is the number of things averaged and ``counted`` what they are; ``numbers`` hold what
    the sentence was made from, by name; ``evidence`` tells it to people. ``details`` are lines
    of further evidence: a person, a comparison. ``action`` is what to do. ``people`` holds the
    moderators that a finding names, each with what about. The fields from ``slug`` on are the
    declaration's, filled in by the registry.
    """

    level: FindingLevel
    sentence: str
    n: int
    counted: str
    evidence: str = ""
    interval: Interval | None = None
    numbers: Mapping[str, Value] = field(default_factory=dict)
    details: tuple[str, ...] = ()
    action: str = ""
    people: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    slug: str = ""
    title: str = ""
    kind: FindingKind = "finding"
    metric: str = ""
    about_people: bool = False

    def as_dict(self) -> dict[str, object]:
        """The finding as the API gives it."""
        interval = self.interval
        return {
            "slug": self.slug,
            "title": self.title,
            "kind": self.kind,
            "level": self.level,
            "sentence": self.sentence,
            "action": self.action or None,
            "metric": self.metric,
            "evidence": {
                "text": self.evidence,
                "n": self.n,
                "counted": self.counted,
                "interval": interval
                and {"low": interval.low, "high": interval.high, "of": interval.of},
                "numbers": dict(self.numbers),
                "details": list(self.details),
            },
        }


def too_few(n: int, counted: str, *, what: str = "", needs: str = "") -> Finding:
    """What is said in the place of a finding when there is too little data.

    ``what`` names what can't be told; ``needs`` replaces the usual "10 are needed".
    """
    return Finding(
        level="too-few",
        sentence=f"Too little data{f' {what}' if what else ''}.",
        n=n,
        counted=counted,
        evidence=f"n = {n:,} {counted}; {needs or f'{MIN_N} are needed'}",
    )


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
    def team(self) -> TeamVerdicts:
        """Everybody's review work, compared with the others'."""
        return judge_team(self.scope)

    @cached_property
    def targets(self) -> dict[str, Target]:
        """The targets by the figure they are for, as they are now."""
        return {target.figure: target for target in Target.objects.all()}


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
        """The finding with the declaration's fields filled in; None: nothing to ask."""
        found = self.compute(data)
        if found is None:
            return None
        return replace(
            found,
            slug=self.slug,
            title=self.title,
            kind=self.kind,
            metric=self.metric,
            about_people=self.about_people,
        )

    def takes(self, scope: Scope) -> bool:
        """Whether the finding can be asked for a scope and its viewer may see it.

        Findings about people are for those who see everyone, and of a whole team: one person
        alone can't lie outside it.
        """
        if self.about_people and (not scope.viewer.sees_everyone or scope.moderator is not None):
            return False
        declared: Metric = METRICS[self.metric]
        # Of a team's totals what rests on no moderator: the others' evidence is about people.
        if scope.is_team_totals and declared.group not in OPEN_GROUPS:
            return False
        given = scope.as_params()
        return all(name in (*declared.parameters, "team") for name in given)


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
            definition=unwrapped(inspect.getdoc(compute) or ""),
            kind=kind,
            metric=metric,
            about_people=about_people,
            compute=compute,
        )
        FINDINGS[slug] = declared
        return declared

    return register


def unwrapped(text: str) -> str:
    """A docstring's paragraphs, each on one line."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def insights(scope: Scope) -> list[Finding]:
    """Every finding that ``scope`` and its viewer allow, most urgent first.

    Within a level in the order of their declaration. Raises ``ScopeError`` for a session:
    insights are about more than one.
    """
    if scope.session is not None:
        raise ScopeError("session", f"insights take {', '.join(PARAMETERS)} only")
    data = FindingData(scope)
    found = [
        result
        for declared in FINDINGS.values()
        if declared.takes(scope) and (result := declared(data)) is not None
    ]
    return sorted(found, key=lambda finding: LEVELS.index(finding.level))


def n_words(n: int, one: str, many: str | None = None) -> str:
    """``n = 1,000 sessions``."""
    return f"n = {plural(n, one, many)}"
