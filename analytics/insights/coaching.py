"""What to do: whom to coach, and why. Only outcomes lead here, never a rate alone."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from django.db.models import Avg, Count, F, FloatField, Q, Sum
from django.db.models.functions import Cast

from analytics.comparison.judging import BUDGETS, Verdicts
from analytics.comparison.rows import MIN_ROWS, compare_rows, within_variance
from analytics.comparison.work import Floats
from analytics.formatting import interval as interval_words
from analytics.formatting import join_names, minutes, number
from analytics.insights.registry import MIN_N, Finding, FindingData, Interval, finding, too_few
from analytics.insights.spread import COMPLETION, judged
from analytics.metrics.moderators import performance_rows
from analytics.models import Target

#: So many are described; the others are counted.
MAX_DESCRIBED = 10


@dataclass(frozen=True)
class Reason:
    """Why somebody should be coached: on what, in words, with the limits they lie outside of.

    ``chance`` is the probability of such a value by chance, for the order only.
    """

    subject: str
    words: str
    low: float
    high: float
    n: int
    chance: float


@dataclass(frozen=True)
class Score:
    """A figure of the performance rows that has a target.

    ``least``: the least standard deviation between people that is assumed, in the figure's unit.
    """

    figure: str
    column: str
    subject: str
    size: Callable[[float], str]
    least: float


SCORES = (
    Score("average_response_minutes", "average_response_time", "response time", minutes, 0.56),
    Score(
        "average_satisfaction",
        "satisfaction_score",
        "satisfaction",
        lambda value: number(value, 2),
        0.08,
    ),
)


def verdicts_by_score(data: FindingData, score: Score) -> tuple[list[str], Verdicts]:
    """Everybody with rows in scope, compared by the plain mean of their rows.

    The variance between rows of one person is pooled over people and all rows up to the scope's
    end.
    """
    value = Cast(F(score.column), FloatField())
    known = Q(**{f"{score.column}__isnull": False})
    whole = replace(data.scope, moderator=None)
    rows = list(
        performance_rows(whole)
        .filter(known)
        .values_list("moderator__username")
        .annotate(n=Count("pk"), mean=Avg(value))
        .order_by("moderator__username")
    )
    history = (
        performance_rows(replace(whole, start=None))
        .filter(known)
        .values_list("moderator")
        .annotate(n=Count("pk"), total=Sum(value), squares=Sum(value * value))
        .order_by()
    )
    past = np.array([found[1:] for found in history], np.float64).reshape(-1, 3)
    verdicts = compare_rows(
        counts=column(rows, 1),
        means=column(rows, 2),
        variance=within_variance(past[:, 0], past[:, 1], past[:, 2]),
        least=score.least,
        budget=BUDGETS[score.figure],
    )
    return [str(row[0]) for row in rows], verdicts


def column(rows: list[tuple[str, int, float]], place: int) -> Floats:
    """One column of rows as numbers."""
    return np.array([row[place] for row in rows], np.float64)


def reasons_by_score(data: FindingData, score: Score) -> tuple[dict[str, Reason], int]:
    """Who lies outside their limits and misses the target, and how many rows were judged."""
    names, verdicts = verdicts_by_score(data, score)
    rows = int(verdicts.n.sum())
    target = data.targets.get(score.figure)
    if target is None or not verdicts.judged.any():
        return {}, rows
    sign = -1 if target.direction == Target.Direction.HIGHER else 1
    found = {}
    for at in np.flatnonzero(verdicts.named(BUDGETS[score.figure].side)):
        mean, low, high = (
            float(each[at]) for each in (verdicts.value, verdicts.low, verdicts.high)
        )
        if sign * (mean - target.value) <= 0:
            continue
        n = int(verdicts.n[at])
        words = (
            f"{score.subject} {score.size(mean)}, limits {interval_words(low, high, 2)}, against a"
            f" target of {score.size(target.value)} and {score.size(float(verdicts.expected[at]))}"
            f" for the others, n = {n:,} rows"
        )
        chance = float(min(verdicts.below[at], verdicts.above[at]))
        found[names[at]] = Reason(score.subject, words, low, high, n, chance)
    return found, rows


def reasons_by_care(data: FindingData) -> tuple[dict[str, Reason], int]:
    """Who works fast without care: completes less than their limits, and faster than expected."""
    team = data.team
    completion = team.by_measure[COMPLETION.column]
    videos = int(completion.n[completion.judged].sum())
    found = {}
    for at in np.flatnonzero(team.skips):
        person = judged(team, completion, int(at))
        words = (
            f"completes {COMPLETION.size(person.value)} where {COMPLETION.size(person.expected)}"
            f" is expected (limits {COMPLETION.range_words(person.low, person.high)}), and is"
            f" faster than expected, n = {person.n:,} videos"
        )
        chance = float(completion.below[at])
        found[person.moderator] = Reason(
            "speed without care", words, person.low, person.high, person.n, chance
        )
    return found, videos


@finding(title="Whom to coach", metric="moderator-performance", kind="action", about_people=True)
def coach(data: FindingData) -> Finding:
    """The moderators to coach, and on what.

    Named is whose satisfaction or response time, the mean of 3 rows or more, lies outside the
    limits of one person of this team on the worse side and misses the target; and who completes
    fewer videos than their limits and is faster than expected. The limits hold that rows vary,
    that people differ, and that many are compared at once. A reject rate or handle time alone
    leads nobody here.
    """
    reasons: dict[str, list[Reason]] = {}
    by_care, videos = reasons_by_care(data)
    judged_rows = 0
    for found, rows in [(by_care, 0), *(reasons_by_score(data, score) for score in SCORES)]:
        judged_rows = max(judged_rows, rows)
        for name, reason in found.items():
            reasons.setdefault(name, []).append(reason)
    n, counted = judged_rows + videos, "performance rows and videos"
    if n < MIN_N:
        return too_few(n, counted, what="to say whom to coach")
    if not reasons:
        return Finding(
            level="good",
            sentence="Nobody stands out as needing coaching.",
            n=n,
            counted=counted,
            evidence=(
                f"nobody with {MIN_ROWS} rows or 30 videos lies outside their limits on the worse"
                f" side, n = {n:,} {counted}"
            ),
        )
    names = sorted(
        reasons,
        key=lambda name: (-len(reasons[name]), min(r.chance for r in reasons[name]), name),
    )
    subjects = list(dict.fromkeys(reason.subject for name in names for reason in reasons[name]))
    first = reasons[names[0]][0]
    details = [
        f"{name}: {'; '.join(reason.words for reason in reasons[name])}"
        for name in names[:MAX_DESCRIBED]
    ]
    if len(names) > MAX_DESCRIBED:
        others = names[MAX_DESCRIBED:]
        details.append(f"and {len(others)} others: {', '.join(others)}")
    return Finding(
        level="act",
        sentence=f"Coach {join_names(names, most=4)}: {', '.join(subjects)}.",
        n=n,
        counted=counted,
        evidence=f"{names[0]}: {first.words}",
        interval=Interval(first.low, first.high, of=f"the limits of {names[0]}"),
        numbers={"moderators": len(names)},
        details=tuple(details),
        people={name: tuple(reason.subject for reason in reasons[name]) for name in names},
        action="Go through recent work with them, and ask first: queues and hours differ.",
    )
