"""Exact medians of idle intervals: from the counts of their lengths to the ones in the middle.

The summaries count the lengths in steps (``STEPS``). Every bin of a histogram is made of whole
steps; the median is looked up among the raw intervals of the step that holds it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q

from analytics.models import SECOND_US, Inactivity
from analytics.scope import Scope

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
    def step(self) -> Q:
        """The condition on the intervals of the kind whose lengths lie in the step."""
        stop = self.start + step_width(self.start)
        return Q(
            kind=self.kind,
            duration_us__gte=self.start * SECOND_US,
            duration_us__lt=stop * SECOND_US,
        )


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
    scope: Scope, counts: Mapping[tuple[str, float], tuple[int, int]]
) -> dict[str, float]:
    """The exact median length in microseconds of the scope's intervals of each kind.

    The counts tell in which steps the middle intervals lie, and only those are read.
    """
    # Of an odd number the one in the middle is there once.
    return {
        kind: sum(lengths) / len(lengths)
        for kind, lengths in middle_lengths_us(scope, counts).items()
    }


def middle_lengths_us(
    scope: Scope, counts: Mapping[tuple[str, float], tuple[int, int]]
) -> dict[str, list[int]]:
    """The length in the middle of each kind, or, of an even number, the two; in microseconds."""
    positions = list(median_positions(counts))
    if scope.is_limited:
        return median_lengths_in_scope(scope, positions)
    return median_lengths_by_rank(positions)


def median_lengths_by_rank(positions: Sequence[MedianPosition]) -> dict[str, list[int]]:
    """The middle lengths over all sessions, each looked up in the index by its rank."""
    lookups = [
        Inactivity.objects.filter(middle.step)
        .order_by("duration_us")
        .values_list("kind", "duration_us")[middle.first : middle.last + 1]
        for middle in positions
    ]
    middles: dict[str, list[int]] = {}
    if lookups:
        for kind, us in lookups[0].union(*lookups[1:], all=True):
            middles.setdefault(kind, []).append(us or 0)
    return middles


def median_lengths_in_scope(
    scope: Scope, positions: Sequence[MedianPosition]
) -> dict[str, list[int]]:
    """The middle lengths within a scope, picked from the steps' intervals in one query."""
    if not positions:
        return {}
    steps = reduce(or_, (middle.step for middle in positions))
    lengths = Inactivity.objects.filter(steps, session__in=scope.sessions())
    by_kind: dict[str, list[int]] = {}
    for kind, us in lengths.order_by("duration_us").values_list("kind", "duration_us"):
        by_kind.setdefault(kind, []).append(us or 0)
    middles: dict[str, list[int]] = {}
    for middle in positions:
        stop = middle.start + step_width(middle.start)
        inside = [us for us in by_kind[middle.kind] if middle.start <= us // SECOND_US < stop]
        middles.setdefault(middle.kind, []).extend(inside[middle.first : middle.last + 1])
    return middles
