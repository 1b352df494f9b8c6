"""Shares of views: reject rate (rejected of decided) and completion rate (completed of views)."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from analytics.comparison.expected import (
    QUEUE_TRIALS,
    Team,
    divided,
    expected_by_others,
    share_by_week_alone,
    share_without_others,
)
from analytics.comparison.judging import (
    ARCSINE,
    LOGARITHM,
    Budget,
    Comparison,
    Measured,
    Scale,
    Verdicts,
    judge,
)
from analytics.comparison.work import Cells, Flags, Floats, Work, sums_by

#: Nobody is judged by fewer.
MIN_TRIALS, MIN_SESSIONS = 30, 3
#: Nor by work of which a greater part nobody else did: in the same queues and weeks.
MAX_ALONE = 0.5
#: The least standard deviation between people that is assumed, in the logit.
MIN_LOGIT_SD = 0.1
#: The one between queues that is assumed where a queue's own rate is unknown, in the logit.
QUEUE_LOGIT_SD = 0.5


def compare_rate(work: Work, budget: Budget, *, min_others: int = 1) -> Verdicts:
    """Judge a share of everybody's work.

    ``min_others``: what is displayed of a person rests on queues and weeks in which so many
    others worked, and on so many others in all; no verdict where that is not half of the work.
    """
    cells = work.cells
    n, hits = cells.n.sum(axis=1), cells.hits.sum(axis=1)
    effect = design_effect(work)
    rates = divided(hits, n, otherwise=np.nan)
    rate = float(hits.sum() / n.sum()) if n.sum() > 0 else 0.0
    spread = np.sqrt(rate * (1 - rate)) / 2
    return judge_by_queue(
        Measured(n, work.sessions, value=np.nan_to_num(rates), displayed=rates),
        cells,
        n,
        Variances(
            of_trial=effect / 4,
            min_between_people=max((MIN_LOGIT_SD * spread) ** 2, 1e-9),
            between_queues=(QUEUE_LOGIT_SD * spread) ** 2,
        ),
        scale=ARCSINE,
        budget=budget,
        design_effect=effect,
        min_others=min_others,
    )


@dataclass(frozen=True)
class Variances:
    """How a measure varies, on its scale: of one trial by chance, between people, between queues.

    Between people the least that is assumed; between queues where a queue's own level is unknown.
    """

    of_trial: float
    min_between_people: float
    between_queues: float


def judge_by_queue(
    measured: Measured,
    cells: Cells,
    trials: Floats,
    variances: Variances,
    *,
    scale: Scale,
    budget: Budget,
    design_effect: float,
    excluded: Flags | None = None,
    min_others: int = 1,
) -> Verdicts:
    """Judge everybody by what the others did in the same queues and weeks.

    ``trials``: those in ``cells``, which leave out forgotten tabs; ``excluded``: see ``judge``;
    ``min_others``: see ``compare_rate``.
    """
    alone = share_without_others(cells)
    eligible = (trials >= MIN_TRIALS) & (measured.sessions >= MIN_SESSIONS)
    # Of no time there is no logarithm.
    eligible &= (measured.value > 0) | (scale is not LOGARITHM)
    eligible &= alone <= MAX_ALONE
    chance = variances.of_trial / np.maximum(trials, 1)
    compare = partial(
        compare_by_queue, cells, eligible, scale=scale, chance=chance, variances=variances
    )
    verdicts = judge(
        measured,
        eligible,
        compare,
        compare_displayed=partial(compare, min_others=min_others),
        scale=scale,
        budget=budget,
        design_effect=design_effect,
        excluded=excluded,
    )
    return only_with_others(replace(verdicts, share_alone=alone), cells, min_others)


def compare_by_queue(
    cells: Cells,
    eligible: Flags,
    team: Flags,
    *,
    scale: Scale,
    chance: Floats,
    variances: Variances,
    min_others: int = 1,
) -> Comparison:
    """Compare with what the team without each person did in the same queues and weeks.

    Who isn't ``eligible`` can't be judged, but belongs to the team all the same.
    """
    expected, whole_team, displayed = expected_by_others(
        cells, team | ~eligible, min_others=min_others
    )
    return Comparison(
        expected=scale.to(expected),
        chance=chance,
        min_variance=variances.min_between_people,
        unit_chance=variances.of_trial,
        leverage=leverage(cells, whole_team),
        expected_variance=expected_variance(cells, displayed, variances),
    )


def only_with_others(verdicts: Verdicts, cells: Cells, min_others: int) -> Verdicts:
    """The verdicts that rest on ``min_others`` people, in all and for half of the work."""
    if min_others <= 1:
        return verdicts
    by_week = share_by_week_alone(cells, min_others)
    return verdicts.only((verdicts.others >= min_others) & (by_week <= MAX_ALONE))


def design_effect(work: Work) -> float:
    """How much more the rates of sessions vary than independent views would: 1 or more.

    The variance of each person's hits about their own level, from the squares over sessions,
    over the binomial variance; one effect over everybody.
    """
    cells = work.cells
    cell_n, cell_hits = cells.n.sum(axis=0), cells.hits.sum(axis=0)
    overall = cell_hits.sum() / max(cell_n.sum(), 1.0)
    queue_n, queue_hits = cell_n @ cells.by_queue, cell_hits @ cells.by_queue
    rate = ((queue_hits + QUEUE_TRIALS * overall) / (queue_n + QUEUE_TRIALS))[cells.queue]
    expected = (cells.n * rate).sum(axis=1)
    level = divided(cells.hits.sum(axis=1), expected)
    sums, mixed = work.sums, work.mixed
    own = np.clip(level[sums.person] * rate[cells.cell_of_sum], 0.0, 1.0)
    squares = sums.hh - 2 * own * sums.hn + own**2 * sums.nn
    binomial = own * (1 - own) * sums.n
    part_own = np.clip(level[mixed.person[mixed.part_session]] * rate[cells.cell_of_part], 0.0, 1.0)
    many = len(mixed.n)
    away = mixed.hits - sums_by(mixed.part_session, part_own * mixed.part_n, many)
    by_session = sums_by(mixed.part_session, part_own * (1 - part_own) * mixed.part_n, many)

    def by_person(of_sums: Floats, of_sessions: Floats) -> Floats:
        total = sums_by(sums.person, of_sums, work.people)
        return total + sums_by(mixed.person, of_sessions, work.people)

    sessions = work.sessions
    has_several = sessions >= 2
    correction = divided(sessions, sessions - 1)
    observed = (correction * by_person(squares, away**2))[has_several].sum()
    assumed = by_person(binomial, by_session)[has_several].sum()
    return max(1.0, float(observed / assumed)) if assumed > 0 else 1.0


def shares(cells: Cells) -> Floats:
    """The share of each person's work in each queue."""
    return divided(cells.queue_n, cells.n.sum(axis=1)[:, None])


def leverage(cells: Cells, team: Team) -> Floats:
    """How much each person's level moves the expected value of a row's person."""
    return divided(shares(cells), team.queue_n) @ cells.queue_n.T


def expected_variance(cells: Cells, team: Team, variances: Variances) -> Floats:
    """The variance of each person's expected value, in units of that of one trial.

    share² / the others' trials, by queue; where they have few, the queue's own level is unknown.
    """
    share = shares(cells) ** 2
    between = variances.between_queues / variances.of_trial
    unknown = (QUEUE_TRIALS / (team.queue_n + QUEUE_TRIALS)) ** 2 * between
    by_chance = 1 / (team.queue_n + QUEUE_TRIALS)
    variance: Floats = (share * (by_chance + unknown)).sum(axis=1)
    return variance
