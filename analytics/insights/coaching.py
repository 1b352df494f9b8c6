"""What to do: whom to coach, and why. Only outcomes lead here, never a rate alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from cachetools import cached
from django.db.models import Avg, Count, F, FloatField, Q, Sum, Variance
from django.db.models.functions import Cast

from analytics.comparison.judging import BUDGETS, MIN_PEOPLE, Verdicts
from analytics.comparison.rows import MIN_ROWS, compare_rows, within_variance
from analytics.comparison.work import Flags, Floats
from analytics.display import plain
from analytics.formatting import count, join_names
from analytics.insights.accuracy import accuracy_verdicts, people_by_accuracy
from analytics.insights.findings import MIN_N, Finding, Interval, NamedPerson, too_few
from analytics.insights.people import (
    ACCURACY,
    COMPLETION,
    HANDLE_TIME,
    RESPONSE,
    SATISFACTION,
    Compared,
    Look,
    Measure,
    recent_looks,
)
from analytics.insights.registry import FindingData, finding
from analytics.insights.spread import compared_in_words, named_people
from analytics.keeping import KeptThings, kept_lock
from analytics.metrics.moderators import performance_rows
from analytics.metrics.result_cache import cache_key
from analytics.metrics.team_work import MAX_BYTES, PERSON_BYTES, team_scope
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot


@dataclass(frozen=True)
class Score:
    """A figure of the performance rows that has a target.

    ``min_sd``: the least standard deviation between people that is assumed, in the figure's unit.
    """

    measure: Measure
    column: str
    min_sd: float


SCORES = (
    Score(RESPONSE, "average_response_time", 0.56),
    Score(SATISFACTION, "satisfaction_score", 0.08),
)


@dataclass(frozen=True)
class ScoreVerdicts:
    """The verdicts on ``names``; ``misses``: who is outside the limits and misses the target."""

    names: tuple[str, ...]
    verdicts: Verdicts
    misses: Flags

    @property
    def look(self) -> Look:
        """The same as a look, to count it among others."""
        return Look(self.names, self.verdicts.judged, self.misses)


#: Somebody's name, number of rows, mean and variance; None of one row.
ScoreRow = tuple[str, int, float, float | None]


def rows_of_score(scope: Scope, score: Score) -> tuple[list[ScoreRow], Floats]:
    """Everybody's rows in a team's scope; (rows, Σ, Σ²) by person up to its end."""
    value = Cast(F(score.column), FloatField())
    known = Q(**{f"{score.column}__isnull": False})
    rows = (
        performance_rows(scope)
        .filter(known)
        .values_list("moderator__username")
        .annotate(n=Count("pk"), mean=Avg(value), variance=Variance(value, sample=True))
        .order_by("moderator__username")
    )
    history = (
        performance_rows(replace(scope, start=None))
        .filter(known)
        .values_list("moderator")
        .annotate(n=Count("pk"), total=Sum(value), squares=Sum(value * value))
        .order_by()
    )
    past = np.array([sums[1:] for sums in history], np.float64).reshape(-1, 3)
    return list(rows), past


def compare_scores(scope: Scope, score: Score) -> tuple[tuple[str, ...], Verdicts]:
    """The names of everybody with rows in scope, and the verdicts on the plain means of these.

    The variance between rows of one person is pooled over people and all rows up to the scope's
    end; whose own rows vary more is judged by those. Cached as verdicts on review work are.
    """
    with snapshot():
        return _compare_scores(team_scope(scope), score)


def size_of(compared: tuple[tuple[str, ...], Verdicts]) -> int:
    """The memory that verdicts take, as good as all of it."""
    return PERSON_BYTES * len(compared[0])


@cached(KeptThings(MAX_BYTES, size_of), key=cache_key, lock=kept_lock)
@plain
def _compare_scores(scope: Scope, score: Score) -> tuple[tuple[str, ...], Verdicts]:
    rows, past = rows_of_score(scope, score)
    verdicts = compare_rows(
        counts=column(rows, 1),
        means=column(rows, 2),
        own_variances=column(rows, 3),
        variance=within_variance(past[:, 0], past[:, 1], past[:, 2]),
        min_sd=score.min_sd,
        budget=BUDGETS[score.measure.column],
    )
    return tuple(str(row[0]) for row in rows), verdicts


def judge_score(data: FindingData, score: Score) -> ScoreVerdicts:
    """Compare everybody by a score, and with the target that is in force."""
    names, verdicts = compare_scores(data.scope, score)
    target = data.targets.get(score.measure.column)
    missed: Flags = (
        np.zeros(len(names), bool) if target is None else target.is_missed_by(verdicts.value)
    )
    return ScoreVerdicts(
        names,
        verdicts,
        verdicts.named(BUDGETS[score.measure.column].side) & missed,
    )


def column(rows: list[ScoreRow], place: int) -> Floats:
    """One column of rows as numbers; NaN for None."""
    return np.array([row[place] for row in rows], np.float64)


def people_by_score(
    data: FindingData, score: Score, score_verdicts: ScoreVerdicts
) -> list[NamedPerson]:
    """Who lies outside their limits and misses the target."""
    positions = [int(at) for at in np.flatnonzero(score_verdicts.misses)]
    if not positions:
        return []
    has_length = data.scope.start is not None and data.scope.end is not None
    looks = [judge_score(look, score).look for look in data.earlier] if has_length else None
    target = data.targets[score.measure.column]
    people = []
    for at in positions:
        compared = Compared.of(
            score_verdicts.names[at],
            score.measure,
            score_verdicts.verdicts,
            at,
            others=int(score_verdicts.verdicts.judged.sum()) - 1,
            same="the same time",
        )
        sentence = (
            f"Coach {compared.moderator}: {compared.did}. {compared.ordinary(score.measure.side)}"
            f" The target is {score.measure.write(target.value)}."
        )
        recent = recent_looks(compared.moderator, looks)
        own = compared if compared.is_shareable else None
        people.append(compared.named(sentence, recent=recent, own=own))
    return people


def people_by_care(data: FindingData) -> list[NamedPerson]:
    """Who works fast without care: completes less than their limits, and faster than expected."""
    team = data.team

    def words(compared: Compared) -> str:
        at = team.names.index(compared.moderator)
        times, _ = compared_in_words(data, HANDLE_TIME, at)
        write = HANDLE_TIME.write
        faster = f"{write(times.value)} a decision"
        if times.is_shareable:
            faster += f", where {write(times.expected)} was expected"
        return (
            f"Coach {compared.moderator}: {compared.did}. {compared.ordinary(COMPLETION.side)}"
            f" That came with speed: {faster}."
        )

    return named_people(data, COMPLETION, lambda look: look.team.skips, words)


def order(people: Sequence[NamedPerson]) -> list[NamedPerson]:
    """Those with more reasons first, each person's reasons together, then by name."""
    reasons = [person.moderator for person in people]
    return sorted(people, key=lambda person: (-reasons.count(person.moderator), person.moderator))


@finding(title="Whom to coach", metric="moderator-performance", kind="action", about_people=True)
def coach(data: FindingData) -> Finding:
    """The moderators to coach, and on what.

    Named is whose satisfaction or response time, the mean of 3 rows or more, lies outside the
    limits of one person of this team on the worse side and misses the target; and who completes
    fewer videos than their limits and is faster than expected; and whose checked decisions are
    right less often than their limits. The limits hold that rows vary,
    that people differ, and that many are compared at once. A reject rate or handle time alone
    leads nobody here.
    """
    by_score = {score: judge_score(data, score) for score in SCORES}
    completion = data.team.by_measure[COMPLETION.column]
    rows = max(int(scored.verdicts.n.sum()) for scored in by_score.values())
    videos = int(completion.n[completion.judged].sum())
    n, counted = rows + videos, "performance rows and videos"
    judged = [
        completion,
        accuracy_verdicts(data),
        *(scored.verdicts for scored in by_score.values()),
    ]
    if n < MIN_N:
        return too_few(n, counted, about="to say whom to coach")
    if not any(verdicts.judged.any() for verdicts in judged):
        needs = f"{MIN_PEOPLE} people with {MIN_ROWS} rows, or 30 videos, each are needed"
        return too_few(n, counted, about="to say whom to coach", needs=needs)
    people = people_by_care(data) + people_by_accuracy(data)
    for score, scored in by_score.items():
        people += people_by_score(data, score, scored)
    if not people:
        return nobody_to_coach(n, counted)
    people = order(people)
    names = list(dict.fromkeys(person.moderator for person in people))
    subjects = list(dict.fromkeys(subject(person) for person in people))
    first = people[0]
    return Finding(
        level="act",
        sentence=f"Coach {join_names(names, max_names=4)}: {', '.join(subjects)}.",
        n=n,
        counted=counted,
        evidence=f"{len(names)} named, each with limits of their own, n = {count(n)} {counted}",
        interval=Interval(first.low or 0.0, first.high or 0.0, of=f"the limits of {names[0]}"),
        numbers={"moderators": len(names)},
        details=tuple(person.sentence for person in people),
        people=tuple(people),
        action="Go through recent work together, and ask first: queues and hours differ.",
    )


def nobody_to_coach(n: int, counted: str) -> Finding:
    """The finding where everybody lies within their limits or meets the target."""
    return Finding(
        level="good",
        sentence="Nobody needs coaching by these figures.",
        n=n,
        counted=counted,
        evidence=(
            f"Nobody with {MIN_ROWS} performance rows or 30 videos lies outside their own"
            f" limits on the worse side, n = {count(n)} {counted}"
        ),
    )


def subject(person: NamedPerson) -> str:
    """What to coach a person on, by the measure they are named for."""
    if person.measure == COMPLETION.column:
        return "speed without care"
    if person.measure == ACCURACY.column:
        return ACCURACY.words
    return RESPONSE.words if person.measure == RESPONSE.column else SATISFACTION.words
