"""Shares of views: reject rate (rejected of decided) and completion rate (completed of views)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from scipy import special

from analytics.comparison.expected import (
    QUEUE_TRIALS,
    Team,
    divided,
    expected_rates,
    own_expected_rates,
    share_by_week_alone,
    share_without_others,
    teams_in_blocks,
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
from analytics.comparison.work import Cells, Flags, Floats, Whole, Work, sums_by

#: Nobody is judged by fewer.
MIN_TRIALS, MIN_SESSIONS = 30, 3
#: Nor by work of which a greater part nobody else did: in the same queues and weeks.
MAX_ALONE = 0.5
#: The least standard deviation between people that is assumed, in the logit.
MIN_LOGIT_SD = 0.1
#: A person's own design effect is set against the one that is exceeded by chance this often.
OWN_EFFECT_BY_CHANCE = 0.01
#: The one between queues that is assumed where a queue's own rate is unknown, in the logit.
QUEUE_LOGIT_SD = 0.5


def compare_rate(
    work: Work, budget: Budget, *, min_others: int = 1, assumed_logit_sd: float | None = None
) -> Verdicts:
    """Judge a share of everybody's work.

    ``assumed_logit_sd``: how much people are known to differ at most, as ``predict_assuming``
    takes it, in the logit; None where only the people themselves tell.

    ``min_others``: what is displayed of a person rests on queues and weeks in which so many
    others worked, and on so many others in all; no verdict where that is not half of the work.
    """
    cells = work.cells
    n, hits = cells.person_n, cells.person_hits
    effect, own_effects = design_effects(work)
    rates = divided(hits, n, otherwise=np.nan)
    rate = float(hits.sum() / n.sum()) if n.sum() > 0 else 0.0
    spread = np.sqrt(rate * (1 - rate)) / 2
    return judge_by_queue(
        Measured(n, work.sessions, value=np.nan_to_num(rates), displayed=rates),
        cells,
        n,
        Variances(
            of_trial=effect / 4,
            of_own_trial=np.maximum(effect, own_effects) / 4,
            min_between_people=max((MIN_LOGIT_SD * spread) ** 2, 1e-9),
            between_queues=(QUEUE_LOGIT_SD * spread) ** 2,
            assumed_sd=None if assumed_logit_sd is None else assumed_logit_sd * spread,
        ),
        scale=ARCSINE,
        budget=budget,
        design_effect=effect,
        min_others=min_others,
    )


@dataclass(frozen=True)
class Variances:
    """How a measure varies, on its scale: of one trial by chance, between people, between queues.

    ``of_own_trial``: of each person's trials; ``of_trial``: of anybody's. Between people the
    least that is assumed; between queues where a queue's own level is unknown. ``assumed_sd``: see
    ``Comparison``.
    """

    of_trial: float
    of_own_trial: Floats
    min_between_people: float
    between_queues: float
    assumed_sd: float | None = None


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
    chance = variances.of_own_trial / np.maximum(trials, 1)
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
) -> Iterator[Comparison]:
    """Compare with what the team without each person did in the same queues and weeks.

    Who isn't ``eligible`` can't be judged, but belongs to the team all the same.
    """
    teams = teams_in_blocks(cells, team | ~eligible, min_others=min_others)
    for whole_team, displayed in teams:
        yield Comparison(
            own=scale.to(own_expected_rates(cells, displayed)),
            expected=partial(expected_on, scale, cells, whole_team),
            chance=chance,
            min_variance=variances.min_between_people,
            unit_chance=variances.of_trial,
            leverage=partial(leverage, cells, whole_team),
            expected_variance=expected_variance(cells, displayed, variances),
            assumed_sd=variances.assumed_sd,
            rows=whole_team.rows,
        )


def expected_on(scale: Scale, cells: Cells, team: Team) -> Floats:
    """``expected_rates`` on a measure's scale."""
    return scale.to(expected_rates(cells, team.rate))


def only_with_others(verdicts: Verdicts, cells: Cells, min_others: int) -> Verdicts:
    """The verdicts that rest on ``min_others`` people, in all and for half of the work."""
    if min_others <= 1:
        return verdicts
    by_week = share_by_week_alone(cells, min_others)
    return verdicts.only((verdicts.others >= min_others) & (by_week <= MAX_ALONE))


def design_effects(work: Work) -> tuple[float, Floats]:
    """How much more the rates of sessions vary than independent views would: 1 or more.

    The variance of hits by session about their person's level, over the binomial variance: one
    effect over everybody, and each person's own as far as it is beyond chance. The latter keeps a
    single odd session (spam, all of it rejected) from deciding about its person; it is about the
    level of the person's week, so that who changes does not pass for odd.
    """
    of_person = SessionGroups(work, work.sums.person, work.mixed.person, work.people)
    of_week = SessionGroups(
        work,
        work.sums.person * work.weeks + work.sums.week,
        work.mixed.person * work.weeks + work.mixed.week,
        work.people * work.weeks,
    )
    squares, binomial = of_person.variation(of_person.level)
    several = of_person.sessions >= 2
    correction = divided(of_person.sessions, of_person.sessions - 1)
    assumed = binomial[several].sum()
    observed = (correction * squares)[several].sum()
    everybody = max(1.0, float(observed / assumed)) if assumed > 0 else 1.0

    # A week of one session has no level of its own.
    alone = of_week.sessions < 2
    level = np.where(alone, np.repeat(of_person.level, work.weeks), of_week.level)
    of_rest = divided(of_week.sessions, of_week.sessions - 1)
    correction = np.where(alone, np.repeat(correction, work.weeks), of_rest)
    squares, binomial = of_week.variation(level)
    shape = (work.people, work.weeks)
    freedom = np.where(alone, of_week.sessions, of_week.sessions - 1).reshape(shape).sum(axis=1)
    freedom = np.maximum(np.minimum(freedom, of_person.sessions - 1), 1)
    by_chance = special.chdtri(freedom, OWN_EFFECT_BY_CHANCE) / freedom
    observed_by_person = (correction * squares).reshape(shape).sum(axis=1)
    own = divided(observed_by_person, binomial.reshape(shape).sum(axis=1) * by_chance)
    return everybody, np.maximum(own, 1.0)


@dataclass(frozen=True)
class SessionGroups:
    """The sessions of some work in ``count`` groups: the group of each of its sums and sessions."""

    work: Work
    of_sums: Whole
    of_mixed: Whole
    count: int

    def total(self, of_sums: Floats | Whole, of_mixed: Floats | Flags) -> Floats:
        """The values of the sums and of the mixed sessions, added up by group."""
        totals = sums_by(self.of_sums, of_sums.astype(np.float64), self.count)
        return totals + sums_by(self.of_mixed, of_mixed, self.count)

    @cached_property
    def sessions(self) -> Floats:
        """The number of sessions."""
        return self.total(self.work.sums.sessions, self.work.mixed.n > 0)

    @cached_property
    def rates(self) -> Floats:
        """The rate of each cell's queue, whoever worked in it."""
        cells = self.work.cells
        cell_n, cell_hits = cells.by_cell(cells.n), cells.by_cell(cells.hits)
        overall = cell_hits.sum() / max(cell_n.sum(), 1.0)
        queue_n, queue_hits = cell_n @ cells.grid.by_queue, cell_hits @ cells.grid.by_queue
        rates: Floats = (queue_hits + QUEUE_TRIALS * overall) / (queue_n + QUEUE_TRIALS)
        return rates[cells.grid.queue]

    @cached_property
    def level(self) -> Floats:
        """The hits over those that the queues explain."""
        work, sums, mixed = self.work, self.work.sums, self.work.mixed
        of_parts = self.rates[work.cell_of_part] * mixed.part_n
        of_mixed = sums_by(mixed.part_session, of_parts, len(mixed.n))
        return divided(
            self.total(sums.hits, mixed.hits),
            self.total(self.rates[work.cell_of_sum] * sums.n, of_mixed),
        )

    def variation(self, level: Floats) -> tuple[Floats, Floats]:
        """The squares of the sessions' hits about a level, and the variance of independent ones."""
        work, sums, mixed = self.work, self.work.sums, self.work.mixed
        own = np.clip(level[self.of_sums] * self.rates[work.cell_of_sum], 0.0, 1.0)
        of_part = level[self.of_mixed[mixed.part_session]] * self.rates[work.cell_of_part]
        part_own = np.clip(of_part, 0.0, 1.0)

        def of_sessions(parts: Floats) -> Floats:
            return sums_by(mixed.part_session, parts * mixed.part_n, len(mixed.n))

        squares = sums.hh - 2 * own * sums.hn + own**2 * sums.nn
        away = mixed.hits - of_sessions(part_own)
        return (
            self.total(squares, away**2),
            self.total(own * (1 - own) * sums.n, of_sessions(part_own * (1 - part_own))),
        )


def shares(cells: Cells) -> Floats:
    """The share of each person's work in each queue."""
    return divided(cells.queue_n, cells.person_n[:, None])


def leverage(cells: Cells, team: Team) -> Floats:
    """How much each person's level (columns) moves the expected value of a row's person."""
    return divided(shares(cells)[team.rows], team.queue_n) @ cells.queue_n.T


def expected_variance(cells: Cells, team: Team, variances: Variances) -> Floats:
    """The variance of each row's expected value, in units of that of one trial.

    share² / the others' trials, by queue; where they have few, the queue's own level is unknown.
    """
    share = shares(cells)[team.rows] ** 2
    between = variances.between_queues / variances.of_trial
    unknown = (QUEUE_TRIALS / (team.queue_n + QUEUE_TRIALS)) ** 2 * between
    by_chance = 1 / (team.queue_n + QUEUE_TRIALS)
    variance: Floats = (share * (by_chance + unknown)).sum(axis=1)
    return variance
