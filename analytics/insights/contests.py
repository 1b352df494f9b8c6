"""Types of recommendations compared in segments of users: by ratings, length and activity."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
from django.db.models import Avg, Count
from scipy import special

from analytics.comparison.contrasts import (
    Contrast,
    Group,
    Shrunken,
    contrast,
    heterogeneity,
    shrink,
)
from analytics.comparison.means import MISSES, POWER
from analytics.comparison.work import Flags, Floats
from analytics.formatting import count, minutes, number, points, score, share
from analytics.insights.findings import MIN_N
from analytics.insights.registry import FindingData
from analytics.insights.samples import clustered_with_names
from analytics.metrics.engagement import chat_sessions
from analytics.metrics.recommendations import recommendations


@dataclass(frozen=True)
class Division:
    """A way to divide users: by an average of their sessions, into thirds."""

    name: str
    low: str
    middle: str
    high: str
    write: Callable[[float], str]


DIVISIONS = {
    "rating": Division(
        "rating",
        "users whose ratings average {low} or less",
        "users whose ratings average between {low} and {high}",
        "users whose ratings average above {high}",
        lambda value: number(value, 2),
    ),
    "length": Division(
        "length",
        "users whose sessions average {low} or less",
        "users whose sessions average between {low} and {high}",
        "users whose sessions average above {high}",
        minutes,
    ),
    "activity": Division(
        "activity",
        "users with {low} or fewer sessions",
        "users with more than {low} and up to {high} sessions",
        "users with more than {high} sessions",
        lambda value: number(value, 0 if value == round(value) else 1),
    ),
}


@dataclass(frozen=True)
class Outcome:
    """What a recommendation is measured by."""

    column: str
    words: str
    write: Callable[[float], str]
    gap: Callable[[float], str]


OUTCOMES = (
    Outcome("click_through_rate", "click-through", share, points),
    Outcome("feedback_score", "feedback", score, score),
)


def user_figures(data: FindingData) -> dict[str, dict[str, float]]:
    """Each division's figure of each user with sessions in scope, by division."""
    users = (
        chat_sessions(data.scope)
        .values("user_id")
        .annotate(activity=Count("pk"), length=Avg("length_minutes"), rating=Avg("feedback_rating"))
        .order_by("user_id")
    )
    figures: dict[str, dict[str, float]] = {name: {} for name in DIVISIONS}
    # As plain rows: the stubs know only literal names.
    for row in cast("Iterator[dict[str, Any]]", users.iterator()):
        for name, values in figures.items():
            if row[name] is not None:
                values[row["user_id"]] = float(row[name])
    return figures


def segments(figures: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, list[str]]]:
    """Yield the segments in words, each with its users; a division of equal users has none."""
    for name, values in figures.items():
        if len(set(values.values())) < 2:
            continue
        division = DIVISIONS[name]
        low, high = statistics.quantiles(values.values(), n=3, method="inclusive")
        words = {"low": division.write(low), "high": division.write(high)}
        thirds = (
            (division.low, [user for user, value in values.items() if value <= low]),
            (division.middle, [user for user, value in values.items() if low < value <= high]),
            (division.high, [user for user, value in values.items() if value > high]),
        )
        for text, users in thirds:
            if users:
                yield text.format(**words), users


@dataclass(frozen=True)
class Contest:
    """Another type against the commonest one, by one outcome, in the segments of one division."""

    outcome: Outcome
    other: str
    usual: str
    segments: Sequence[str]
    pairs: Sequence[tuple[Group, Group]]

    @cached_property
    def effects(self) -> list[Contrast]:
        """How much better the other type is in each segment."""
        return [contrast(other, usual) for other, usual in self.pairs]

    @cached_property
    def interaction(self) -> float:
        """The probability that equal segments would differ as much as these."""
        return heterogeneity(self.values, self.errors, self.freedoms)

    @cached_property
    def shrunken(self) -> Shrunken:
        """The effects, drawn towards the common one."""
        return shrink(self.values, self.errors)

    @property
    def values(self) -> Floats:
        """The effects' values."""
        return np.array([effect.value for effect in self.effects])

    @property
    def errors(self) -> Floats:
        """Their standard errors."""
        return np.array([effect.error for effect in self.effects])

    @property
    def freedoms(self) -> Floats:
        """Their degrees of freedom."""
        return np.array([effect.freedom for effect in self.effects])

    @cached_property
    def better(self) -> list["Effect"]:
        """The segments in which the other type is better beyond chance, the clearest first."""
        factor = float(special.ndtri(1 - MISSES / 2 / len(self.effects)))
        effects = [
            Effect(self, place, float(value), float(factor * error))
            for place, (value, error) in enumerate(
                zip(self.shrunken.values, self.shrunken.errors, strict=True)
            )
        ]
        return sorted(
            (effect for effect in effects if effect.value > effect.half),
            key=lambda effect: effect.half / effect.value,
        )

    @property
    def would_show(self) -> float:
        """The least difference between two segments that four of five looks would have shown."""
        error = float(np.sqrt(2) * np.median(self.errors))
        return float(special.ndtri(1 - MISSES / 2) + special.ndtri(POWER)) * error


@dataclass(frozen=True)
class Effect:
    """How much better the other type is in one segment: shrunken, plus or minus ``half``."""

    contest: Contest
    place: int
    value: float
    half: float

    @property
    def segment(self) -> str:
        """The segment in words."""
        return self.contest.segments[self.place]

    @property
    def n(self) -> int:
        """The recommendations of both types."""
        return sum(group.n for group in self.contest.pairs[self.place])

    @property
    def words(self) -> str:
        """The comparison in words."""
        outcome, contest = self.contest.outcome, self.contest
        other, usual = contest.pairs[self.place]
        low, high = self.value - self.half, self.value + self.half
        return (
            f"{self.segment}: {outcome.words} {outcome.write(other.mean)} for {contest.other}"
            f" against {outcome.write(usual.mean)} for {contest.usual}; {outcome.gap(self.value)}"
            f" more when chance is allowed for (95 % {outcome.gap(low)} to {outcome.gap(high)}),"
            f" n = {count(other.n)} and {count(usual.n)}"
        )


def within(group: Group, chosen: Flags) -> Group:
    """The rows of the chosen users."""
    return Group(group.sizes[chosen], group.sums[chosen])


def contests(data: FindingData) -> Iterator[Contest]:
    """Yield each other type against the commonest one, in each division with known effects."""
    figures = user_figures(data)
    by_user = recommendations(data.scope).exclude(user_id="")
    for outcome in OUTCOMES:
        by_type, names = clustered_with_names(
            by_user, outcome.column, "user_id", groups="recommendation_type"
        )
        yield from contests_by(outcome, by_type, names, figures)


def contests_by(
    outcome: Outcome,
    by_type: Mapping[str, Group],
    names: Sequence[str],
    figures: Mapping[str, Mapping[str, float]],
) -> Iterator[Contest]:
    """Yield the contests of one outcome; ``names``: the users, in the order of the groups."""
    users = np.array(names, np.str_)
    enough = sorted(name for name, group in by_type.items() if group.n >= MIN_N)
    if len(enough) < 2:
        return
    usual = max(enough, key=lambda name: (by_type[name].n, name))
    for name in DIVISIONS:
        divided = {
            words: np.isin(users, members) for words, members in segments({name: figures[name]})
        }
        for other in enough:
            if other == usual:
                continue
            pairs = comparable_pairs(by_type[other], by_type[usual], divided)
            if len(pairs) >= 2:
                yield Contest(outcome, other, usual, [*pairs], [*pairs.values()])


def that_differ(compared: Sequence[Contest]) -> list[Contest]:
    """The contests whose segments differ and in which the other type is better in some.

    The clearest first, corrected for all that were compared.
    """
    differ = (
        contest
        for contest in compared
        if contest.interaction * len(compared) < MISSES and contest.better
    )
    return sorted(differ, key=lambda contest: contest.interaction)


def comparable_pairs(
    other: Group, usual: Group, divided: Mapping[str, Flags]
) -> dict[str, tuple[Group, Group]]:
    """Both types' rows in each segment of ``divided`` in which their difference is known."""
    pairs = {
        words: (within(other, users), within(usual, users)) for words, users in divided.items()
    }
    return {
        words: pair
        for words, pair in pairs.items()
        if min(group.n for group in pair) >= MIN_N and contrast(*pair).is_known
    }


def better_for_all(contest: Contest, compared: int) -> Contrast:
    """The other type against the usual one over all segments."""
    groups = [
        Group(
            np.concatenate([pair[at].sizes for pair in contest.pairs]),
            np.concatenate([pair[at].sums for pair in contest.pairs]),
        )
        for at in (0, 1)
    ]
    return contrast(groups[0], groups[1], compared=compared)
