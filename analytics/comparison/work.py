"""What people did, as sums by person, queue and week.

Sessions of one queue are additive, so that a summary can keep their sums; a session of several
queues is a row of its own, with a part for each queue.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from analytics.comparison.blocks import blocks_of

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: Rounds in which the hits of mixed sessions are divided among their queues.
SPLIT_ROUNDS = 60


def sums_by(index: Whole, values: Floats | Flags, length: int) -> Floats:
    """The sums of ``values`` by ``index``, an array of ``length``."""
    sums: Floats = np.bincount(index, values, length).astype(np.float64)
    return sums


#: The greatest range of keys that is counted instead of sorted, which takes 25 bytes a key.
MAX_COUNTED_KEYS = 100_000


def distinct(keys: Whole, end: int) -> tuple[Whole, Whole]:
    """The different keys (0 to ``end`` - 1) in order, and the place of each key among them."""
    if end > MAX_COUNTED_KEYS:
        unique, place = np.unique(keys, return_inverse=True)
        return unique, place.astype(np.int64, copy=False)
    seen = np.bincount(keys, minlength=end) > 0
    return np.flatnonzero(seen).astype(np.int64), (np.cumsum(seen) - 1)[keys].astype(np.int64)


def one_hot(values: Whole, columns: int) -> Floats:
    """A row a value, with a 1 in the column of that number."""
    rows: Floats = (values[:, None] == np.arange(columns)).astype(np.float64)
    return rows


@dataclass(frozen=True)
class Sums:
    """Sums over sessions of one queue: a row a person, queue and week, arrays of one length.

    ``n`` counts the trials of a session (views, decisions) and ``hits`` those that count; ``nn``,
    ``hh`` and ``hn`` are the sums over the sessions of n², hits² and n x hits.
    """

    person: Whole
    queue: Whole
    week: Whole
    sessions: Whole
    n: Floats
    hits: Floats
    nn: Floats
    hh: Floats
    hn: Floats


@dataclass(frozen=True)
class Mixed:
    """Sessions of several queues: ``person`` to ``hits`` a row a session, the parts a row a queue.

    ``part_session`` counts sessions from 0, ``part_n`` are a part's trials (fractions where only
    the shares of the queues are known), ``part_hits`` is NaN where the hits of the parts are
    unknown.
    """

    person: Whole
    week: Whole
    n: Floats
    hits: Floats
    part_session: Whole
    part_queue: Whole
    part_n: Floats
    part_hits: Floats

    @classmethod
    def none(cls) -> Self:
        """No mixed sessions."""
        whole, floats = np.zeros(0, np.int64), np.zeros(0)
        return cls(whole, whole, floats, floats, whole, whole, floats, floats)


@dataclass(frozen=True)
class Work:
    """What ``people`` did in ``queues`` and ``weeks``, which are numbered from 0.

    The queue of the number ``queues`` stands for work whose queue is unknown: it is compared by
    the week alone.
    """

    people: int
    queues: int
    weeks: int
    sums: Sums
    mixed: Mixed

    @cached_property
    def part_hits(self) -> Floats:
        """The hits of each part of a mixed session, divided by the queues' rates.

        By expectation and maximisation (Dempster, Laird and Rubin 1977): dividing by size alone
        would draw the queues' rates towards their mean.
        """
        mixed = self.mixed
        part_hits = mixed.part_hits.copy()
        unknown = np.isnan(part_hits)
        if not unknown.any():
            return part_hits
        queues = self.queues + 1
        fixed_hits = sums_by(self.sums.queue, self.sums.hits, queues)
        known = ~unknown
        fixed_hits += sums_by(mixed.part_queue[known], part_hits[known], queues)
        session, queue = mixed.part_session[unknown], mixed.part_queue[unknown]
        size = mixed.part_n[unknown]
        trials = sums_by(self.sums.queue, self.sums.n, queues)
        trials += sums_by(mixed.part_queue, mixed.part_n, queues)
        share = np.divide(
            size, mixed.n[session], out=np.zeros_like(size), where=mixed.n[session] > 0
        )
        hits = mixed.hits - sums_by(mixed.part_session[known], part_hits[known], len(mixed.n))
        hits = np.maximum(hits, 0.0)[session]
        split = hits * share
        for _ in range(SPLIT_ROUNDS):
            rate = (fixed_hits + sums_by(queue, split, queues)) / np.maximum(trials, 1e-12)
            weight = share * np.maximum(rate[queue], 1e-12)
            whole = sums_by(session, weight, len(mixed.n))[session]
            split = np.divide(hits * weight, whole, out=np.zeros_like(hits), where=whole > 0)
        part_hits[unknown] = split
        return part_hits

    @cached_property
    def cells(self) -> "Cells":
        """The work by person and cell: a queue in a week."""
        mixed = self.mixed
        grid, entry = Grid.of(
            self.people,
            self.queues,
            self.weeks,
            person=np.concatenate([self.sums.person, mixed.person[mixed.part_session]]),
            queue=np.concatenate([self.sums.queue, mixed.part_queue]),
            week=np.concatenate([self.sums.week, mixed.week[mixed.part_session]]),
        )

        def summed(values: Floats) -> Floats:
            return sums_by(entry, values, len(grid.person))

        return Cells(
            grid,
            n=summed(np.concatenate([self.sums.n, mixed.part_n])),
            hits=summed(np.concatenate([self.sums.hits, self.part_hits])),
        )

    @cached_property
    def cell_of_sum(self) -> Whole:
        """The cell of each of the sums."""
        return self.cells.grid.cell_of(self.sums.queue, self.sums.week)

    @cached_property
    def cell_of_part(self) -> Whole:
        """The cell of each part of a mixed session."""
        mixed = self.mixed
        return self.cells.grid.cell_of(mixed.part_queue, mixed.week[mixed.part_session])

    @cached_property
    def sessions(self) -> Floats:
        """The number of sessions of each person that have trials."""
        of_sums = sums_by(self.sums.person, self.sums.sessions.astype(np.float64), self.people)
        return of_sums + sums_by(self.mixed.person, self.mixed.n > 0, self.people)


@dataclass(frozen=True)
class Grid:
    """Who has worked in which cells.

    ``queue`` and ``week``: what each cell stands for, where the queue of the number ``queues`` is
    unknown. ``person`` and ``cell``: of each entry, in this order; an entry is a person in a cell.
    """

    people: int
    queues: int
    weeks: int
    queue: Whole
    week: Whole
    person: Whole
    cell: Whole

    @classmethod
    def of(
        cls, people: int, queues: int, weeks: int, *, person: Whole, queue: Whole, week: Whole
    ) -> tuple[Self, Whole]:
        """The cells of pieces of work, and the entry of each piece."""
        keys, cell = distinct(queue * weeks + week, (queues + 1) * weeks)
        cells = max(len(keys), 1)
        entries, entry = distinct(person * cells + cell, people * cells)
        grid = cls(
            people, queues, weeks, keys // weeks, keys % weeks, entries // cells, entries % cells
        )
        return grid, entry

    def cell_of(self, queue: Whole, week: Whole) -> Whole:
        """The cells of queues and weeks in which somebody has worked."""
        of_key = np.zeros((self.queues + 1) * self.weeks, np.int64)
        of_key[self.queue * self.weeks + self.week] = np.arange(len(self.queue))
        cells: Whole = of_key[queue * self.weeks + week]
        return cells

    @cached_property
    def by_queue(self) -> Floats:
        """The matrix that adds up the cells of each queue: cells x queues."""
        return one_hot(self.queue, self.queues + 1)

    @cached_property
    def by_week(self) -> Floats:
        """The matrix that adds up the cells of each week: cells x weeks."""
        return one_hot(self.week, self.weeks)

    @cached_property
    def first_entry(self) -> Whole:
        """The first entry of each person, and where those of the last end."""
        first: Whole = np.searchsorted(self.person, np.arange(self.people + 1))
        return first

    def blocks(self) -> Iterator[slice]:
        """All people, so many at a time as fit in a block of their cells."""
        return blocks_of(self.people, len(self.queue))

    def rows(self, values: Floats, people: slice) -> Floats:
        """The values of entries by person and cell, those of some people: people x cells."""
        start, stop, _ = people.indices(self.people)
        rows = np.zeros((stop - start, len(self.queue)))
        own = slice(self.first_entry[start], self.first_entry[stop])
        rows[self.person[own] - start, self.cell[own]] = values[own]
        return rows


@dataclass(frozen=True)
class Cells:
    """Trials and hits by person and cell, a value an entry of the ``grid``."""

    grid: Grid
    n: Floats
    hits: Floats

    def n_of(self, people: slice) -> Floats:
        """The trials of some people by cell: people x cells."""
        return self.grid.rows(self.n, people)

    def hits_of(self, people: slice) -> Floats:
        """The hits of some people by cell: people x cells."""
        return self.grid.rows(self.hits, people)

    def by_cell(self, values: Floats) -> Floats:
        """The sums of entries' values by cell."""
        return sums_by(self.grid.cell, values, len(self.grid.queue))

    def grouped(self, values: Floats, groups: Floats) -> Floats:
        """The sums of entries' values by person and group, as ``Grid.by_week``: people x groups."""
        rows = [self.grid.rows(values, people) @ groups for people in self.grid.blocks()]
        return np.concatenate(rows) if rows else np.zeros((0, groups.shape[1]))

    @cached_property
    def person_n(self) -> Floats:
        """The trials by person."""
        return self._by_person(self.n)

    @cached_property
    def person_hits(self) -> Floats:
        """The hits by person."""
        return self._by_person(self.hits)

    @cached_property
    def queue_n(self) -> Floats:
        """The trials by person and queue."""
        return self.grouped(self.n, self.grid.by_queue)

    @cached_property
    def week_n(self) -> Floats:
        """The trials by person and week."""
        return self.grouped(self.n, self.grid.by_week)

    def _by_person(self, values: Floats) -> Floats:
        rows = [self.grid.rows(values, people).sum(axis=1) for people in self.grid.blocks()]
        return np.concatenate(rows) if rows else np.zeros(0)
