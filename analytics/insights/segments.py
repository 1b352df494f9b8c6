"""What to do: for which users another type of recommendation has worked better."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Avg, Count, F, Sum

from analytics.formatting import minutes, number, points, share
from analytics.insights.findings import MIN_N, Finding, Interval, too_few
from analytics.insights.registry import FindingData, finding, n_words
from analytics.insights.statistics import Difference, Sample, corrected_words, difference
from analytics.metrics.engagement import chat_sessions
from analytics.metrics.recommendations import recommendations


@dataclass(frozen=True)
class Division:
    """A way to divide users: by an average of their sessions, into thirds."""

    name: str
    low: str
    middle: str
    high: str
    size: Callable[[float], str]


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
    size: Callable[[float], str]
    gap: Callable[[float], str]


OUTCOMES = (
    Outcome("click_through_rate", "click-through", share, points),
    Outcome("feedback_score", "feedback", lambda v: number(v, 2), lambda v: number(v, 2)),
)


@dataclass(frozen=True)
class Sums:
    """Count, sum and sum of squares: what samples of users are put together from."""

    n: int = 0
    amount: float = 0.0
    squares: float = 0.0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.n + other.n, self.amount + other.amount, self.squares + other.squares)

    @property
    def sample(self) -> Sample:
        """Return n, mean and standard deviation; only of 2 and more."""
        mean = self.amount / self.n
        spread = max(0.0, self.squares - self.n * mean**2)
        # What rounding leaves of equal values is no spread.
        if spread < 1e-12 * max(self.squares, 1e-300):
            spread = 0.0
        return Sample(self.n, mean, (spread / (self.n - 1)) ** 0.5)


# By user, then by type.
UserSums = Mapping[str, Mapping[str, Sums]]


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


def user_sums(data: FindingData, outcome: Outcome) -> UserSums:
    """The sums of an outcome by user and type, of recommendations that name a user."""
    value = F(outcome.column)
    rows = (
        recommendations(data.scope)
        .exclude(user_id="")
        .filter(**{f"{outcome.column}__isnull": False})
        .values("user_id", "recommendation_type")
        .annotate(n=Count("pk"), amount=Sum(value), squares=Sum(value * value))
        .order_by("user_id", "recommendation_type")
    )
    found: dict[str, dict[str, Sums]] = defaultdict(dict)
    for row in rows.iterator():
        sums = Sums(row["n"], row["amount"], row["squares"])
        found[row["user_id"]][row["recommendation_type"]] = sums
    return found


def segments(figures: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, list[str]]]:
    """Yield the segments in words, each with its users; a division of equal users has none."""
    for name, values in figures.items():
        if len(set(values.values())) < 2:
            continue
        division = DIVISIONS[name]
        low, high = statistics.quantiles(values.values(), n=3, method="inclusive")
        words = {"low": division.size(low), "high": division.size(high)}
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
    """Another type against the commonest one in a segment, by one outcome."""

    segment: str
    outcome: Outcome
    other: str
    usual: str
    a: Sample
    b: Sample

    def compared(self, comparisons: int) -> Difference:
        """The comparison, corrected for all that are made."""
        return difference(self.a, self.b, compared=comparisons)


def contests(data: FindingData) -> Iterator[Contest]:
    """Yield every comparison for which both types have 10 recommendations in the segment."""
    divided = list(segments(user_figures(data)))
    for outcome in OUTCOMES:
        sums = user_sums(data, outcome)
        for segment, users in divided:
            by_type: dict[str, Sums] = defaultdict(Sums)
            for user in users:
                for name, found in sums.get(user, {}).items():
                    by_type[name] += found
            enough = sorted(name for name in by_type if by_type[name].n >= MIN_N)
            if len(enough) < 2:
                continue
            usual = max(enough, key=lambda name: (by_type[name].n, name))
            for other in enough:
                if other != usual:
                    yield Contest(
                        segment,
                        outcome,
                        other,
                        usual,
                        by_type[other].sample,
                        by_type[usual].sample,
                    )


def contest_words(contest: Contest, found: Difference) -> str:
    """Return one comparison in words."""
    outcome = contest.outcome
    return (
        f"{contest.segment}: {outcome.words} {outcome.size(found.a.mean)} for {contest.other}"
        f" against {outcome.size(found.b.mean)} for {contest.usual}, {outcome.gap(found.value)}"
        f" more (95 % {outcome.gap(found.low)} to {outcome.gap(found.high)}),"
        f" n = {found.a.n:,} and {found.b.n:,}"
    )


@finding(title="Another type for some users", metric="recommendation-effectiveness", kind="action")
def another_type_for_segment(data: FindingData) -> Finding:
    """The users for whom another type of recommendation has worked better, and by how much.

    Users are divided into thirds by the average rating they gave, by the average length of their
    sessions, and by how many sessions they had; ``user_id`` joins them with the recommendations
    made to them. In each segment every other type is compared with the one recommended most
    there, by click-through and by feedback: Welch's test among types with 10 recommendations or
    more, corrected (Bonferroni) for all comparisons. Who got what was not drawn by lot, so try
    it out before changing it for everybody.
    """
    made = list(contests(data))
    if not made:
        n = data.row("click-through-rate")["recommendations"]
        assert isinstance(n, int)
        return too_few(
            n,
            "recommendations",
            what="on segments of users",
            needs="a segment with 10 recommendations of each of two types is needed",
        )
    results = [(contest, contest.compared(len(made))) for contest in made]
    better = [pair for pair in results if pair[1].clear and pair[1].value > 0]
    better.sort(key=lambda pair: pair[1].p)
    contest, best = better[0] if better else min(results, key=lambda pair: pair[1].p)
    outcome = contest.outcome
    n = best.a.n + best.b.n
    if better:
        sentence = (
            f"For {contest.segment}, {contest.other} has worked better than {contest.usual}:"
            f" {outcome.words} {outcome.size(best.a.mean)} against {outcome.size(best.b.mean)},"
            f" {outcome.gap(best.value)} more."
        )
    else:
        sentence = "In no segment of users has another type clearly worked better."
    return Finding(
        level="watch" if better else "good",
        sentence=sentence,
        n=n,
        counted="recommendations",
        evidence=(
            f"{outcome.words} of {contest.other} minus {contest.usual} {outcome.gap(best.value)}"
            f" (95 % {outcome.gap(best.low)} to {outcome.gap(best.high)}"
            f"{corrected_words(len(made))}) for {contest.segment}, {n_words(n, 'recommendation')}"
        ),
        interval=Interval(best.low, best.high, of=f"{contest.other} minus {contest.usual}"),
        numbers={
            "segment": contest.segment,
            "type": contest.other,
            "instead_of": contest.usual,
            "difference": best.value,
            "p": best.p,
        },
        details=tuple(contest_words(*pair) for pair in better),
        action=(
            f"Try {contest.other} instead of {contest.usual} with some of these users, drawn"
            " by lot, and compare."
            if better
            else ""
        ),
    )
