"""The page of one person: each figure beside the team, and what findings say of them.

The same for leads and for the person: whoever opens it reads the same words.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analytics import formatting
from analytics.formatting import NBSP, Change, join_names, plural
from analytics.insights.findings import Finding, NamedPerson
from analytics.insights.people import MEASURES
from analytics.insights.standing import Standing, findings_about, standings
from analytics.metrics.changes import change_of
from analytics.metrics.coverage import period_before
from analytics.metrics.registry import METRICS
from analytics.metrics.results import number_or_none
from analytics.metrics.team_spread import Spread, spread_of_others
from analytics.presentation.findings import CLASSES
from analytics.presentation.kpis import KINDS
from analytics.presentation.ladder import Ladder, ladder
from analytics.presentation.sparkline import Sparkline, sparkline
from analytics.presentation.trends import WEEKS, weekly_values
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot


@dataclass(frozen=True)
class Shown:
    """A figure of the page: the metric and column it is read from, and how it is written."""

    name: str
    label: str
    metric: str
    kind: str
    value: Callable[[float], float] = lambda value: value

    @property
    def size(self) -> Callable[[float], str]:
        """The figure in words."""
        return KINDS[self.kind].write


SHOWN = (
    Shown("reject_rate", "Reject rate", "moderator-review", "share"),
    Shown("handle_seconds", "Handle time", "moderator-review", "seconds"),
    Shown("completion_rate", "Completion", "moderator-review", "share"),
    Shown("average_satisfaction", "Satisfaction", "moderator-performance", "average"),
    Shown("average_response_minutes", "Response time", "moderator-performance", "minutes"),
    Shown("occupancy", "Idle share", "moderator-review", "share", lambda value: 1 - value),
)


@dataclass(frozen=True)
class Verdict:
    """What stands in a row's last column; ``level`` is a class of the style sheet."""

    level: str
    text: str


@dataclass(frozen=True)
class FigureRow:
    """One figure beside the team, as ``portal/person.html`` shows it."""

    label: str
    basis: str
    value: str
    unit: str
    change: Change | None
    note: str
    ladder: Ladder
    trend: Sparkline | None
    verdict: Verdict
    reason: str


@dataclass(frozen=True)
class Line:
    """A line of how something was judged: a word and a sentence."""

    label: str
    text: str


@dataclass(frozen=True)
class PersonFinding:
    """A finding about the person, with how it was judged."""

    level: str
    text: str
    action: str
    judged: Sequence[Line]


def person_context(scope: Scope, today: date) -> dict[str, Any]:
    """What the page shows of the scope's moderator in its dates."""
    assert scope.moderator is not None
    with snapshot():
        standing = {each.measure.column: each for each in standings(scope)}
        findings = findings_about(scope)
        rows = list(figure_rows(scope, today, standing, levels_of(findings)))
    shown = [each for finding in findings for each in person_findings(finding, standing)]
    name = scope.moderator.username
    return {
        "rows": rows,
        "findings": shown or [nothing_stands_out(name, standing)],
        "summary_line": summary_line(name, standing, findings),
        "weeks": WEEKS,
        "has_others": any(row.ladder.median is not None for row in rows),
        "has_limits": any(row.ladder.low is not None for row in rows),
    }


def levels_of(findings: Sequence[Finding]) -> dict[str, str]:
    """By figure the most urgent level at which a finding names the person."""
    levels: dict[str, str] = {}
    for finding in findings:
        for person in finding.people:
            levels.setdefault(person.measure, CLASSES[finding.level])
            if finding.level == "act":
                levels[person.measure] = "act"
    return levels


def figure_rows(
    scope: Scope, today: date, standing: Mapping[str, Standing], levels: Mapping[str, str]
) -> Iterator[FigureRow]:
    """Yield the rows of those figures that the person has any data of."""
    others = spread_of_others(scope, today)
    trends = weekly_values(scope, today)
    for shown in SHOWN:
        value = value_of(shown, scope)
        if value is None:
            continue
        stands = standing.get(shown.name)
        write = KINDS[shown.kind].write
        text, _, unit = write(shown.value(value)).partition(NBSP)
        change, note = change_in_words(shown, scope, value)
        level = levels.get(shown.name, "")
        limits, expected = None, None
        if stands is not None and stands.low is not None and stands.high is not None:
            limits, expected = (stands.low, stands.high), stands.expected
        yield FigureRow(
            label=shown.label,
            basis=basis_of(stands, scope),
            value=text,
            unit=unit.replace(NBSP, " "),
            change=change,
            note=note,
            ladder=ladder(
                shown.value(value),
                write,
                limits=limits,
                expected=expected,
                others=turned(others.get(shown.name), shown),
                level=verdict_of(stands, level).level if stands and stands.outside else "",
            ),
            trend=sparkline(
                [None if each is None else shown.value(each) for each in trends[shown.name]]
            ),
            verdict=verdict_of(stands, level),
            reason="" if stands is None else stands.reason,
        )


def turned(spread: Spread | None, shown: Shown) -> Spread | None:
    """Where the others lie in the figure that is shown, if it is made of another."""
    if spread is None:
        return None
    low, median, high = sorted(
        shown.value(value) for value in (spread.low, spread.median, spread.high)
    )
    return Spread(low, median, high, spread.people)


def value_of(shown: Shown, scope: Scope) -> float | None:
    """The person's value; None without data."""
    rows = METRICS[shown.metric](scope).rows
    return number_or_none(rows[0][shown.name]) if rows else None


def change_in_words(shown: Shown, scope: Scope, value: float) -> tuple[Change | None, str]:
    """A figure's change, or why there is none."""
    before = period_before(METRICS[shown.metric].group, scope)
    if before.scope is None:
        return None, before.reason
    then = value_of(shown, before.scope)
    found = change_of(shown.metric, shown.name, (value, then), (scope, before.scope))
    kind = KINDS[shown.kind]
    change = formatting.change(
        kind.as_shown(shown.value(value)),
        None if then is None else kind.as_shown(shown.value(then)),
        size=kind.size,
        better=found.better,
        beyond_chance=found.beyond_chance,
    )
    return change, "" if change is not None else "no data before"


def basis_of(standing: Standing | None, scope: Scope) -> str:
    """What a figure rests on: ``973 decided videos in 22 sessions``."""
    if standing is None:
        return "of the logged time; nobody is judged by it"
    words = standing.measure.counted_words(standing.n)
    if standing.sessions is None:
        return words
    return f"{words} in {plural(standing.sessions, 'session')}"


def verdict_of(standing: Standing | None, level: str) -> Verdict:
    """Where a figure lies: within the own limits is ordinary, and no merit."""
    if standing is None:
        return Verdict("none", "Not judged")
    if standing.outside is None:
        too_few = standing.reason.startswith("Too little")
        return Verdict("few", "Too few") if too_few else Verdict("none", "Not judged")
    if not standing.outside:
        return Verdict("plain", "Within limits")
    return Verdict(level or "note", "Outside")


def person_findings(finding: Finding, standing: Mapping[str, Standing]) -> Iterator[PersonFinding]:
    """Yield what a finding says of the person, each measure by itself."""
    for person in finding.people:
        yield PersonFinding(
            level=CLASSES[finding.level],
            text=person.sentence,
            action=finding.action,
            judged=[line for line in judged_lines(person, standing) if line.text],
        )


def judged_lines(person: NamedPerson, standing: Mapping[str, Standing]) -> Iterator[Line]:
    """Yield how it was judged, what was left out, and what would change it."""
    yield Line("How it was judged", person.judged_by)
    yield Line("Left out", person.left_out)
    yield Line("What speaks against it", speaks_against(person, standing))
    if person.recent is not None and person.recent.of:
        looks = plural(person.recent.of, "look")
        yield Line(
            "Before",
            f"The same stood out in {person.recent.outside} of the {looks} before, each as long.",
        )
    yield Line("What would change it", person.would_change)


def speaks_against(person: NamedPerson, standing: Mapping[str, Standing]) -> str:
    """The outcomes of the same person that lie within their limits."""
    within = [
        standing[name].measure.words
        for name in ("completion_rate", "average_satisfaction")
        if name != person.measure and name in standing and standing[name].outside is False
    ]
    if not within:
        return ""
    verb = "lies" if len(within) == 1 else "lie"
    words = join_names(within)
    return f"{words[0].upper()}{words[1:]} {verb} within limits."


def nothing_stands_out(name: str, standing: Mapping[str, Standing]) -> PersonFinding:
    """What is said of somebody whom no finding names, and what would have been seen."""
    judged = [each for each in standing.values() if each.outside is not None]
    seen = [
        f"{each.measure.words} {each.measure.size(each.least)}"
        for each in judged
        if each.least is not None
    ]
    words = f"Nothing about {name} stands out in these dates."
    if not judged:
        words = f"There is too little data to judge {name} in these dates."
    lines = [Line("Would have been seen", f"In four of five looks: {', '.join(seen)}.")]
    reasons = dict.fromkeys(each.reason for each in standing.values() if each.reason)
    lines += [Line("Not judged", reason) for reason in reasons]
    return PersonFinding("note", words, "", lines if seen else lines[1:])


def summary_line(
    name: str, standing: Mapping[str, Standing], findings: Sequence[Finding]
) -> dict[str, str]:
    """The page in one sentence, with its level and what it rests on."""
    levels = levels_of(findings)
    named = [
        (level, MEASURES[column].words) for column, level in levels.items() if column in MEASURES
    ]
    work = standing.get("reject_rate")
    basis = ""
    if work is not None and work.sessions is not None:
        basis = (
            f"Judged on {plural(work.sessions, 'session')} and"
            f" {work.measure.counted_words(work.n)}."
        )
    for level, words in (("act", "to act on"), ("watch", "to look at together")):
        some = [each for found, each in named if found == level]
        if some:
            verb = "lies outside its" if len(some) == 1 else "lie outside their"
            subject = join_names(some)
            text = f"{subject[0].upper()}{subject[1:]} {verb} limits."
            others = [each for found, each in named if found in ("watch", "act") and found != level]
            rest = "" if others else " All other figures that are judged lie within theirs."
            return {
                "level": level, "mark": f"{len(some)} {words}", "text": text + rest,
                "basis": basis,
            }  # fmt: skip
    if any(each.outside is not None for each in standing.values()):
        return {
            "level": "plain",
            "mark": "Within limits",
            "text": "Nothing here is beyond what is ordinary for this work and amount of it.",
            "basis": basis,
        }
    reason = next((each.reason for each in standing.values() if each.reason), "")
    return {
        "level": "none",
        "mark": "Not judged",
        "text": reason or f"There are no data of {name} in these dates.",
        "basis": "",
    }
