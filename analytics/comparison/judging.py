"""Verdicts: who lies outside the limits of their own, with one error rate over a whole look.

The farthest is taken out of the team and everybody is judged again, up to a quarter of the
people; everybody up to the last who was significant stays out (generalised ESD, B. Rosner,
"Percentage points for a generalized ESD many-outlier procedure", Technometrics 25, 1983), since
two who differ alike hide each other. Then all are judged by the team without them, and named is
only who lies outside limits of that team.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

import numpy as np
from scipy import special

from analytics.comparison.assumed_spread import predict_assuming
from analytics.comparison.means import POWER
from analytics.comparison.spread import (
    MAX_LEFT_OUT,
    Prediction,
    between_people,
    critical,
    predict,
    tail,
)
from analytics.comparison.work import Flags, Floats, Whole

Side = Literal["both", "low", "high"]

#: Fewer people with data of a kind are not judged.
MIN_PEOPLE = 5
#: At most this part of the people is taken out of the team.
MAX_OUT = 0.25
#: Of so many people one is taken out at a time, of twice as many two, and so on.
PEOPLE_PER_ROUND = 50
#: The one-sided probability at which somebody counts as faster than expected.
FASTER = 0.05
#: The one-sided probability at which somebody may complete more than expected. Far from proof: who
#: is slow is not to be blamed for care that a week of sessions is too short to prove.
MAY_COMPLETE_MORE = 1 / 3


@dataclass(frozen=True)
class Budget:
    """The probability that a look names anybody by a measure, when nobody differs."""

    few: float
    many: float
    side: Side

    def of(self, people: int) -> float:
        """The probability for a look at so many people."""
        return self.few if people < MANY_PEOPLE else self.many

    def one_sided(self, people: int) -> float:
        """The probability beyond one limit of one of so many people."""
        return self.of(people) / people / (2 if self.side == "both" else 1)

    @property
    def direction(self) -> float:
        """Where the limit lies that counts: -1 below what is expected, 1 above."""
        return -1.0 if self.side == "low" else 1.0


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
    "accuracy": Budget(0.006, 0.005, "low"),
}


@dataclass(frozen=True)
class Scale:
    """Where differences are measured, and the way back to the measure."""

    to: Callable[[Floats], Floats]
    back: Callable[[Floats], Floats]


def _arcsine(value: Floats) -> Floats:
    angle: Floats = np.arcsin(np.sqrt(np.clip(value, 0.0, 1.0)))
    return angle


def _share(angle: Floats) -> Floats:
    share: Floats = np.sin(np.clip(angle, 0.0, np.pi / 2)) ** 2
    return share


#: Shares, on the scale on which their variance is 1 / 4n (F. J. Anscombe 1948); times; means.
ARCSINE = Scale(_arcsine, _share)
LOGARITHM = Scale(lambda value: np.log(np.maximum(value, 1e-12)), np.exp)
PLAIN = Scale(lambda value: value, lambda value: value)


@dataclass(frozen=True)
class Measured:
    """What people did in one measure: an array a field, a value a person.

    ``n``: trials or rows; ``value``: what is judged; ``displayed``: what people see, which differs
    for a time with its forgotten tabs.
    """

    n: Floats
    sessions: Floats
    value: Floats
    displayed: Floats


@dataclass(frozen=True)
class Comparison:
    """What a measure compares some people (``rows``) by, given who is in the team.

    On the measure's scale: ``own``, what is expected of each of them; ``expected``, rows x people,
    each row without its own person, made when it is asked for, since it is large, like
    ``leverage``. The rest is as ``spread.predict`` takes it. ``assumed_sd``: see
    ``predict_assuming``; None where nothing is known beforehand of how much people differ.
    """

    own: Floats
    expected: Callable[[], Floats]
    chance: Floats
    min_variance: float
    unit_chance: float = 0.0
    leverage: Callable[[], Floats] | None = None
    expected_variance: Floats | None = None
    assumed_sd: float | None = None
    rows: slice = field(default_factory=lambda: slice(None))


#: Gives the comparison with the flagged team, some people at a time, in order.
Compare = Callable[[Flags], Iterator[Comparison]]


@dataclass(frozen=True)
class Placed:
    """Where each person would lie, and what of a comparison is the same for all of them.

    ``expected``: of each person; ``prediction`` is on top of it.
    """

    expected: Floats
    chance: Floats
    min_variance: float
    prediction: Prediction


@dataclass(frozen=True)
class Verdicts:
    """The verdict on each person by one measure, a value a person; NaN where there is none.

    ``expected`` with ``low`` and ``high``: the middle and the limits the person was judged by;
    ``side``: -1 below, 1 above, 0 within; ``judged``: whether there was enough to judge;
    ``below``, ``above``: the one-sided probabilities; ``detectable``: the value nearest to the
    expected one, on the side that counts, that four of five looks would have shown;
    ``shrunken``: the best estimate of the person's own value; ``n``: trials or rows; ``others``:
    how many people each was judged by; ``detectable_difference``: how far ``detectable``
    is from what is expected, in the measure's unit, for the median person: with nobody judged for
    one among ``MIN_PEOPLE`` who work as much, and NaN where no difference could have been seen.
    ``share_alone``: the share of each person's work in cells in which nobody else worked.
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
    detectable: Floats
    shrunken: Floats
    others: Floats
    design_effect: float
    between: float
    detectable_difference: float
    share_alone: Floats = field(default_factory=lambda: np.zeros(0))

    def only(self, people: Flags) -> "Verdicts":
        """The same without the verdicts on anybody but the flagged people."""

        def hidden(values: Floats) -> Floats:
            return np.where(people, values, np.nan)

        return replace(
            self,
            judged=self.judged & people,
            side=np.where(people, self.side, 0),
            expected=hidden(self.expected),
            low=hidden(self.low),
            high=hidden(self.high),
            below=hidden(self.below),
            above=hidden(self.above),
            detectable=hidden(self.detectable),
            shrunken=hidden(self.shrunken),
        )

    @property
    def outside(self) -> Flags:
        """Who lies outside on either side."""
        outside: Flags = self.judged & (self.side != 0)
        return outside

    def named(self, side: Side) -> Flags:
        """Who lies outside on a side that counts against them."""
        against = {"both": self.side != 0, "low": self.side < 0, "high": self.side > 0}[side]
        named: Flags = self.outside & against
        return named


def judge(
    measured: Measured,
    eligible: Flags,
    compare: Compare,
    *,
    scale: Scale,
    budget: Budget,
    design_effect: float = 1.0,
    excluded: Flags | None = None,
    compare_displayed: Compare | None = None,
) -> Verdicts:
    """Judge everybody ``eligible``; ``compare`` gives the comparison with the flagged team.

    ``excluded``: who is judged, but known from another measure not to belong to the team.
    ``compare_displayed``: the comparison that gives what is displayed, where that may show less
    than what decides who belongs to the team.
    """
    people = int(eligible.sum())
    if people < MIN_PEOPLE:
        return replace(
            verdicts_of_nobody(measured),
            design_effect=design_effect,
            detectable_difference=detectable_difference_of_few(measured, compare, scale, budget),
        )
    y = scale.to(measured.value)
    alpha = budget.one_sided(people)
    team = eligible if excluded is None else eligible & ~excluded
    if team.sum() < MIN_PEOPLE:
        team = eligible
    team = team & ~find_outliers(y, team, compare, alpha=alpha)
    placed = place_each(y, team, compare_displayed or compare)
    verdicts = verdicts_by_limits(measured, placed, alpha, scale, budget)
    difference = np.abs(verdicts.detectable - verdicts.expected)[eligible]
    return replace(
        verdicts.only(eligible),
        others=np.where(eligible, placed.prediction.others, 0.0),
        design_effect=design_effect,
        between=float(np.median(placed.prediction.between[eligible])),
        detectable_difference=float(np.median(difference)),
    )


def verdicts_by_limits(
    measured: Measured, placed: Placed, alpha: float, scale: Scale, budget: Budget
) -> Verdicts:
    """Everybody's verdict, where ``alpha`` is the probability beyond each of the two limits."""
    prediction = placed.prediction
    freedom, spread = prediction.freedom, prediction.spread
    y = scale.to(measured.value)
    middle = placed.expected + prediction.middle
    half = critical(alpha, freedom) * spread
    low, high = scale.back(middle - half), scale.back(middle + half)
    t = (y - middle) / spread
    power = half + critical(1 - POWER, freedom) * spread
    trust = prediction.between / (prediction.between + placed.chance)
    return replace(
        verdicts_of_nobody(measured),
        judged=np.ones(len(y), bool),
        expected=scale.back(middle),
        low=low,
        high=high,
        side=side_of_limits(measured, low, high),
        below=tail(-t, freedom),
        above=tail(t, freedom),
        detectable=scale.back(middle + budget.direction * power),
        shrunken=scale.back(middle + trust * (y - middle)),
    )


def side_of_limits(measured: Measured, low: Floats, high: Floats) -> Whole:
    """-1 below, 1 above, 0 within: outside is only what lies outside as judged and as displayed."""
    value, displayed = measured.value, measured.displayed
    is_above = (value > high) & (displayed > high)
    return np.where((value < low) & (displayed < low), -1, np.where(is_above, 1, 0))


def detectable_difference_of_few(
    measured: Measured, compare: Compare, scale: Scale, budget: Budget
) -> float:
    """The least difference that would be seen of somebody among ``MIN_PEOPLE`` alike.

    Of people with the median amount of chance of those who are there; NaN where there are none,
    or where even the end of the scale lies within.
    """
    worked = measured.n > 0
    if not worked.any():
        return float("nan")
    comparison = next(compare(worked))
    chance = float(np.median(np.broadcast_to(comparison.chance, worked.shape)[worked]))
    spread = np.sqrt((chance + comparison.min_variance) * (1 + 1 / (MIN_PEOPLE - 1)))
    alpha = budget.one_sided(MIN_PEOPLE)
    freedom = np.array([MIN_PEOPLE - 2.0])
    away = (critical(alpha, freedom) + critical(1 - POWER, freedom)) * spread
    average = np.average(measured.value[worked], weights=measured.n[worked])
    middle = scale.to(np.array([average]))
    nearest = float(scale.back(middle + budget.direction * away)[0])
    is_beyond_scale = scale is ARCSINE and not 0.0 < nearest < 1.0
    return float("nan") if is_beyond_scale else abs(nearest - float(scale.back(middle)[0]))


def place_each(y: Floats, team: Flags, compare: Compare) -> Placed:
    """Where each person would lie on top of what is expected, as compared with a team."""
    between = None
    if len(y) > MAX_LEFT_OUT:
        first = next(compare(team))
        away = y - np.concatenate([comparison.own for comparison in compare(team)])
        between = between_people(away[None, :], first.chance, team[None, :], first.min_variance)
    expected, predictions = [], []
    for comparison in compare(team):
        expected.append(comparison.own)
        predictions.append(predict_some(y, team, comparison, between))
    return Placed(
        np.concatenate(expected),
        comparison.chance,
        comparison.min_variance,
        Prediction.joined(predictions),
    )


def predict_some(
    y: Floats, team: Flags, comparison: Comparison, between: Floats | None
) -> Prediction:
    """Where the people of a comparison would lie on top of what is expected of them."""
    places = np.arange(len(y))
    others = team[None, :] & (places[comparison.rows, None] != places)
    # Of many people their own spread tells enough, and tells it faster.
    if comparison.assumed_sd is None or between is not None:
        predict_one_more = partial(predict, between=between)
    else:
        predict_one_more = partial(predict_assuming, assumed_sd=comparison.assumed_sd)
    return predict_one_more(
        y[None, :] - comparison.expected(),
        comparison.chance,
        others,
        min_variance=comparison.min_variance,
        unit_chance=comparison.unit_chance,
        leverage=comparison.leverage and comparison.leverage(),
        expected_variance=comparison.expected_variance,
        rows=comparison.rows,
    )


def find_outliers(
    y: Floats,
    eligible: Flags,
    compare: Compare,
    *,
    alpha: float,
) -> Flags:
    """Who does not belong to the team, by generalised ESD.

    On either side, whichever counts against somebody: one who completes far more than the others
    would else hide one who completes far less.
    """
    people = int(eligible.sum())
    rounds = min(int(people * MAX_OUT), people - MIN_PEOPLE + 1)
    least_t = -special.ndtri(alpha)
    team = eligible.copy()
    taken: list[int] = []
    significant = 0
    at_once = max(1, people // PEOPLE_PER_ROUND)
    for _ in range(-(-rounds // at_once)):
        placed = place_each(y, team, compare)
        prediction = placed.prediction
        away = np.abs(y - placed.expected - prediction.middle)
        # Nobody nearer than this would be outside with any team.
        if not (team & (away > least_t * np.sqrt(placed.chance + placed.min_variance))).any():
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


def verdicts_of_nobody(measured: Measured) -> Verdicts:
    """Everybody's values, with no verdict on any of them."""
    people = len(measured.n)
    unknown = np.full(people, np.nan)
    return Verdicts(
        n=measured.n,
        sessions=measured.sessions,
        value=measured.displayed,
        expected=unknown,
        low=unknown,
        high=unknown,
        side=np.zeros(people, np.int64),
        judged=np.zeros(people, bool),
        below=unknown,
        above=unknown,
        detectable=unknown,
        shrunken=unknown,
        others=np.zeros(people),
        design_effect=1.0,
        between=float("nan"),
        detectable_difference=float("nan"),
    )
