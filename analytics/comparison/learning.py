"""Newcomers who learn: is somebody faster now than when they began, by more than paces drift?

A time for a decision is compared with what its queue and week explain. How much that changed from a
newcomer's first weeks to the last ones is compared with how much it changed, between the same
weeks, for those who were there before: their changes are what drift and chance do (prediction
interval: J. P. T. Higgins, S. G. Thompson and D. J. Spiegelhalter 2009).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.comparison.judging import MIN_PEOPLE
from analytics.comparison.rates import MIN_SESSIONS, MIN_TRIALS
from analytics.comparison.spread import predict, tail
from analytics.comparison.times import (
    MIN_LOG_SD,
    NORMAL_MAD,
    CleanSessions,
    TimedSessions,
    weighted_median_by_person,
)
from analytics.comparison.work import Flags, Floats, Whole, sums_by

#: Weeks of data before somebody's first, so that they are new; and those that are compared.
WEEKS_BEFORE, WEEKS_COMPARED = 3, 3
#: The probability that a look names any newcomer, when nobody learns.
LEARNING_BUDGET = 0.003
#: The variance of a median over that of a mean of normal values.
MEDIAN_VARIANCE = np.pi / 2


@dataclass(frozen=True)
class Learner:
    """A newcomer who has become faster: seconds for a decision at first and now.

    ``ratio``: now over at first, in the same queues and weeks; ``n`` counts the decided views of
    both, ``sessions`` their sessions.
    """

    person: int
    first_seconds: float
    last_seconds: float
    ratio: float
    n: int
    sessions: int


@dataclass(frozen=True)
class Stretch:
    """Some weeks of everybody's work, a value a person: ``away`` from expected, in logarithms.

    ``residuals``: of each session about its person's ``away``, times the root of its decisions.
    """

    away: Floats
    n: Floats
    sessions: Floats
    seconds: Floats
    residuals: Floats

    @property
    def is_enough(self) -> Flags:
        """Who has enough work in these weeks."""
        enough: Flags = (self.n >= MIN_TRIALS) & (self.sessions >= MIN_SESSIONS)
        return enough


def stretch_of(timed: TimedSessions, clean: CleanSessions, weeks: Flags) -> Stretch:
    """The work of some sessions; forgotten tabs left out."""
    n = np.where(weeks & ~clean.aside, timed.n, 0.0)
    kept = n > 0
    person, people = timed.person[kept], timed.people
    away = np.log(timed.seconds[kept] / clean.expected[kept])
    middle = weighted_median_by_person(away, n[kept], person, people)
    return Stretch(
        middle,
        sums_by(person, n[kept], people),
        sums_by(person, np.ones(len(person)), people),
        sums_by(person, timed.seconds[kept], people),
        (away - middle[person]) * np.sqrt(n[kept]),
    )


def variance_of_a_decision(stretches: Sequence[Stretch]) -> float:
    """The variance by chance of a decision's time, in the logarithm, robust to far sessions."""
    residuals = np.concatenate([stretch.residuals for stretch in stretches])
    return float((NORMAL_MAD * np.median(np.abs(residuals))) ** 2) if len(residuals) else 0.0


def possible_newcomers(timed: TimedSessions) -> tuple[Whole, Whole]:
    """Everybody's first week, and who began so late that they may be new, and could be compared."""
    first = np.full(timed.people, timed.weeks, np.int64)
    np.minimum.at(first, timed.person, timed.week)
    late = first + 2 * WEEKS_COMPARED <= timed.weeks
    return first, np.flatnonzero((first >= WEEKS_BEFORE) & late).astype(np.int64)


def find_learners(timed: TimedSessions) -> list[Learner]:
    """The newcomers who have become faster; all share one budget."""
    first, new = possible_newcomers(timed)
    if not len(new):
        return []
    clean = timed.clean
    last = stretch_of(timed, clean, timed.week >= timed.weeks - WEEKS_COMPARED)
    learners = []
    for person in new.tolist():
        start = int(first[person])
        weeks = (timed.week >= start) & (timed.week < start + WEEKS_COMPARED)
        began = stretch_of(timed, clean, weeks)
        enough = began.is_enough & last.is_enough
        others = enough & (first < WEEKS_BEFORE)
        if not enough[person] or others.sum() < MIN_PEOPLE - 1:
            continue
        change = np.where(enough, last.away - began.away, 0.0)
        variance = MEDIAN_VARIANCE * variance_of_a_decision((began, last))
        chance = variance * (1 / np.maximum(began.n, 1) + 1 / np.maximum(last.n, 1))
        prediction = predict(
            change[None, :],
            chance,
            others[None, :],
            rows=slice(person, person + 1),
            min_variance=MIN_LOG_SD**2,
        )
        faster = (prediction.middle - change[person]) / prediction.spread
        if tail(faster, prediction.freedom)[0] >= LEARNING_BUDGET / len(new):
            continue
        learners.append(
            Learner(
                person,
                float(began.seconds[person] / began.n[person]),
                float(last.seconds[person] / last.n[person]),
                float(np.exp(change[person] - prediction.middle[0])),
                int(began.n[person] + last.n[person]),
                int(began.sessions[person] + last.sessions[person]),
            )
        )
    return learners
