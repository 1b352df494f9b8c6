"""One person's work by queue or by week, beside what the others did in the same queues and weeks.

Parts are shown, never judged: the limits of a week are those of that week's work alone.
"""

from dataclasses import dataclass

import numpy as np

from analytics.comparison.expected import divided, others_in, team_without_each
from analytics.comparison.judging import Scale
from analytics.comparison.rates import MAX_ALONE
from analytics.comparison.work import Cells, Flags, Floats

#: The normal deviate of 95 % limits.
NORMAL_95 = 1.96


@dataclass(frozen=True)
class Parts:
    """A person's work, a value a part: a queue or a week; NaN where nothing is known.

    ``n``: trials; ``expected``: what the others did in the same cells; ``others``: how many others
    worked in the part, and ``others_n`` how much.
    """

    n: Floats
    value: Floats
    expected: Floats
    others: Floats
    others_n: Floats

    def limits(self, scale: Scale, *, unit_chance: float, between: float) -> tuple[Floats, Floats]:
        """Where 95 of 100 parts of as much work lie: by chance, and as people differ.

        ``unit_chance``: the variance of one trial; ``between``: that between people; both on the
        scale.
        """
        middle = scale.to(self.expected)
        half = NORMAL_95 * np.sqrt(unit_chance / np.maximum(self.n, 1.0) + between)
        return scale.back(middle - half), scale.back(middle + half)


def parts_of_person(
    cells: Cells, person: int, groups: Floats, *, members: Flags, min_others: int = 1
) -> Parts:
    """The parts of a person's work; ``groups`` are the parts of cells: ``Grid.by_week``.

    ``members``: who belongs to the team that is compared with. Expected is only where half of a
    part's work has ``min_others`` others: in the cell, or in its queue where more than one is
    asked for.
    """
    own_row = slice(person, person + 1)
    own_n, own_hits = cells.n_of(own_row)[0], cells.hits_of(own_row)[0]
    n = own_n @ groups
    rate = team_without_each(cells, members, own_row, min_others=min_others).rate[0]
    expected = divided((own_n * rate) @ groups, n, otherwise=np.nan)
    alone = others_in_each_cell(cells, person, min_others) < min_others
    share_alone = divided((own_n * alone) @ groups, n, otherwise=1.0)
    return Parts(
        n=n,
        value=divided(own_hits @ groups, n, otherwise=np.nan),
        expected=np.where(share_alone <= MAX_ALONE, expected, np.nan),
        others=others_in(cells, person, cells.grouped(cells.n, groups)).astype(np.float64),
        others_n=cells.by_cell(cells.n) @ groups - n,
    )


def others_in_each_cell(cells: Cells, person: int, min_others: int) -> Floats:
    """How many others stand behind what is expected in each cell; of unknown queues by the week."""
    grid = cells.grid
    in_week = others_in(cells, person, cells.week_n)[grid.week]
    if min_others > 1:
        known = others_in(cells, person, cells.queue_n)[grid.queue]
    else:
        known = others_in(cells, person)
    others: Floats = np.where(grid.queue == grid.queues, in_week, known)
    return others


def values_of_others(cells: Cells, person: int, groups: Floats) -> list[Floats]:
    """The values of everybody but a person who worked in a part, a list a part."""
    n = np.delete(cells.grouped(cells.n, groups), person, axis=0)
    hits = np.delete(cells.grouped(cells.hits, groups), person, axis=0)
    return [hits[n[:, at] > 0, at] / n[n[:, at] > 0, at] for at in range(groups.shape[1])]
