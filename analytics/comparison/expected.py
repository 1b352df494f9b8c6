"""What a team without a person would have done with the same work: indirect standardisation.

Each cell's rate is drawn towards the rate of its queue times the factor of its week, the more the
less work it holds, so that a cell without others falls back to the queue, then to the week.
Method: indirect standardisation, as in P. J. Bickel, E. A. Hammel and J. W. O'Connell, "Sex bias
in graduate admissions", Science 187, 1975, with rates shrunk by added trials.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.comparison.blocks import blocks_of
from analytics.comparison.work import Cells, Flags, Floats, Grid, Whole

#: Trials of the team's rate that are added to a queue, of the expected to a week, and of queue
#: and week to a cell.
QUEUE_TRIALS, WEEK_TRIALS, CELL_TRIALS = 20.0, 50.0, 200.0


@dataclass(frozen=True)
class Team:
    """The team as each person of ``rows`` is compared with it: its members but that person.

    ``rate``: by cell; ``n``: the others' trials by cell; ``queue_n``: by queue.
    """

    rows: slice
    rate: Floats
    n: Floats
    queue_n: Floats


def divided(numerator: Floats, denominator: Floats, otherwise: float = 0.0) -> Floats:
    """The quotient, ``otherwise`` where there is no denominator."""
    shape = np.broadcast_shapes(numerator.shape, denominator.shape)
    quotient: Floats = np.full(shape, otherwise)
    np.divide(numerator, denominator, out=quotient, where=denominator > 0)
    return quotient


def teams_without_each(
    cells: Cells, members: Flags, blocks: Iterable[slice], *, min_others: int = 1
) -> Iterator[Team]:
    """The rates of the team's members, for each person of a block without that person.

    Where fewer than ``min_others`` others worked, a cell's own rate is not used: it falls back to
    its queue, a queue or a week to everybody.
    """
    in_team = members[cells.grid.person]
    all_n, all_hits = cells.by_cell(cells.n * in_team), cells.by_cell(cells.hits * in_team)
    groups = (None, cells.queue_n, cells.week_n) if min_others > 1 else ()
    workers = [Workers(cells, members, group) for group in groups]
    for rows in blocks:
        is_member = members[rows, None]
        n = np.maximum(all_n - cells.n_of(rows) * is_member, 0.0)
        hits = np.maximum(all_hits - cells.hits_of(rows) * is_member, 0.0)
        enough = [each.others(rows) >= min_others for each in workers]
        yield Team(rows, *team_rates(cells.grid, n, hits, enough))


def team_rates(
    grid: Grid, n: Floats, hits: Floats, enough: Sequence[Flags] = ()
) -> tuple[Floats, Floats, Floats]:
    """The rates of teams by cell, a team a row, and their trials by cell and by queue.

    ``enough``: whether enough have worked in each cell, queue and week; of all where not given.
    """
    overall = divided(hits.sum(axis=1), n.sum(axis=1))[:, None]
    queue_n, queue_hits = n @ grid.by_queue, hits @ grid.by_queue
    if enough:
        in_cell, in_queue, in_week = enough
        queue_n, queue_hits = queue_n * in_queue, queue_hits * in_queue
    queue_rate = (queue_hits + QUEUE_TRIALS * overall) / (queue_n + QUEUE_TRIALS)
    of_queue = queue_rate[:, grid.queue]
    week_hits, week_expected = hits @ grid.by_week, (n * of_queue) @ grid.by_week
    if enough:
        week_hits, week_expected = week_hits * in_week, week_expected * in_week
    factor = divided(
        week_hits + WEEK_TRIALS * overall, week_expected + WEEK_TRIALS * overall, otherwise=1.0
    )
    prior = of_queue * factor[:, grid.week]
    if enough:
        n, hits = n * in_cell, hits * in_cell
    return (hits + CELL_TRIALS * prior) / (n + CELL_TRIALS), n, queue_n


def team_without_each(
    cells: Cells, members: Flags, rows: slice = slice(None), *, min_others: int = 1
) -> Team:
    """``teams_without_each`` of one block."""
    return next(teams_without_each(cells, members, [rows], min_others=min_others))


class Workers:
    """Which members of a team have worked in each cell, or in each group of cells.

    ``group_n``: the trials by person and group, as ``Cells.queue_n``.
    """

    def __init__(self, cells: Cells, members: Flags, group_n: Floats | None = None) -> None:
        self._cells, self._members = cells, members
        self._in_group = None if group_n is None else (group_n > 0) & members[:, None]
        if self._in_group is None:
            worked = (cells.n > 0) & members[cells.grid.person]
            self._count = np.bincount(cells.grid.cell[worked], minlength=len(cells.grid.queue))
        else:
            self._count = self._in_group.sum(axis=0)

    def others(self, rows: slice) -> Whole:
        """How many but the person (rows) worked in each."""
        if self._in_group is None:
            worked = (self._cells.n_of(rows) > 0) & self._members[rows, None]
        else:
            worked = self._in_group[rows]
        others: Whole = self._count - worked
        return others


def teams_in_blocks(
    cells: Cells, members: Flags, *, min_others: int = 1
) -> Iterator[tuple[Team, Team]]:
    """By block, the team that decides who belongs to it, and the one that is displayed.

    The last is the one behind each person's own expected value: it uses the rates of cells,
    queues and weeks only where ``min_others`` others worked.
    """
    people = cells.grid.people
    blocks = [*blocks_of(people, max(people, len(cells.grid.queue)))]
    teams = teams_without_each(cells, members, blocks)
    if min_others <= 1:
        yield from ((team, team) for team in teams)
    else:
        shown = teams_without_each(cells, members, blocks, min_others=min_others)
        yield from zip(teams, shown, strict=True)


def others_in(cells: Cells, person: int, group_n: Floats | None = None) -> Whole:
    """How many others than a person worked in each cell, or group of cells: see ``Workers``."""
    workers = Workers(cells, everybody(cells), group_n)
    others: Whole = workers.others(slice(person, person + 1))[0]
    return others


def everybody(cells: Cells) -> Flags:
    """All people as members."""
    return np.ones(cells.grid.people, bool)


def expected_rates(cells: Cells, rate: Floats) -> Floats:
    """What each person (columns) is expected to have, as each other person (rows) is judged."""
    hits = np.empty((len(rate), cells.grid.people))
    for people in cells.grid.blocks():
        hits[:, people] = rate @ cells.n_of(people).T
    return divided(hits, cells.person_n[None, :])


def own_expected_rates(cells: Cells, team: Team) -> Floats:
    """What each of the team's rows is expected to have."""
    n = cells.n_of(team.rows)
    return divided((team.rate * n).sum(axis=1), n.sum(axis=1))


def share_without_others(cells: Cells) -> Floats:
    """The share of each person's work in cells in which nobody else has worked.

    Work whose queue is unknown is compared by the week: others in the week are others.
    """
    in_cell = Workers(cells, everybody(cells))
    return share_with_few(cells, in_cell.others, min_others=1)


def share_by_week_alone(cells: Cells, min_others: int) -> Floats:
    """The share of each person's work whose cell and queue have fewer than ``min_others`` others.

    Work whose queue is unknown counts where its week has fewer.
    """
    in_queue = Workers(cells, everybody(cells), cells.queue_n)
    return share_with_few(
        cells, lambda rows: in_queue.others(rows)[:, cells.grid.queue], min_others=min_others
    )


def share_with_few(cells: Cells, others_of: Callable[[slice], Whole], *, min_others: int) -> Floats:
    """The share of each person's work in cells with few others.

    ``others_of`` counts them where the queue is known.
    """
    grid = cells.grid
    in_week = Workers(cells, everybody(cells), cells.week_n)
    unknown = grid.queue == grid.queues
    shares = [
        share_of_work(
            cells.n_of(rows),
            np.where(unknown, in_week.others(rows)[:, grid.week], others_of(rows)) < min_others,
        )
        for rows in grid.blocks()
    ]
    return np.concatenate(shares) if shares else np.zeros(0)


def share_of_work(n: Floats, chosen: Flags) -> Floats:
    """The share of the trials by person and cell that lie in chosen cells; 1 of no work."""
    return divided((n * chosen).sum(axis=1), n.sum(axis=1), otherwise=1.0)
