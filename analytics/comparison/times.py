"""Handle time: active seconds for each decided view, robust to forgotten tabs.

A time far above what the queue, the week and the person's own pace explain is set aside and named
as a session; the rest is clipped, so that no session decides about a person.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analytics.comparison.expected import divided, team_rates
from analytics.comparison.judging import (
    LOGARITHM,
    Budget,
    Measured,
    Verdicts,
    verdicts_of_nobody,
)
from analytics.comparison.rates import Variances, judge_by_queue
from analytics.comparison.work import Cells, Flags, Floats, Grid, Whole, sums_by

#: The least standard deviation between people that is assumed, and that between queues where a
#: queue's own time is unknown: in the logarithm.
MIN_LOG_SD, QUEUE_LOG_SD = 0.08, 0.5
#: Set aside: beyond so many standard deviations and this ratio. Clipped: beyond these.
ASIDE_DEVIATIONS, ASIDE_RATIO = 4.0, 4.0
CLIP_DEVIATIONS, MIN_CLIP = 3.0, 0.25
#: The standard deviation of a normal distribution over its median absolute deviation.
NORMAL_MAD = 1.4826
ROUNDS, MIXED_ROUNDS = 5, 12


@dataclass(frozen=True)
class TimedSessions:
    """Sessions with decided views and a known duration: a row a session, a part a queue.

    ``n``: decided views; ``seconds``: active; ``part_share``: the queue's share of the session,
    1 in all; a ``part_queue`` of the number ``queues`` is unknown.
    """

    people: int
    queues: int
    weeks: int
    person: Whole
    week: Whole
    n: Floats
    seconds: Floats
    part_session: Whole
    part_queue: Whole
    part_share: Floats

    @cached_property
    def clean(self) -> "CleanSessions":
        """The same sessions without forgotten tabs."""
        return clean_sessions(self)


@dataclass(frozen=True)
class CleanSessions:
    """The sessions, a value each: ``aside`` are forgotten tabs, ``seconds`` are clipped.

    ``expected``: seconds by the session's queue and week; ``cells``: without those set aside.
    """

    aside: Flags
    seconds: Floats
    expected: Floats
    cells: Cells

    def by_person(self, timed: TimedSessions) -> tuple[Floats, Floats, Floats]:
        """Each person's decided views, sessions and seconds, without those set aside."""
        inside = ~self.aside
        return (
            sums_by(timed.person, np.where(inside, timed.n, 0.0), timed.people),
            sums_by(timed.person, inside, timed.people),
            sums_by(timed.person, np.where(inside, self.seconds, 0.0), timed.people),
        )


def weighted_median_by_person(
    values: Floats, weights: Floats, person: Whole, people: int
) -> Floats:
    """The weighted median of each person's values; 0 for who has none."""
    # As lexsort((values, person)), several times as fast: small numbers are sorted by their digits.
    order = np.argsort(values)
    number = person[order].astype(np.min_scalar_type(people))
    order = order[np.argsort(number, kind="stable")]
    own, weight = person[order], weights[order]
    running = np.cumsum(weight)
    whole = sums_by(person, weights, people)
    before = np.concatenate([[0.0], np.cumsum(whole)[:-1]])
    reached = running - before[own] >= whole[own] / 2 - 1e-12
    medians = np.zeros(people)
    first = np.ones(len(order), bool)
    first[1:] = ~(reached[:-1] & (own[1:] == own[:-1]))
    chosen = reached & first
    medians[own[chosen][::-1]] = values[order][chosen][::-1]
    return medians


def clean_sessions(timed: TimedSessions) -> CleanSessions:
    """Set the forgotten tabs aside and clip what is far from the queue, the week and the person."""
    session, share = timed.part_session, timed.part_share
    n, person = timed.n, timed.person
    mixed = len(session) > len(n)
    pace = np.median(timed.seconds / n)
    part_rate = np.full(len(session), max(float(pace), 1e-9))
    seconds, aside = timed.seconds.copy(), np.zeros(len(n), bool)
    expected = n * pace
    grid, entry = Grid.of(
        timed.people,
        timed.queues,
        timed.weeks,
        person=person[session],
        queue=timed.part_queue,
        week=timed.week[session],
    )
    cell = grid.cell[entry]
    for _ in range(MIXED_ROUNDS if mixed else ROUNDS):
        expected = n * sums_by(session, share * part_rate, len(n))
        away = np.log(np.maximum(timed.seconds, 1e-3) / expected)
        own = weighted_median_by_person(away, n, person, timed.people)[person]
        away = away - own
        deviation = NORMAL_MAD * np.median(np.abs(away) * np.sqrt(n)) / np.sqrt(n)
        aside = away > np.maximum(ASIDE_DEVIATIONS * deviation, np.log(ASIDE_RATIO))
        limit = np.maximum(CLIP_DEVIATIONS * deviation, MIN_CLIP)
        seconds = expected * np.exp(own + np.clip(away, -limit, limit))
        cells = _cells(
            timed, grid, entry, np.where(aside, 0.0, n), np.where(aside, 0.0, seconds), part_rate
        )
        # What somebody else would be compared with: the whole team.
        whole = cells.by_cell(cells.n)[None, :], cells.by_cell(cells.hits)[None, :]
        rate, _n, _queue_n = team_rates(grid, *whole)
        part_rate = np.maximum(rate[0, cell], 1e-9)
    expected = n * sums_by(session, share * part_rate, len(n))
    return CleanSessions(aside, seconds, expected, cells)


def _cells(
    timed: TimedSessions, grid: Grid, entry: Whole, n: Floats, seconds: Floats, part_rate: Floats
) -> Cells:
    """The sessions by person and cell, the seconds of several queues divided by their pace."""
    session = timed.part_session
    weight = timed.part_share * part_rate
    weight = weight / sums_by(session, weight, len(n))[session]
    return Cells(
        grid,
        n=sums_by(entry, n[session] * timed.part_share, len(grid.person)),
        hits=sums_by(entry, seconds[session] * weight, len(grid.person)),
    )


def compare_times(
    timed: TimedSessions, budget: Budget, *, excluded: Flags | None = None, min_others: int = 1
) -> tuple[Verdicts, Flags]:
    """Judge everybody's handle time; also which sessions were set aside.

    ``excluded``: who lies outside in completion, and so is no measure of the team's speed.
    ``min_others``: see ``compare_rate``.
    """
    decided = sums_by(timed.person, timed.n, timed.people)
    displayed = divided(sums_by(timed.person, timed.seconds, timed.people), decided, np.nan)
    if not len(timed.n):
        return verdicts_of_nobody(Measured(decided, decided, decided, displayed)), np.zeros(0, bool)
    clean = timed.clean
    n, sessions, clean_seconds = clean.by_person(timed)
    measured = Measured(decided, sessions, divided(clean_seconds, n, 1.0), displayed)
    phi = variance_of_a_view(timed, clean)
    verdicts = judge_by_queue(
        measured,
        clean.cells,
        n,
        Variances(
            of_trial=phi,
            of_own_trial=np.full(timed.people, phi),
            min_between_people=MIN_LOG_SD**2,
            between_queues=QUEUE_LOG_SD**2,
        ),
        scale=LOGARITHM,
        budget=budget,
        design_effect=phi,
        excluded=excluded,
        min_others=min_others,
    )
    return verdicts, clean.aside


def variance_of_a_view(timed: TimedSessions, clean: CleanSessions) -> float:
    """The variance by chance of a view's time, in the logarithm, from how sessions differ."""
    people, person, inside = timed.people, timed.person, ~clean.aside
    n, sessions, seconds = clean.by_person(timed)
    level = divided(seconds, sums_by(person, np.where(inside, clean.expected, 0.0), people))
    away = divided(clean.seconds, clean.expected * level[person]) - 1
    squares = sums_by(person, np.where(inside, (timed.n * away) ** 2, 0.0), people)
    several = sessions >= 2
    total = (divided(sessions, sessions - 1) * squares)[several].sum()
    return max(float(total / max(n[several].sum(), 1.0)), 1e-9)
