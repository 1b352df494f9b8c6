"""What to do: whom to coach, and why."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, FloatField, Max, Q, Sum
from django.db.models.functions import Cast

from analytics.formatting import interval as interval_words
from analytics.formatting import listed, minutes, number
from analytics.insights.registry import MIN_N, Finding, FindingData, Interval, finding, too_few
from analytics.insights.spread import MEASURES, Spread, spread_of
from analytics.insights.statistics import ALPHA, stats
from analytics.metrics.moderators import performance
from analytics.models import Target

#: Scores go from 1 to 5, or as far as any that is there.
MIN_SCORE, MAX_SCORE = 1.0, 5.0
#: So many are described; the others are counted.
MAX_DESCRIBED = 10


@dataclass(frozen=True)
class Reason:
    """Why somebody should be coached: on what, in words, and how far off they are.

    ``distance`` is in standard errors or what the spread explains, for the order only.
    """

    subject: str
    words: str
    low: float
    high: float
    n: int
    distance: float


@dataclass(frozen=True)
class Score:
    """A figure of the performance rows that has a target.

    ``single`` gives the standard deviation of a single session's value from the mean and the
    greatest one seen: rows hold only means over sessions, so the widest plausible is taken.
    """

    figure: str
    column: str
    subject: str
    size: Callable[[float], str]
    single: Callable[[float, float], float]


def score_deviation(mean: float, greatest: float) -> float:
    """The most that scores with this mean can deviate on their scale (Bhatia-Davis)."""
    top, bottom = max(MAX_SCORE, greatest), min(MIN_SCORE, mean)
    return math.sqrt(max(0.0, (top - mean) * (mean - bottom)))


SCORES = (
    Score(
        figure="average_response_minutes",
        column="average_response_time",
        subject="response time",
        size=minutes,
        # Waiting times spread about as much as their mean, as exponential ones do.
        single=lambda mean, greatest: mean,
    ),
    Score(
        figure="average_satisfaction",
        column="satisfaction_score",
        subject="satisfaction",
        size=lambda value: number(value, 2),
        single=score_deviation,
    ),
)


def score_rows(data: FindingData, column: str) -> Sequence[Mapping[str, Any]]:
    """Each moderator's sums, from which mean and standard error follow."""
    weight = Cast("sessions_moderated", FloatField())
    value = F(column)
    return list(
        performance(data.scope)
        .filter(Q(**{f"{column}__isnull": False}), sessions_moderated__gt=0)
        .values("moderator__username")
        .annotate(
            n=Sum("sessions_moderated"),
            amount=Sum(weight * value),
            weight2=Sum(weight * weight),
            amount2=Sum(weight * weight * value),
            square2=Sum(weight * weight * value * value),
            rows=Sum(1),
            greatest=Max(column),
        )
        .order_by("moderator__username")
    )


def standard_error(row: Mapping[str, Any], mean: float, deviation: float) -> float:
    """The standard error of a mean by sessions.

    The larger of what single sessions give and, from two rows on, what the rows themselves show.
    """
    of_sessions = deviation / math.sqrt(row["n"])
    if row["rows"] < 2:
        return of_sessions
    squares = row["square2"] - 2 * mean * row["amount2"] + mean**2 * row["weight2"]
    of_rows = math.sqrt(max(0.0, squares) * row["rows"] / (row["rows"] - 1)) / row["n"]
    return max(of_sessions, float(of_rows))


def reasons_by_score(data: FindingData, score: Score) -> tuple[dict[str, Reason], int]:
    """Who is clearly worse than both target and team, and how many sessions were judged."""
    target = data.targets.get(score.figure)
    rows = [row for row in score_rows(data, score.column) if row["n"] >= MIN_N]
    sessions = sum(row["n"] for row in rows)
    if target is None or not rows:
        return {}, sessions
    higher = target.direction == Target.Direction.HIGHER
    sign = -1 if higher else 1
    team = sum(row["amount"] for row in rows) / sessions
    bound = min(target.value, team) if higher else max(target.value, team)
    greatest = max(row["greatest"] for row in rows)
    limit = float(stats().norm.ppf(1 - ALPHA / len(rows) / 2))
    found = {}
    for row in rows:
        mean = row["amount"] / row["n"]
        error = standard_error(row, mean, score.single(mean, greatest))
        low, high = mean - limit * error, mean + limit * error
        if sign * (mean - bound) <= limit * error or mean == bound:
            continue
        words = (
            f"{score.subject} {score.size(mean)} (95 % {interval_words(low, high, 2)}) against a"
            f" target of {score.size(target.value)} and {score.size(team)} for everyone,"
            f" n = {row['n']:,} sessions"
        )
        distance = abs(mean - bound) / error if error else math.inf
        found[row["moderator__username"]] = Reason(
            score.subject, words, low, high, row["n"], distance
        )
    return found, sessions


def reasons_by_spread(data: FindingData) -> tuple[dict[str, list[Reason]], int]:
    """Who lies outside the team's spread on the worse side, and the videos judged."""
    found: dict[str, list[Reason]] = defaultdict(list)
    videos = 0
    for measure in MEASURES:
        spread: Spread | None = spread_of(data, measure)
        if spread is None:
            continue
        videos = max(videos, spread.n)
        reach = (spread.high - spread.low) / 2 or 1.0
        for person in spread.outside:
            if person.side in measure.worse:
                words = (
                    f"{measure.words} {measure.size(person.value)} (95 %"
                    f" {measure.range_words(person.low, person.high)}), outside the"
                    f" {measure.range_words(spread.low, spread.high)} that the team's spread"
                    f" explains, n = {person.n:,} {measure.counted}"
                )
                distance = 4 * abs(person.value - spread.middle) / reach
                found[person.moderator].append(
                    Reason(measure.words, words, person.low, person.high, person.n, distance)
                )
    return found, videos


@finding(title="Whom to coach", metric="moderator-performance", kind="action", about_people=True)
def coach(data: FindingData) -> Finding:
    """The moderators to coach, and on what.

    Named is whose response time or satisfaction, averaged over the sessions moderated (10 or
    more), is worse than both the target and the team by more than chance explains; and whose
    reject rate, handle time or completion lies outside what the team's spread explains, on the
    worse side. Rows hold only averages, so single sessions are taken to spread as much as their
    mean (response time) or as widely as the scale allows (satisfaction); where the rows
    themselves spread more, that counts. Corrected (Bonferroni) for the number of people.
    """
    reasons, videos = reasons_by_spread(data)
    sessions = 0
    for score in SCORES:
        found, judged = reasons_by_score(data, score)
        sessions = max(sessions, judged)
        for name, reason in found.items():
            reasons.setdefault(name, []).append(reason)
    n, counted = sessions + videos, "sessions moderated and videos decided"
    if n < MIN_N:
        return too_few(n, counted, what="to say whom to coach")
    if not reasons:
        return Finding(
            level="good",
            sentence="Nobody stands out as needing coaching.",
            n=n,
            counted=counted,
            evidence=f"no figure is clearly worse than target and team, n = {n:,} {counted}",
        )
    names = sorted(
        reasons,
        key=lambda name: (
            -len(reasons[name]),
            -max(reason.distance for reason in reasons[name]),
            name,
        ),
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
        sentence=f"Coach {listed(names, most=4)}: {', '.join(subjects)}.",
        n=n,
        counted=counted,
        evidence=f"{names[0]}: {first.words}",
        interval=Interval(first.low, first.high, of=f"{first.subject} of {names[0]}"),
        numbers={"moderators": len(names)},
        details=tuple(details),
        people={name: tuple(reason.subject for reason in reasons[name]) for name in names},
        action="Go through recent work with them, and ask first: queues and hours differ.",
    )
