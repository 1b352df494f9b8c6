"""Each moderator beside what the team does in the same queues and weeks.

The verdicts are those of the findings (``team_work.judge_team``): one model, the same numbers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isnan

import numpy as np
from django.utils.text import capfirst

from analytics import formatting
from analytics.access import MIN_TEAM
from analytics.comparison.judging import BUDGETS, MIN_PEOPLE, Side, Verdicts
from analytics.comparison.rates import MIN_SESSIONS, MIN_TRIALS
from analytics.display import for_reader
from analytics.metrics import drawing
from analytics.metrics.columns import (
    COMPLETION_RATE,
    FROM_OTHERS,
    HANDLE,
    MODERATOR,
    REJECT_RATE,
    SESSIONS,
    VIDEOS,
)
from analytics.metrics.formulas import handle_seconds, none_if_nan, ratio
from analytics.metrics.notes import count_note
from analytics.metrics.registry import metric
from analytics.metrics.results import Column, Result, Row
from analytics.metrics.team_work import TeamVerdicts, judge_team
from analytics.scope import PEOPLE_PARAMETERS, Scope
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot

AWAY: dict[Side, str] = {"both": "away from", "low": "below", "high": "above"}
#: A difference of shares that is no news where only it would have been seen.
LARGE_DIFFERENCE = 0.5


def compared_columns(column: Column) -> tuple[Column, ...]:
    """A value, what is expected, the limits, and whether the value lies outside."""
    name, label, type_ = column.name, column.label, column.type
    return (
        column,
        Column(
            f"{name}_expected",
            f"{label}, expected",
            type_,
            column.unit,
            without_records=FROM_OTHERS,
        ),
        Column(f"{name}_low", f"{label}, low", type_, "limits", without_records=FROM_OTHERS),
        Column(f"{name}_high", f"{label}, high", type_, "limits", without_records=FROM_OTHERS),
        Column(f"{name}_outside", f"{label} outside", "flag", without_records="It is a verdict."),
    )


@dataclass(frozen=True)
class Measure:
    """A measure that people are compared by: its column, and its words in notes."""

    column: Column
    words: str
    counted: str
    difference: Callable[[float], str]

    @property
    def away(self) -> str:
        """The sides on which a difference counts."""
        return AWAY[BUDGETS[self.column.name].side]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The value, what is expected, the limits, and whether the value lies outside."""
        return compared_columns(self.column)


def points(difference: float) -> str:
    """``12.3 points``: a difference of shares."""
    return f"{formatting.number(100 * difference, 1)} points"


MEASURES = (
    Measure(REJECT_RATE, "reject rate", "decided videos", points),
    Measure(COMPLETION_RATE, "completion rate", "videos", points),
    Measure(
        HANDLE,
        "handle time",
        "decided videos in sessions of known duration",
        formatting.seconds,
    ),
)
BY_COLUMN = {measure.column.name: measure for measure in MEASURES}
DESIGN_EFFECTS = ("reject_rate", "completion_rate")


def own_comparison(scope: Scope) -> Result:
    """A moderator's own row, as far as it tells of no few others."""
    with snapshot():
        everybody, own = judge_team(scope), judge_team(scope, min_others=MIN_TEAM)
        rows = list(comparison_rows(scope, everybody, own))
        notes = list(own_notes(scope, own))
        return Result(rows, notes=notes, n=len(rows), amounts=amounts(scope))


@metric(
    title="Moderators against the amount of work",
    group="review",
    counted="moderators",
    drawing=drawing.Funnel(
        label="moderator",
        measures=tuple(measure.column.name for measure in MEASURES),
        counted=tuple(measure.counted for measure in MEASURES),
    ),
    columns=(
        MODERATOR,
        SESSIONS,
        VIDEOS,
        *(column for measure in MEASURES for column in measure.columns),
    ),
    parameters=PEOPLE_PARAMETERS,
    names_people=True,
    own=own_comparison,
    same_numbers="moderator-review",
)
def moderator_comparison(scope: Scope) -> Result:
    """Each moderator's rates and handle time beside what is expected of one person of the team.

    Expected: what the team, without this person, does in the same queues and weeks (ISO). Low to
    high: where somebody of this team with this much work lies. The limits hold chance (videos of
    one session are alike), the ordinary spread between people, and that many people and measures
    are looked at together: where nobody differs, a look names anybody in at most 6 of 100 cases.
    Outside: true or false, empty where nobody can be judged: fewer than 30 videos or 3 sessions,
    fewer than 5 people with as much, or nobody else in the queues and weeks of half the work.
    Handle time is judged without the sessions that a forgotten tab explains; the column keeps
    them. Outside is not wrong: look at it together.
    """
    with snapshot():
        team = judge_team(scope)
        rows = list(comparison_rows(scope, team, team))
        return Result(rows, notes=list(team_notes(team)), n=len(rows), amounts=amounts(scope))


def comparison_rows(scope: Scope, team: TeamVerdicts, displayed: TeamVerdicts) -> Iterator[Row]:
    """The rows of the scope's people; ``displayed`` are the verdicts whose numbers are given.

    Where they say otherwise than the team's own, nothing is said.
    """
    place = {name: at for at, name in enumerate(team.names)}
    for person in read_summaries(scope).by_moderator:
        values = {
            "reject_rate": ratio(person.rejected, person.accepted + person.rejected),
            "completion_rate": ratio(person.completed, person.videos),
            "handle_seconds": handle_seconds(
                person.logged_us - person.idle_us, person.timed_decided
            ),
        }
        row: Row = {
            "moderator": person.username,
            "sessions": person.sessions,
            "videos": person.videos,
        }
        at = place[person.username]
        for measure in MEASURES:
            name = measure.column.name
            row[name] = values[name]
            row |= verdict(name, at, team.by_measure[name], displayed.by_measure[name])
        yield row


def amounts(scope: Scope) -> dict[str, list[int]]:
    """By measure the work that each person's value rests on, in the order of the rows."""
    people = read_summaries(scope).by_moderator
    return {
        "reject_rate": [person.accepted + person.rejected for person in people],
        "completion_rate": [person.videos for person in people],
        "handle_seconds": [person.timed_decided for person in people],
    }


def verdict(name: str, at: int, decided: Verdicts, displayed: Verdicts) -> Row:
    """What is expected of one person by one measure, the limits, and whether it lies outside."""
    if not says_the_same(decided, displayed, at):
        return dict.fromkeys(f"{name}_{of}" for of in ("expected", "low", "high", "outside"))
    return {
        f"{name}_expected": none_if_nan(displayed.expected[at]),
        f"{name}_low": none_if_nan(displayed.low[at]),
        f"{name}_high": none_if_nan(displayed.high[at]),
        f"{name}_outside": bool(displayed.outside[at]),
    }


def says_the_same(decided: Verdicts, displayed: Verdicts, at: int) -> bool:
    """Whether what may be shown to a person says the same of them as what was decided."""
    return bool(displayed.judged[at] and displayed.side[at] == decided.side[at])


def team_notes(team: TeamVerdicts) -> Iterator[str]:
    """What the limits allow for, who is not judged and why, and what could have been seen."""
    for measure in MEASURES:
        verdicts = team.by_measure[measure.column.name]
        many, judged = len(team.names), int(verdicts.judged.sum())
        if not many:
            return
        if judged:
            yield from design_note(measure, verdicts)
        if not judged:
            yield (
                f"Nobody is judged by {measure.words}: it takes {MIN_PEOPLE} people, each with"
                f" {needs(measure)}."
            )
        elif judged < many:
            yield not_judged_note(many - judged, many, measure)
        yield seen_note(measure, verdicts)
    yield from alone_note(team)
    yield from count_note(
        len(team.aside),
        "session is far longer than usual (a forgotten tab): left out of verdicts on handle time",
        "sessions are far longer than usual (forgotten tabs): left out of verdicts on handle time",
    )


def own_notes(scope: Scope, own: TeamVerdicts) -> Iterator[str]:
    """The same for one person, who is told nothing of the others."""
    if scope.moderator is None or scope.moderator.username not in own.names:
        return
    at = own.names.index(scope.moderator.username)
    for measure in MEASURES:
        verdicts = own.by_measure[measure.column.name]
        if verdicts.judged[at]:
            yield from design_note(measure, verdicts)
            gap = abs(float(verdicts.detectable[at] - verdicts.expected[at]))
            yield own_seen_note(gap, measure)
        else:
            yield (
                f"Not judged by {measure.words}: it takes {needs(measure)}, {MIN_TEAM} of them or"
                " more."
            )


def not_judged_note(n: int, many: int, measure: Measure) -> str:
    """How many are not judged, and what it would take."""
    return for_reader(
        lambda: (
            f"{formatting.count(n)} of {formatting.plural(many, 'moderator')} not judged by"
            f" {measure.words}: it takes {needs(measure)}."
        )
    )


def own_seen_note(gap: float, measure: Measure) -> str:
    """The least difference of somebody's that would have been seen."""
    return for_reader(
        lambda: (
            f"{capfirst(measure.words)}: {measure.difference(gap)} {measure.away} the expected"
            " value would have been seen in four of five looks."
        )
    )


def needs(measure: Measure) -> str:
    """What it takes to be judged."""
    return (
        f"{MIN_TRIALS} {measure.counted} in {MIN_SESSIONS} sessions, and others who worked in the"
        " same queues and weeks as half of that work"
    )


def design_note(measure: Measure, verdicts: Verdicts) -> Iterator[str]:
    """How much the sessions' rates vary: D."""
    if measure.column.name in DESIGN_EFFECTS:
        yield alike_note(float(verdicts.design_effect), measure)


def alike_note(effect: float, measure: Measure) -> str:
    """The sentence about how many videos count as one."""
    return for_reader(
        lambda: (
            f"{capfirst(measure.words)}: videos of one session are alike, so the limits count"
            f" {formatting.number(effect, 2)} videos as one"
            f" (D = {formatting.number(effect, 2)})."
        )
    )


def seen_note(measure: Measure, verdicts: Verdicts) -> str:
    """The least difference that would have been seen, in four of five looks."""
    gap = verdicts.detectable_difference
    if isnan(gap):
        return f"{capfirst(measure.words)}: with so little work no difference would have been seen."
    if measure.column.type == "share" and gap > LARGE_DIFFERENCE:
        return for_reader(
            lambda: (
                f"{capfirst(measure.words)}: with so little work no difference below"
                f" {measure.difference(gap)} would have been seen."
            )
        )
    whom = "the usual amount of work"
    if not verdicts.judged.any():
        whom = f"{MIN_PEOPLE} people and this amount of work"
    return for_reader(
        lambda: (
            f"{capfirst(measure.words)}: with {whom}, {measure.difference(gap)} {measure.away} the"
            " expected value would have been seen in four of five looks."
        )
    )


def alone_note(team: TeamVerdicts) -> Iterator[str]:
    """How much work was compared by the queue or the week, nobody else being in both."""
    verdicts = team.by_measure["completion_rate"]
    share = float(np.average(verdicts.share_alone, weights=np.maximum(verdicts.n, 1e-9)))
    if share > 0:
        yield for_reader(
            lambda: (
                f"For {formatting.share(share)} of the videos nobody else worked in the same queue"
                " that week: they are compared with the queue's other weeks, then with the week's"
                " other queues."
            )
        )
