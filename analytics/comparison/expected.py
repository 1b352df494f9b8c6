"""What a team without a person would have done with the same work: indirect standardisation.

Each cell's rate is drawn towards the rate of its queue times the factor of its week, the more the
less work it holds, so that a cell without others falls back to the queue, then to the week.
Method: indirect standardisation, as in P. J. Bickel, E. A. Hammel and J. W. O'Connell, "Sex bias
in graduate admissions", Science 187, 1975, with rates shrunk by added trials.
"""

from dataclasses import dataclass

import numpy as np

from analytics.comparison.work import Cells, Flags, Floats

#: Trials of the team's rate that are added to a queue, of the expected to a week, and of queue
#: and week to a cell.
QUEUE_TRIALS, WEEK_TRIALS, CELL_TRIALS = 20.0, 50.0, 200.0


@dataclass(frozen=True)
class Team:
    """The team as each person (rows) is compared with it: its members but that person.

    ``rate``: by cell; ``n``: the others' trials by cell; ``queue_n``: by queue.
    """

    rate: Floats
    n: Floats
    queue_n: Floats


def divided(numerator: Floats, denominator: Floats, otherwise: float = 0.0) -> Floats:
    """The quotient, ``otherwise`` where there is no denominator."""
    shape = np.broadcast_shapes(numerator.shape, denominator.shape)
    quotient: Floats = np.full(shape, otherwise)
    np.divide(numerator, denominator, out=quotient, where=denominator > 0)
    return quotient


def team_without_each(cells: Cells, members: Flags, *, min_others: int = 1) -> Team:
    """The rates of the team's members, for each person without that person.

    Where fewer than ``min_others`` others worked, a cell's own rate is not used: it falls back to
    its queue, a queue or a week to everybody.
    """
    members_n, members_hits = cells.n * members[:, None], cells.hits * members[:, None]
    n = np.maximum(members_n.sum(axis=0) - members_n, 0.0)
    hits = np.maximum(members_hits.sum(axis=0) - members_hits, 0.0)
    overall = divided(hits.sum(axis=1), n.sum(axis=1))[:, None]
    queue_n, queue_hits = n @ cells.by_queue, hits @ cells.by_queue
    if min_others > 1:
        in_queue = others_in(cells, members, cells.by_queue) >= min_others
        queue_n, queue_hits = queue_n * in_queue, queue_hits * in_queue
    queue_rate = (queue_hits + QUEUE_TRIALS * overall) / (queue_n + QUEUE_TRIALS)
    of_queue = queue_rate[:, cells.queue]
    week_hits, week_expected = hits @ cells.by_week, (n * of_queue) @ cells.by_week
    if min_others > 1:
        in_week = others_in(cells, members, cells.by_week) >= min_others
        week_hits, week_expected = week_hits * in_week, week_expected * in_week
    factor = divided(
        week_hits + WEEK_TRIALS * overall, week_expected + WEEK_TRIALS * overall, otherwise=1.0
    )
    prior = of_queue * factor[:, cells.week]
    if min_others > 1:
        in_cell = others_in(cells, members) >= min_others
        n, hits = n * in_cell, hits * in_cell
    rate = (hits + CELL_TRIALS * prior) / (n + CELL_TRIALS)
    return Team(rate, n, queue_n)


def expected_by_others(
    cells: Cells, members: Flags, *, min_others: int = 1
) -> tuple[Floats, Team, Team]:
    """The expected rates (see ``expected_rates``), the team, and the team that is displayed.

    The last is the one behind each person's own expected value: it uses the rates of cells,
    queues and weeks only where ``min_others`` others worked.
    """
    team = team_without_each(cells, members)
    expected = expected_rates(cells, team.rate)
    if min_others <= 1:
        return expected, team, team
    displayed = team_without_each(cells, members, min_others=min_others)
    np.fill_diagonal(expected, np.diagonal(expected_rates(cells, displayed.rate)))
    return expected, team, displayed


def others_in(cells: Cells, members: Flags, groups: Floats | None = None) -> Floats:
    """How many members but the person (rows) worked in each cell, or group of cells."""
    worked = cells.n > 0 if groups is None else (cells.n @ groups) > 0
    worked = worked & members[:, None]
    others: Floats = (worked.sum(axis=0) - worked).astype(np.float64)
    return others


def expected_rates(cells: Cells, rate: Floats) -> Floats:
    """What each person (columns) is expected to have, as each other person (rows) is judged."""
    return divided(rate @ cells.n.T, cells.n.sum(axis=1)[None, :])


def share_without_others(cells: Cells) -> Floats:
    """The share of each person's work in cells in which nobody else has worked.

    Work whose queue is unknown is compared by the week: others in the week are others.
    """
    everybody = np.ones(len(cells.n), bool)
    in_week = others_in(cells, everybody, cells.by_week)[:, cells.week]
    unknown = cells.queue == cells.queues
    alone = np.where(unknown, in_week, others_in(cells, everybody)) == 0
    return share_of_work(cells, alone)


def share_by_week_alone(cells: Cells, min_others: int) -> Floats:
    """The share of each person's work whose cell and queue have fewer than ``min_others`` others.

    Work whose queue is unknown counts where its week has fewer.
    """
    everybody = np.ones(len(cells.n), bool)
    in_week = others_in(cells, everybody, cells.by_week)[:, cells.week]
    in_queue = others_in(cells, everybody, cells.by_queue)[:, cells.queue]
    unknown = cells.queue == cells.queues
    return share_of_work(cells, np.where(unknown, in_week, in_queue) < min_others)


def share_of_work(cells: Cells, chosen: Flags) -> Floats:
    """The share of each person's work in the chosen cells; 1 of no work."""
    return divided((cells.n * chosen).sum(axis=1), cells.n.sum(axis=1), otherwise=1.0)
