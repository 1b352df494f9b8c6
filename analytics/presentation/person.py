"""The page of one person: each figure beside the team, and what findings say of them.

The same for leads and for the person: whoever opens it reads the same words.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.text import capfirst

from analytics import formatting
from analytics.formatting import NBSP, Change, join_names, plural
from analytics.insights.findings import Finding, NamedPerson, Recent
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
from analytics.presentation.row_links import link_to_rows, passport_address
from analytics.presentation.sparkline import Sparkline, sparkline
from analytics.presentation.trends import WEEKS, weekly_values
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot


@dataclass(frozen=True)
class PersonFigure:
    """A figure of the page: the metric and column it is read from, and how it is written.

    ``convert`` makes it of the column's value, where the two differ; ``opens``: the metric and
    column whose records make it then.
    """

    name: str
    label: str
    metric: str
    kind: str
    convert: Callable[[float], float] = lambda value: value
    opens: tuple[str, str] | None = None


FIGURES = (
    PersonFigure("reject_rate", "Reject rate", "moderator-review", "share"),
    PersonFigure("handle_seconds", "Handle time", "moderator-review", "seconds"),
    PersonFigure("completion_rate", "Completion", "moderator-review", "share"),
    PersonFigure("average_satisfaction", "Satisfaction", "moderator-performance", "average"),
    PersonFigure("average_response_minutes", "Response time", "moderator-performance", "minutes"),
    PersonFigure(
        "occupancy",
        "Idle share",
        "moderator-review",
        "share",
        convert=lambda value: 1 - value,
        opens=("review-summary", "idle_share"),
    ),
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
    rows_url: str
    passport_url: str
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
    """A finding about the person, with how it was judged.

    ``answer``: what a note says to it; ``is_quiet``: and what was agreed is not past.
    """

    level: str
    text: str
    action: str
    judged: Sequence[Line]
    measure: str = ""
    answer: str = ""
    is_quiet: bool = False


def person_context(scope: Scope, today: date) -> dict[str, Any]:
    """What the page shows of the scope's moderator in its dates."""
    assert scope.moderator is not None
    with snapshot():
        by_measure = {standing.measure.column: standing for standing in standings(scope)}
        findings = findings_about(scope)
        rows = list(figure_rows(scope, today, by_measure, levels_of(findings)))
    about_person = [
        part for finding in findings for part in person_findings(finding, by_measure, today)
    ]
    # What a note answers comes last.
    about_person.sort(key=lambda part: part.is_quiet)
    name = scope.moderator.username
    return {
        "rows": rows,
        "findings": about_person or [nothing_stands_out(name, by_measure)],
        "summary_line": summary_line(name, by_measure, findings)
        | {"answer": answered_words(findings, today)},
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
    scope: Scope, today: date, by_measure: Mapping[str, Standing], levels: Mapping[str, str]
) -> Iterator[FigureRow]:
    """Yield the rows of those figures that the person has any data of."""
    others = spread_of_others(scope, today)
    trends = weekly_values(scope, today)
    for figure in FIGURES:
        value = value_of(figure, scope)
        if value is None:
            continue
        standing = by_measure.get(figure.name)
        text, _, unit = KINDS[figure.kind].write(figure.convert(value)).partition(NBSP)
        change, note = change_in_words(figure, scope, value)
        verdict = verdict_of(standing, levels.get(figure.name, ""))
        opened = link_to_rows(*(figure.opens or (figure.metric, figure.name)), scope)
        yield FigureRow(
            label=figure.label,
            basis=basis_of(standing),
            value=text,
            unit=unit.replace(NBSP, " "),
            rows_url=opened,
            passport_url=passport_address(opened),
            change=change,
            note=note,
            ladder=figure_ladder(figure, value, standing, others.get(figure.name), verdict),
            trend=sparkline(
                [None if week is None else figure.convert(week) for week in trends[figure.name]]
            ),
            verdict=verdict,
            reason="" if standing is None else standing.reason,
        )


def figure_ladder(
    figure: PersonFigure,
    value: float,
    standing: Standing | None,
    others: Spread | None,
    verdict: Verdict,
) -> Ladder:
    """The picture of a figure: ``value`` and ``others`` are the column's, not converted."""
    limits, expected = None, None
    if standing is not None and standing.low is not None and standing.high is not None:
        limits, expected = (standing.low, standing.high), standing.expected
    return ladder(
        figure.convert(value),
        KINDS[figure.kind].write,
        limits=limits,
        expected=expected,
        others=None if others is None else converted_spread(others, figure),
        level=verdict.level if standing is not None and standing.outside else "",
    )


def converted_spread(spread: Spread, figure: PersonFigure) -> Spread:
    """The others' spread in the figure's own values; a conversion may reverse their order."""
    low, median, high = sorted(
        figure.convert(value) for value in (spread.low, spread.median, spread.high)
    )
    return Spread(low, median, high, spread.people)


def value_of(figure: PersonFigure, scope: Scope) -> float | None:
    """The person's value; None without data."""
    rows = METRICS[figure.metric](scope).rows
    return number_or_none(rows[0][figure.name]) if rows else None


def change_in_words(figure: PersonFigure, scope: Scope, value: float) -> tuple[Change | None, str]:
    """A figure's change, or why there is none."""
    before = period_before(METRICS[figure.metric].group, scope)
    if before.scope is None:
        return None, before.reason
    value_before = value_of(figure, before.scope)
    judged = change_of(figure.metric, figure.name, (value, value_before), (scope, before.scope))
    kind = KINDS[figure.kind]
    change = formatting.change(
        kind.as_shown(figure.convert(value)),
        None if value_before is None else kind.as_shown(figure.convert(value_before)),
        write=kind.write_change,
        better=judged.better,
        beyond_chance=judged.beyond_chance,
    )
    return change, "" if change is not None else "no data before"


def basis_of(standing: Standing | None) -> str:
    """What a figure rests on: ``973 decided videos in 22 sessions``."""
    if standing is None:
        return "of the logged time; nobody is judged by it"
    counted = standing.measure.counted_words(standing.n)
    if standing.sessions is None:
        return counted
    return f"{counted} in {plural(standing.sessions, 'session')}"


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


def person_findings(
    finding: Finding, by_measure: Mapping[str, Standing], today: date
) -> Iterator[PersonFinding]:
    """Yield what a finding says of the person, each measure by itself."""
    for person in finding.people:
        yield PersonFinding(
            level=CLASSES[finding.level],
            text=person.sentence,
            action=finding.action,
            judged=[line for line in judged_lines(person, by_measure) if line.text],
            measure=person.measure,
            answer="" if person.note is None else person.note.words(today),
            is_quiet=person.is_answered(today),
        )


def judged_lines(person: NamedPerson, by_measure: Mapping[str, Standing]) -> Iterator[Line]:
    """Yield how it was judged, what was left out, and what would change it."""
    yield Line("How it was judged", person.judged_by)
    yield Line("Left out", person.left_out)
    yield Line("What speaks against it", speaks_against(person, by_measure))
    if person.recent is not None and person.recent.of:
        yield Line("Before", looks_before(person.recent))
    yield Line("What would change it", person.would_change)


def looks_before(recent: Recent) -> str:
    """In how many of the looks before the same stood out, as a sentence."""
    stood_out, looks = recent.outside, recent.of
    if looks == 1:
        did = "stood out" if stood_out else "did not stand out"
        return f"The same {did} in the one look before that has enough data, as long as this."
    if stood_out == 0:
        return f"The same stood out in none of the {looks} looks before, each as long."
    how_many = f"all {looks}" if stood_out == looks else f"{stood_out} of the {looks}"
    return f"The same stood out in {how_many} looks before, each as long."


def speaks_against(person: NamedPerson, by_measure: Mapping[str, Standing]) -> str:
    """The outcomes of the same person that lie within their limits."""
    within = [
        by_measure[name].measure.words
        for name in ("completion_rate", "average_satisfaction")
        if name != person.measure and name in by_measure and by_measure[name].outside is False
    ]
    if not within:
        return ""
    verb = "lies" if len(within) == 1 else "lie"
    return f"{capfirst(join_names(within))} {verb} within limits."


def nothing_stands_out(name: str, by_measure: Mapping[str, Standing]) -> PersonFinding:
    """What is said of somebody whom no finding names, and what would have been seen."""
    standings = by_measure.values()
    judged = [standing for standing in standings if standing.outside is not None]
    detectable = [words for standing in judged if (words := detectable_words(standing))]
    text = f"Nothing about {name} stands out in these dates."
    if not judged:
        text = f"There is too little data to judge {name} in these dates."
    lines = []
    if detectable:
        sentence = f"In four of five looks: {', '.join(detectable)}."
        lines.append(Line("Would have been seen", sentence))
    reasons = dict.fromkeys(standing.reason for standing in standings if standing.reason)
    lines += [Line("Not judged", reason) for reason in reasons]
    return PersonFinding("note", text, "", lines)


def detectable_words(standing: Standing) -> str:
    """``reject rate 52.7 % or more``; empty where it may not be told."""
    measure, value, expected = standing.measure, standing.detectable, standing.expected
    if value is None or expected is None:
        return ""
    return f"{measure.words} {measure.or_beyond(value, expected)}"


def summary_line(
    name: str, by_measure: Mapping[str, Standing], findings: Sequence[Finding]
) -> dict[str, str]:
    """The page in one sentence, with its level and what it rests on."""
    outside = outside_sentence(levels_of(findings), by_measure)
    if outside is not None:
        return {**outside, "basis": work_basis(by_measure.get("reject_rate"))}
    standings = by_measure.values()
    if any(standing.outside is not None for standing in standings):
        return {
            "level": "plain",
            "mark": "Within limits",
            "text": "Nothing here is beyond what is ordinary for this work and amount of it.",
            "basis": work_basis(by_measure.get("reject_rate")),
        }
    reason = next((standing.reason for standing in standings if standing.reason), "")
    return {
        "level": "none",
        "mark": "Not judged",
        "text": reason or f"There are no data of {name} in these dates.",
        "basis": "",
    }


def answered_words(findings: Sequence[Finding], today: date) -> str:
    """That notes answer all that stands out, where they do; else empty."""
    urgent = [finding for finding in findings if finding.level in ("act", "watch")]
    if urgent and all(finding.is_quiet(today) for finding in urgent):
        return "A note answers what stands out."
    return ""


def work_basis(work: Standing | None) -> str:
    """How much work was judged; empty where there is none, or may not be told."""
    if work is None or work.sessions is None:
        return ""
    counted = work.measure.counted_words(work.n)
    return f"Judged on {plural(work.sessions, 'session')} and {counted}."


def outside_sentence(
    levels: Mapping[str, str], by_measure: Mapping[str, Standing]
) -> dict[str, str] | None:
    """The measures outside their limits at the most urgent level; None without any."""
    outside = {column for column, standing in by_measure.items() if standing.outside}
    urgent = {
        column: level
        for column, level in levels.items()
        if column in MEASURES and level in ("act", "watch")
    }
    for level, mark in (("act", "to act on"), ("watch", "to look at together")):
        columns = [column for column, at in urgent.items() if at == level]
        if not columns:
            continue
        text = f"{lie_outside(columns)}."
        if outside <= set(columns):
            text += " All other figures that are judged lie within theirs."
        return {"level": level, "mark": f"{len(columns)} {mark}", "text": text}
    noted = [column for column in by_measure if column in outside]
    if noted:
        text = f"{lie_outside(noted)}, which is held against nobody."
        return {"level": "note", "mark": "Note", "text": text}
    return None


def lie_outside(columns: Sequence[str]) -> str:
    """``Reject rate and completion lie outside their limits``."""
    words = capfirst(join_names([MEASURES[column].words for column in columns]))
    return f"{words} {'lies outside its' if len(columns) == 1 else 'lie outside their'} limits"
