"""Verdicts: who lies outside the limits of their own, with one error rate over a whole look.

The farthest is taken out of the team and everybody is judged again, up to a quarter of the
people; everybody up to the last who was significant stays out (generalised ESD, B. Rosner,
"Percentage points for a generalized ESD many-outlier procedure", Technometrics 25, 1983), since
two who differ alike hide each other. Then all are judged by the team without them, and named is
only who lies outside limits of that team.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from scipy import special

from analytics.comparison.means import POWER
from analytics.comparison.spread import Prediction, critical, predict, tail
from analytics.comparison.work import Flags, Floats, Whole

Side = Literal["both", "low", "high"]

#: Fewer people with data of a kind are not judged.
MIN_PEOPLE = 5
#: At most this part of the people is taken out of the team.
MAX_OUT = 0.25
#: Of so many people one is taken out at a time, of twice as many two, and so on.
PEOPLE_A_ROUND = 50
#: The one-sided probability at which somebody counts as faster than expected.
FASTER = 0.05


@dataclass(frozen=True)
class Budget:
    """The probability that a look names anybody by a measure, when nobody differs."""

    few: float
    many: float
    side: Side

    def of(self, people: int) -> float:
        """The probability for a look at so many people."""
        return self.few if people < MANY_PEOPLE else self.many


#: From so many people on a budget's ``many`` counts.
MANY_PEOPLE = 16
#: Divided among the measures so that together they name somebody in at most 6 of 100 looks at
#: people who do not differ: found by simulation (tests/comparison/test_worlds.py).
BUDGETS = {
    "reject_rate": Budget(0.024, 0.012, "both"),
    "handle_seconds": Budget(0.006, 0.005, "high"),
    "completion_rate": Budget(0.004, 0.002, "low"),
    "average_satisfaction": Budget(0.010, 0.012, "low"),
    "average_response_minutes": Budget(0.006, 0.006, "high"),
}


@dataclass(frozen=True)
class Scale:
    """Where differences are measured, and the way back to the measure."""

    to: Callable[[Floats], Floats]
    back: Callable[[Floats], Floats]


def _arcsine(value: Floats) -> Floats:
    found: Floats = np.arcsin(np.sqrt(np.clip(value, 0.0, 1.0)))
    return found


def _share(value: Floats) -> Floats:
    found: Floats = np.sin(np.clip(value, 0.0, np.pi / 2)) ** 2
    return found


#: Shares, on the scale on which their variance is 1 / 4n (F. J. Anscombe 1948); times; means.
ARCSINE = Scale(_arcsine, _share)
LOGARITHM = Scale(lambda value: np.log(np.maximum(value, 1e-12)), np.exp)
PLAIN = Scale(lambda value: value, lambda value: value)


@dataclass(frozen=True)
class Comparison:
    """What a measure compares people by, given who is in the team.

    ``expected``: rows x people on the measure's scale, each row without its own person; the rest
    as ``spread.predict`` takes it.
    """

    expected: Floats
    chance: Floats
    least: float
    unit_chance: float = 0.0
    lever: Floats | None = None
    own_share: Floats | None = None


@dataclass(frozen=True)
class Verdicts:
    """What is said of each person by one measure, a value a person; NaN where there is none.

    ``expected`` with ``low`` and ``high``: the middle and the limits the person was judged by;
    ``side``: -1 below, 1 above, 0 within; ``judged``: whether there was enough to judge;
    ``below``, ``above``: the one-sided probabilities; ``least``: the value nearest to the
    expected one, on the side that counts, that would have been seen in four of five looks;
    ``shrunken``: the best estimate of the person's own value; ``n``: trials or rows; ``others``:
    how many people each was judged by; ``least_difference``: how far ``least`` is from what is
    expected, in the measure's unit, for the person in the middle: with nobody judged for one
    among ``MIN_PEOPLE`` who work as much, and NaN where no difference could have been seen.
    ``alone``: the share of each person's work in cells in which nobody else worked.
    """

    n: Floats
    sessions: Floats
    value: Floats
    expected: Floats
    low: Floats
    high: Floats
    side: Whole
    judged: Flags
    below: Floats
    above: Floats
    least: Floats
    shrunken: Floats
    others: Floats
    design_effect: float
    between: float
    least_difference: float
    alone: Floats = field(default_factory=lambda: np.zeros(0))

    def only(self, shown: Flags) -> "Verdicts":
        """The same with nothing said of those who are not ``shown``."""

        def hidden(values: Floats) -> Floats:
            return np.where(shown, values, np.nan)

        return replace(
            self,
            judged=self.judged & shown,
            side=np.where(shown, self.side, 0),
            expected=hidden(self.expected),
            low=hidden(self.low),
            high=hidden(self.high),
            below=hidden(self.below),
            above=hidden(self.above),
            least=hidden(self.least),
            shrunken=hidden(self.shrunken),
        )

    @property
    def outside(self) -> Flags:
        """Who lies outside on either side."""
        found: Flags = self.judged & (self.side != 0)
        return found

    def named(self, side: Side) -> Flags:
        """Who lies outside on a side that counts against them."""
        against = {"both": self.side != 0, "low": self.side < 0, "high": self.side > 0}[side]
        found: Flags = self.outside & against
        return found


def judge(
    *,
    n: Floats,
    sessions: Floats,
    value: Floats,
    eligible: Flags,
    compare: Callable[[Flags], Comparison],
    scale: Scale,
    budget: Budget,
    design_effect: float = 1.0,
    shown: Floats | None = None,
    apart: Flags | None = None,
    compare_shown: Callable[[Flags], Comparison] | None = None,
) -> Verdicts:
    """Judge everybody ``eligible``; ``compare`` gives the comparison with a team of the kept.

    ``value``: what is judged; ``shown``: what people see, where that differs (a time with its
    forgotten tabs): outside is only who lies outside with both. ``apart``: who is judged, but
    known from another measure not to belong to the team. ``compare_shown``: the comparison that
    gives what is shown, where that may tell less than what decides who belongs to the team.
    """
    people = len(n)
    y = scale.to(value)
    many = int(eligible.sum())
    if many < MIN_PEOPLE:
        return replace(
            nobody(n, sessions, value if shown is None else shown),
            design_effect=design_effect,
            least_difference=least_difference_of_few(n, value, compare, scale=scale, budget=budget),
        )
    alpha = budget.of(many) / many / (2 if budget.side == "both" else 1)
    team = eligible if apart is None else eligible & ~apart
    if team.sum() < MIN_PEOPLE:
        team = eligible
    team = team & ~found_outside(y, team, compare, alpha=alpha, side=budget.side)
    comparison, prediction = predicted(y, team, compare_shown or compare)
    own = np.arange(people)
    base = comparison.expected[own, own]
    middle = base + prediction.middle
    half = critical(alpha, prediction.freedom) * prediction.spread
    t = (y - middle) / prediction.spread
    low, high = scale.back(middle - half), scale.back(middle + half)
    seen = value if shown is None else shown
    side = np.where(
        (value < low) & (seen < low), -1, np.where((value > high) & (seen > high), 1, 0)
    )
    power = half + critical(1 - POWER, prediction.freedom) * prediction.spread
    towards = -1.0 if budget.side == "low" else 1.0
    trust = prediction.between / (prediction.between + comparison.chance)
    nothing = np.full(people, np.nan)
    expected, least = scale.back(middle), scale.back(middle + towards * power)

    def of_judged(values: Floats) -> Floats:
        return np.where(eligible, values, nothing)

    return Verdicts(
        n=n,
        sessions=sessions,
        value=seen,
        expected=of_judged(expected),
        low=of_judged(low),
        high=of_judged(high),
        side=np.where(eligible, side, 0),
        judged=eligible,
        below=of_judged(tail(-t, prediction.freedom)),
        above=of_judged(tail(t, prediction.freedom)),
        least=of_judged(least),
        shrunken=of_judged(scale.back(middle + trust * (y - middle))),
        others=np.where(eligible, prediction.others, 0.0),
        design_effect=design_effect,
        between=float(np.median(prediction.between[eligible])),
        least_difference=float(np.median(np.abs(least - expected)[eligible])),
    )


def least_difference_of_few(
    n: Floats,
    value: Floats,
    compare: Callable[[Flags], Comparison],
    *,
    scale: Scale,
    budget: Budget,
) -> float:
    """The least difference that would be seen of somebody among ``MIN_PEOPLE`` alike.

    Of people with the median amount of chance of those who are there; NaN where there are none,
    or where even the end of the scale lies within.
    """
    worked = n > 0
    if not worked.any():
        return float("nan")
    comparison = compare(worked)
    chance = float(np.median(np.broadcast_to(comparison.chance, n.shape)[worked]))
    spread = np.sqrt((chance + comparison.least) * (1 + 1 / (MIN_PEOPLE - 1)))
    alpha = budget.of(MIN_PEOPLE) / MIN_PEOPLE / (2 if budget.side == "both" else 1)
    freedom = np.array([MIN_PEOPLE - 2.0])
    away = (critical(alpha, freedom) + critical(1 - POWER, freedom)) * spread
    middle = scale.to(np.array([np.average(value[worked], weights=n[worked])]))
    towards = -1.0 if budget.side == "low" else 1.0
    found = float(scale.back(middle + towards * away)[0])
    beyond = scale is ARCSINE and not 0.0 < found < 1.0
    return float("nan") if beyond else abs(found - float(scale.back(middle)[0]))


def predicted(
    y: Floats, team: Flags, compare: Callable[[Flags], Comparison]
) -> tuple[Comparison, Prediction]:
    """The comparison with a team, and where each person would lie on top of what is expected."""
    comparison = compare(team)
    others = team[None, :] & ~np.eye(len(y), dtype=bool)
    prediction = predict(
        y[None, :] - comparison.expected,
        comparison.chance,
        others,
        least=comparison.least,
        unit_chance=comparison.unit_chance,
        lever=comparison.lever,
        own_share=comparison.own_share,
    )
    return comparison, prediction


def found_outside(
    y: Floats,
    eligible: Flags,
    compare: Callable[[Flags], Comparison],
    *,
    alpha: float,
    side: Side,
) -> Flags:
    """Who does not belong to the team, by generalised ESD."""
    many = int(eligible.sum())
    rounds = min(int(many * MAX_OUT), many - MIN_PEOPLE + 1)
    least_t = -special.ndtri(alpha)
    own = np.arange(len(y))
    team = eligible.copy()
    taken: list[int] = []
    significant = 0
    at_once = max(1, many // PEOPLE_A_ROUND)
    for _ in range(-(-rounds // at_once)):
        comparison, prediction = predicted(y, team, compare)
        away = y - comparison.expected[own, own] - prediction.middle
        away = np.abs(away) if side == "both" else (away if side == "high" else -away)
        # Nobody nearer than this would be outside with any team.
        if not (team & (away > least_t * np.sqrt(comparison.chance + comparison.least))).any():
            break
        probability = np.where(team, tail(away / prediction.spread, prediction.freedom), 2.0)
        farthest = np.argsort(probability, kind="stable")[: min(at_once, rounds - len(taken))]
        below = int((probability[farthest] < alpha).sum())
        if below:
            significant = len(taken) + below
        taken.extend(farthest.tolist())
        team[farthest] = False
    out = np.zeros(len(y), bool)
    out[taken[:significant]] = True
    return out


def nobody(n: Floats, sessions: Floats, value: Floats) -> Verdicts:
    """The verdicts of too few people: values, and nothing said of them."""
    nothing = np.full(len(n), np.nan)
    return Verdicts(
        n, sessions, value, nothing, nothing, nothing, np.zeros(len(n), np.int64),
        np.zeros(len(n), bool), nothing, nothing, nothing, nothing, np.zeros(len(n)), 1.0,
        float("nan"), float("nan"),
    )  # fmt: skip
