"""The ordinary spread between people, and where one more person of the team would lie.

The variance between people is the moment estimate of R. C. Paule and J. Mandel 1982 (R.
DerSimonian and R. Kacker 2007), by Newton's method; the prediction interval follows J. P. T.
Higgins, S. G. Thompson and D. J. Spiegelhalter 2009, with degrees of freedom by Satterthwaite,
since with unequal work the spread is known from few people.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from scipy import special

from analytics.comparison.work import Flags, Floats

MAX_STEPS = 60
#: Among more people one more or less makes no difference to the spread: it is estimated once.
MAX_LEFT_OUT = 200


@dataclass(frozen=True)
class Prediction:
    """Where each person would lie, on the measure's scale: an array a field, a value a person.

    ``middle``: the mean of the others; ``spread``: the standard deviation of one more person
    with this person's amount of work; ``freedom``: its degrees of freedom; ``between``: the
    variance between people; ``others``: how many they are.
    """

    middle: Floats
    spread: Floats
    freedom: Floats
    between: Floats
    others: Floats

    @classmethod
    def joined(cls, some: Sequence[Self]) -> Self:
        """Those of some people, and then of others."""
        names = (field.name for field in fields(cls))
        return cls(*(np.concatenate([getattr(each, name) for each in some]) for name in names))


def between_people(y: Floats, chance: Floats, others: Flags, min_variance: float) -> Floats:
    """The variance between people, for each row's own others; ``min_variance`` or more.

    ``y``: rows x people; ``chance``: each person's variance by chance; ``others``: who counts in
    a row. Solves Q(t) = k - 1, where Q is the sum of the weighted squared deviations.
    """
    variance = np.full(len(y), min_variance)
    freedom = np.maximum(others.sum(axis=1) - 1, 1)
    values = np.where(others, y, 0.0)
    for _ in range(MAX_STEPS):
        weight = others / (chance + variance[:, None])
        middle = (weight * values).sum(axis=1) / weight.sum(axis=1)
        squares = weight * (values - middle[:, None]) ** 2
        excess = squares.sum(axis=1) - freedom
        slope = (weight * squares).sum(axis=1)
        step = np.where((excess > 0) & (slope > 0), excess / np.maximum(slope, 1e-300), 0.0)
        variance += step
        if (step <= 1e-9 * variance).all():
            break
    return variance


def predict(
    y: Floats,
    chance: Floats,
    others: Flags,
    *,
    min_variance: float,
    unit_chance: float = 0.0,
    leverage: Floats | None = None,
    expected_variance: Floats | None = None,
    rows: slice = slice(None),
    between: Floats | None = None,
) -> Prediction:
    """Where each person of ``rows`` would lie, given the others.

    ``between``: the variance between people, where one is to hold for all of them.
    ``leverage``: rows x people, how much a person's own level moves the expected value of the row's
    person; ``expected_variance``: the sum over queues of share² / the others' trials there, times
    ``unit_chance`` the variance by chance of the expected value.
    """
    if between is None:
        between = between_people(y, chance, others, min_variance)
    else:
        between = np.repeat(between, len(y))
    weight = others / (chance + between[:, None])
    total = weight.sum(axis=1)
    middle = (weight * np.where(others, y, 0.0)).sum(axis=1) / total
    many = others.sum(axis=1)
    own, of_middle = chance[rows] + between, 1 / total
    freedom = own**2 * (weight**2).sum(axis=1) * (many - 1) / np.maximum(many, 1)
    freedom = np.minimum(np.maximum(freedom, 1.0), np.maximum(many - 1, 1))
    if leverage is not None and expected_variance is not None:
        leverages = (np.where(others, leverage, 0.0) ** 2).sum(axis=1)
        of_middle = np.maximum(of_middle, unit_chance * expected_variance + between * leverages)
        # A specialist is compared with few: their spread is known from as few.
        compared = np.maximum(1 / np.maximum(leverages, 1 / np.maximum(many, 2)) - 1, 1.0)
        both = (own + of_middle) ** 2 / (own**2 / freedom + of_middle**2 / compared)
        freedom = np.minimum(freedom, both)
    return Prediction(middle, np.sqrt(own + of_middle), freedom, between, many.astype(float))


def tail(t: Floats, freedom: Floats) -> Floats:
    """The probability of a value of Student's t above ``t``."""
    probability: Floats = special.stdtr(freedom, -t)
    return probability


def critical(probability: float, freedom: Floats) -> Floats:
    """The value of Student's t that is exceeded with ``probability``."""
    t: Floats = -np.asarray(special.stdtrit(freedom, probability), np.float64)
    return t
