"""Moderators whose review work lies outside what the team's spread explains.

People differ more than chance within each of them explains: different queues, shifts, habits.
So a funnel around the team's average would call half of a large team extreme. The spread between
people is estimated too (an additive random effect: D. J. Spiegelhalter, Funnel plots for
comparing institutional performance, 2005), robustly, from the median of the distances, so that
the extreme ones do not hide themselves by widening it. Outside is whom neither chance nor that
spread explains, corrected (Bonferroni) for the number of people.
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analytics.formatting import interval as interval_words
from analytics.formatting import listed, seconds, share, share_interval
from analytics.insights.registry import (
    MIN_N,
    Finding,
    FindingData,
    Interval,
    finding,
    n_words,
    too_few,
)
from analytics.insights.statistics import ALPHA, stats
from analytics.metrics.moderators import NORMAL_95
from analytics.metrics.results import Row, Value
from analytics.metrics.terms import wilson

#: Fewer people than this are no team with a spread.
MIN_PEOPLE = 5
#: The median distance of a normal distribution from its mean, in standard deviations.
MEDIAN_DISTANCE = statistics.NormalDist().inv_cdf(0.75)


def whole(value: Value) -> int:
    """A count of a row."""
    assert isinstance(value, int)
    return value


@dataclass(frozen=True)
class Measure:
    """A column of ``moderator-review``, on a scale where its chance is known.

    ``transform`` and ``back`` lead to that scale and from it; ``chance`` is the variance there
    for n things; ``n`` counts them. ``worse`` is the side on which somebody needs coaching.
    """

    column: str
    words: str
    counted: str
    n: Callable[[Row], int]
    transform: Callable[[float], float]
    back: Callable[[float], float]
    chance: Callable[[int], float]
    own_interval: Callable[[float, int], tuple[float, float]]
    size: Callable[[float], str]
    range_words: Callable[[float, float], str]
    worse: tuple[int, ...]


@dataclass(frozen=True)
class Judged:
    """One moderator's value with its own interval; ``side`` is -1 or 1 outside, else 0."""

    moderator: str
    value: float
    low: float
    high: float
    n: int
    side: int


@dataclass(frozen=True)
class Spread:
    """What a team's spread explains of a measure, and each moderator judged by it."""

    low: float
    high: float
    people: tuple[Judged, ...]

    @property
    def outside(self) -> list[Judged]:
        """Those outside, the farthest from the team first."""
        found = [person for person in self.people if person.side]
        return sorted(
            found, key=lambda person: (-abs(person.value - self.middle), person.moderator)
        )

    @property
    def middle(self) -> float:
        """The middle of what the spread explains."""
        return (self.low + self.high) / 2

    @property
    def n(self) -> int:
        """How many things were averaged over everybody."""
        return sum(person.n for person in self.people)


def wilson_of(value: float, n: int) -> tuple[float, float]:
    """Return Wilson's interval of a share of n things."""
    low, high = wilson(round(value * n), n)
    assert low is not None
    assert high is not None
    return low, high


def handle_interval(value: float, n: int) -> tuple[float, float]:
    """The interval of a mean time, if single times spread as much as their mean."""
    half = NORMAL_95 / math.sqrt(n)
    return value * math.exp(-half), value * math.exp(half)


def arcsine(value: float) -> float:
    """A share on the scale on which its variance is 1 / (4 n) (F. J. Anscombe, 1948)."""
    return math.asin(math.sqrt(min(1.0, max(0.0, value))))


def from_arcsine(value: float) -> float:
    """The share at a place on the arcsine scale."""
    return math.sin(min(math.pi / 2, max(0.0, value))) ** 2


def decided(row: Row) -> int:
    """How many views of a row were decided."""
    return whole(row["accepted"]) + whole(row["rejected"])


def of_share(
    column: str, words: str, counted: str, n: Callable[[Row], int], worse: tuple[int, ...]
) -> Measure:
    """The measure of a share of n things."""
    return Measure(
        column=column,
        words=words,
        counted=counted,
        n=n,
        transform=arcsine,
        back=from_arcsine,
        chance=lambda things: 1 / (4 * things),
        own_interval=wilson_of,
        size=share,
        range_words=lambda low, high: f"{share_interval(low, high)} %",
        worse=worse,
    )


REJECT_RATE = of_share("reject_rate", "reject rate", "videos decided", decided, (-1, 1))
COMPLETION = of_share(
    "completion_rate", "completion rate", "videos", lambda row: whole(row["videos"]), (-1,)
)
HANDLE_TIME = Measure(
    column="handle_seconds",
    words="handle time",
    counted="videos decided",
    n=decided,
    transform=math.log,
    back=math.exp,
    # Single times spread about as much as their mean: on the scale of logarithms 1 / n.
    chance=lambda things: 1 / things,
    own_interval=handle_interval,
    size=seconds,
    range_words=lambda low, high: f"{interval_words(low, high)} s",
    worse=(1,),
)
MEASURES = (REJECT_RATE, HANDLE_TIME, COMPLETION)


def between(values: Sequence[float], chances: Sequence[float], middle: float) -> float:
    """The variance between people: what makes the median distance a normal one.

    0 where chance alone explains it. The median of few is too small by about 1 - 0.8 / n
    (C. Croux and P. J. Rousseeuw, 1992), which is allowed for.
    """
    usual = MEDIAN_DISTANCE * (1 - 0.8 / len(values))

    def excess(variance: float) -> float:
        distances = (
            abs(value - middle) / math.sqrt(chance + variance)
            for value, chance in zip(values, chances, strict=True)
        )
        return statistics.median(distances) - usual

    low, high = 0.0, (max(values) - min(values)) ** 2 / usual**2 + 1e-9
    if excess(low) <= 0:
        return 0.0
    for _ in range(60):
        half = (low + high) / 2
        low, high = (half, high) if excess(half) > 0 else (low, half)
    return high


def spread_of(data: FindingData, measure: Measure) -> Spread | None:
    """The team's spread and who lies outside; None for too few people with enough."""
    rows: list[tuple[str, float, int]] = []
    for row in data.result("moderator-review").rows:
        value, n = row[measure.column], measure.n(row)
        if isinstance(value, int | float) and n >= MIN_N and (value > 0 or measure.back(0) == 0):
            rows.append((str(row["moderator"]), float(value), n))
    if len(rows) < MIN_PEOPLE:
        return None
    values = [measure.transform(value) for _name, value, _n in rows]
    chances = [measure.chance(n) for _name, _value, n in rows]
    middle = statistics.median(values)
    variance = between(values, chances, middle)
    limit = float(stats().t.ppf(1 - ALPHA / len(rows) / 2, len(rows) - 1))
    people = []
    for (name, value, n), place, chance in zip(rows, values, chances, strict=True):
        distance = (place - middle) / math.sqrt(chance + variance)
        side = 0 if abs(distance) <= limit else 1 if distance > 0 else -1
        people.append(Judged(name, value, *measure.own_interval(value, n), n, side))
    # The limits as they are for somebody with the usual number of things.
    usual = math.sqrt(statistics.median(chances) + variance) * limit
    return Spread(measure.back(middle - usual), measure.back(middle + usual), tuple(people))


def outside_the_spread(data: FindingData, measure: Measure) -> Finding:
    """The finding about those outside the team's spread of one measure."""
    spread = spread_of(data, measure)
    if spread is None:
        rows = data.result("moderator-review").rows
        return too_few(
            sum(measure.n(row) for row in rows),
            measure.counted,
            what=f"on the spread of the {measure.words}",
            needs=f"{MIN_PEOPLE} moderators with {MIN_N} each are needed",
        )
    limits = measure.range_words(spread.low, spread.high)
    outside = spread.outside
    details = tuple(
        f"{person.moderator}: {measure.size(person.value)} (95 %"
        f" {measure.range_words(person.low, person.high)}),"
        f" {n_words(person.n, measure.counted, measure.counted)}"
        for person in outside
    )
    if outside:
        names = listed([f"{p.moderator} ({measure.size(p.value)})" for p in outside], most=4)
        sentence = f"The {measure.words} of {names} lies outside what the team's spread explains."
    else:
        sentence = f"The team's spread explains everybody's {measure.words}."
    return Finding(
        level="watch" if outside else "good",
        sentence=sentence,
        n=spread.n,
        counted=measure.counted,
        evidence=(
            f"the spread of {len(spread.people)} moderators explains {limits}, corrected for"
            f" {len(spread.people)} comparisons,"
            f" {n_words(spread.n, measure.counted, measure.counted)}"
        ),
        interval=Interval(spread.low, spread.high, of="what the team's spread explains"),
        numbers={"moderators": len(spread.people), "outside": len(outside)},
        details=details,
        people={person.moderator: (measure.words,) for person in outside},
    )


@finding(title="Reject rates across the team", metric="moderator-review", about_people=True)
def unusual_reject_rate(data: FindingData) -> Finding:
    """Moderators whose reject rate lies outside what the team's spread explains.

    Reject rate = rejected / decided, on the arcsine scale; among those with 10 decided videos or
    more. The limits hold chance within a person and the spread between people, estimated from
    the median distance (robust additive random effect), and are corrected for the number of
    people. Unusual is not wrong: queues differ.
    """
    return outside_the_spread(data, REJECT_RATE)


@finding(title="Handle times across the team", metric="moderator-review", about_people=True)
def unusual_handle_time(data: FindingData) -> Finding:
    """Moderators whose handle time lies outside what the team's spread explains.

    Handle time = active time / decided videos, on the logarithmic scale; among those with 10
    decided videos or more. Limits as for the reject rate; single times are taken to spread as
    much as their mean.
    """
    return outside_the_spread(data, HANDLE_TIME)


@finding(title="Completion across the team", metric="moderator-review", about_people=True)
def unusual_completion(data: FindingData) -> Finding:
    """Moderators whose completion rate lies outside what the team's spread explains.

    Completion rate = completed / videos, on the arcsine scale; among those with 10 videos or
    more. Limits as for the reject rate.
    """
    return outside_the_spread(data, COMPLETION)
