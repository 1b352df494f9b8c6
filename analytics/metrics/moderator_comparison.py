"""Each moderator beside what the team does in the same queues and weeks.

The verdicts are those of the findings (``team_work.judge_team``): one model, the same numbers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isnan

import numpy as np

from analytics import formatting
from analytics.access import MIN_TEAM
from analytics.comparison.judging import MIN_PEOPLE, Verdicts
from analytics.comparison.rates import MIN_SESSIONS, MIN_TRIALS
from analytics.metrics import drawing
from analytics.metrics.columns import (
    COMPLETION_RATE,
    HANDLE,
    MODERATOR,
    REJECT_RATE,
    SESSIONS,
    VIDEOS,
)
from analytics.metrics.formulas import handle_seconds, none_if_nan, ratio
from analytics.metrics.notes import count_note
from analytics.metrics.registry import metric
from analytics.metrics.results import Column, Result, Row, Value
from analytics.metrics.team_work import TeamVerdicts, judge_team
from analytics.scope import PEOPLE_PARAMETERS, Scope
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot


@dataclass(frozen=True)
class Measure:
    """A measure that people are compared by: its column, and its words in notes."""

    column: Column
    words: str
    counted: str
    difference: Callable[[float], str]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The value, what is expected, the limits, and whether the value lies outside."""
        name, label, type_ = self.column.name, self.column.label, self.column.type
        return (
            self.column,
            Column(f"{name}_expected", f"{label}, expected", type_, self.column.unit),
            Column(f"{name}_low", f"{label}, low", type_, "limits"),
            Column(f"{name}_high", f"{label}, high", type_, "limits"),
            Column(f"{name}_outside", f"{label} outside", "flag"),
        )


def points(difference: float) -> str:
    """``12.3 points``: a difference of shares."""
    return f"{formatting.number(100 * difference, 1)} points"


MEASURES = (
    Measure(REJECT_RATE, "reject rate", "decided videos", points),
    Measure(COMPLETION_RATE, "completion rate", "videos", points),
    Measure(
        HANDLE, "handle time", "decided videos in sessions of known duration", formatting.seconds
    ),
)
DESIGN_EFFECTS = ("reject_rate", "completion_rate")


def own_comparison(scope: Scope) -> Result:
    """A moderator's own row, as far as it tells of no few others."""
    with snapshot():
        everybody, own = judge_team(scope), judge_team(scope, min_others=MIN_TEAM)
        rows = list(comparison_rows(scope, everybody, own))
        return Result(rows, notes=list(own_notes(scope, own)), n=len(rows))


@metric(
    title="Moderators against the amount of work",
    group="review",
    counted="moderators",
    drawing=drawing.Funnel(
        label="moderator",
        n="videos",
        measures=("reject_rate", "completion_rate", "handle_seconds"),
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
        return Result(rows, notes=list(team_notes(team)), n=len(rows))


def comparison_rows(scope: Scope, team: TeamVerdicts, shown: TeamVerdicts) -> Iterator[Row]:
    """The rows of the scope's people; ``shown`` are the verdicts whose numbers are given.

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
            row |= verdict(name, at, team.by_measure[name], shown.by_measure[name])
        yield row


def verdict(name: str, at: int, decided: Verdicts, shown: Verdicts) -> Row:
    """What is expected of one person by one measure, the limits, and whether it lies outside."""
    outside: Value = None
    if shown.judged[at] and shown.side[at] == decided.side[at]:
        outside = bool(shown.outside[at])
    return {
        f"{name}_expected": none_if_nan(shown.expected[at]),
        f"{name}_low": none_if_nan(shown.low[at]),
        f"{name}_high": none_if_nan(shown.high[at]),
        f"{name}_outside": outside,
    }


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
            yield f"Nobody is judged by {measure.words}: {needs(measure)}."
        elif judged < many:
            yield (
                f"{formatting.plural(many - judged, 'moderator')} of {many:,} not judged by"
                f" {measure.words}: {needs(measure)}."
            )
        yield seen_note(measure, verdicts)
    yield from alone_note(team)
    yield from count_note(
        len(team.aside),
        "session far longer than usual counts in nobody's verdict on handle time",
        "sessions far longer than usual count in nobody's verdict on handle time",
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
            gap = abs(float(verdicts.least[at] - verdicts.expected[at]))
            yield f"{sentence(measure.words)}: {measure.difference(gap)} would have been seen."
        else:
            yield (
                f"Not judged by {measure.words}: {needs(measure)}, and {MIN_TEAM} others in the"
                " same queues or weeks."
            )


def needs(measure: Measure) -> str:
    """What it takes to be judged."""
    return (
        f"it takes {MIN_TRIALS} {measure.counted} in {MIN_SESSIONS} sessions, {MIN_PEOPLE} people"
        " with as much, and others in the queues and weeks of half the work"
    )


def design_note(measure: Measure, verdicts: Verdicts) -> Iterator[str]:
    """How much the sessions' rates vary: D."""
    if measure.column.name in DESIGN_EFFECTS:
        yield (
            f"{sentence(measure.words)}: D = {formatting.number(verdicts.design_effect, 2)}, how"
            " much more sessions vary than independent videos would; the limits allow for it."
        )


def seen_note(measure: Measure, verdicts: Verdicts) -> str:
    """The least difference that would have been seen, in four of five looks."""
    gap = verdicts.least_difference
    if isnan(gap):
        return f"{sentence(measure.words)}: no difference could have been seen."
    of = "of the person in the middle"
    if not verdicts.judged.any():
        of = f"among {MIN_PEOPLE} who work as much"
    return (
        f"{sentence(measure.words)}: a difference of {measure.difference(gap)} {of} would have been"
        " seen in four of five looks."
    )


def alone_note(team: TeamVerdicts) -> Iterator[str]:
    """How much work was compared by the queue or the week, nobody else being in both."""
    verdicts = team.by_measure["completion_rate"]
    share = float(np.average(verdicts.share_alone, weights=np.maximum(verdicts.n, 1e-9)))
    if share > 0:
        yield (
            f"{formatting.share(share)} of the videos are of queues and weeks in which nobody else"
            " worked: they are compared by the queue, then the week."
        )


def sentence(words: str) -> str:
    """Words at the head of a sentence."""
    return words[:1].upper() + words[1:]
