"""Exact medians of idle intervals: from the counts of their lengths to the ones in the middle.

The summaries count the lengths in steps (``STEPS``). Every bin of a histogram is made of whole
steps; the median is looked up among the raw intervals of the step that holds it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial, reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q

from analytics.models import SECOND_US
from analytics.summaries.kept_rollups import parts_of, rows_of
from analytics.summaries.rollup_parts import IdleStep, load_idle_lengths
from analytics.summaries.sources import SummarySources
from analytics.summaries.standbys import reading_connection

# (below how many seconds, seconds a step); the view analytics_rawvalue has the same.
STEPS = ((100, 1), (300, 5), (600, 30), (2400, 60), (6000, 300), (12_000, 600), (36_000, 1800))
LAST_STEP = 3600


def step_width(seconds: int) -> int:
    """The length in seconds of the step that begins at ``seconds``."""
    return next((step for limit, step in STEPS if seconds < limit), LAST_STEP)


class MedianPosition(NamedTuple):
    """Where a kind's middle intervals lie: ranks ``first`` to ``last`` in the step at ``start``."""

    kind: str
    start: int
    first: int
    last: int

    @property
    def step(self) -> IdleStep:
        """The kind, and from how many to below how many microseconds the lengths are."""
        stop = self.start + step_width(self.start)
        return self.kind, self.start * SECOND_US, stop * SECOND_US


def median_positions(
    counts: Mapping[tuple[str, float], tuple[int, int]],
) -> Iterator[MedianPosition]:
    """Where the middle of each kind lies: in one step, or, of an even number, in two."""
    steps: dict[str, list[tuple[int, int]]] = {}
    for (kind, step), (n, _us) in sorted(counts.items()):
        steps.setdefault(kind, []).append((int(step), n))
    for kind, counted in steps.items():
        total = sum(n for _start, n in counted)
        middle = ((total - 1) // 2, total // 2)
        before = 0
        for start, n in counted:
            ranks = [rank - before for rank in middle if before <= rank < before + n]
            if ranks:
                yield MedianPosition(kind, start, ranks[0], ranks[-1])
            before += n


def medians_us(
    sources: SummarySources, counts: Mapping[tuple[str, float], tuple[int, int]]
) -> dict[str, float]:
    """The exact median length in microseconds of the scope's intervals of each kind.

    The counts tell in which steps the middle intervals lie, and only those are read.
    """
    # Of an odd number the one in the middle is there once.
    return {
        kind: sum(lengths) / len(lengths)
        for kind, lengths in middle_lengths_us(sources, counts).items()
    }


def middle_lengths_us(
    sources: SummarySources, counts: Mapping[tuple[str, float], tuple[int, int]]
) -> dict[str, list[int]]:
    """The length in the middle of each kind, or, of an even number, the two; in microseconds."""
    positions = list(median_positions(counts))
    if not positions:
        return {}
    if sources.uses_rollups and not sources.scope.is_limited:
        return lengths_by_rank(positions)
    rows = lengths_in_scope(sources, tuple(at.step for at in positions))
    middles: dict[str, list[int]] = {}
    for at in positions:
        kind, first, stop = at.step
        inside = sorted(us for of_kind, us in rows if of_kind == kind and first <= us < stop)
        middles.setdefault(at.kind, []).extend(inside[at.first : at.last + 1])
    return middles


def lengths_by_rank(positions: Sequence[MedianPosition]) -> dict[str, list[int]]:
    """The middle lengths over all sessions, each looked up in the index by its rank."""
    lookup = (
        "(SELECT kind, duration_us FROM analytics_inactivity"
        " WHERE kind = %s AND duration_us >= %s AND duration_us < %s"
        " ORDER BY duration_us LIMIT %s OFFSET %s)"
    )
    params = [param for at in positions for param in (*at.step, at.last - at.first + 1, at.first)]
    middles: dict[str, list[int]] = {}
    with reading_connection().cursor() as cursor:
        # The ORM takes longer to write this than PostgreSQL to answer.
        cursor.execute(" UNION ALL ".join([lookup] * len(positions)), params)
        for kind, us in cursor.fetchall():
            middles.setdefault(kind, []).append(us)
    return middles


def lengths_in_scope(
    sources: SummarySources, steps: tuple[IdleStep, ...]
) -> Sequence[tuple[str, int]]:
    """The kind and length of each of the scope's intervals in some steps, in no order."""
    rollups = sources.whole_rollups
    if rollups is not None:
        load = partial(load_idle_lengths, steps=steps, moderator=sources.whose)
        return list(rows_of(parts_of(("idle lengths", sources.whose, steps), rollups, load)))
    in_steps = (
        Q(kind=kind, duration_us__gte=first, duration_us__lt=stop) for kind, first, stop in steps
    )
    intervals = sources.scope.idle().filter(reduce(or_, in_steps)).order_by()
    return [(kind, us or 0) for kind, us in intervals.values_list("kind", "duration_us")]
