"""Histograms and medians of idle intervals, from the counts of their lengths.

The summaries count the lengths at the steps of ``STEPS``. Any bin of a histogram is made of
whole steps; the exact median is looked up among the raw intervals of one step.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q

from analytics.models import Inactivity
from analytics.scope import Scope

MOST_BINS = 20
WIDTHS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)

# (below how many seconds, seconds a step); the view analytics_rawvalue has the same.
STEPS = ((100, 1), (300, 5), (600, 30), (2400, 60), (6000, 300), (12_000, 600), (36_000, 1800))
LAST_STEP = 3600


def step_after(seconds: int) -> int:
    """Return the length in seconds of the step that begins at ``seconds``."""
    return next((step for limit, step in STEPS if seconds < limit), LAST_STEP)


def bin_width(longest: int) -> int:
    """Return the width in seconds that gives at most 20 bins [from, to) up to ``longest``."""
    width = next((width for width in WIDTHS if longest < width * MOST_BINS), WIDTHS[-1])
    while longest >= width * MOST_BINS:
        width *= 2
    return width


def histogram(
    counts: Mapping[tuple[str, float], tuple[int, int]],
) -> list[tuple[str, int, int, int]]:
    """Return (kind, from seconds, to seconds, intervals) of every bin, by kind, then from.

    ``counts``: (n, microseconds) of each (kind, step). Every kind has every bin.
    """
    if not counts:
        return []
    longest = int(max(step for _kind, step in counts))
    width = bin_width(longest)
    bins = longest // width + 1
    found: dict[str, list[int]] = {}
    for (kind, step), (n, _amount) in counts.items():
        found.setdefault(kind, [0] * bins)[int(step) // width] += n
    return [
        (kind, index * width, (index + 1) * width, n)
        for kind in sorted(found)
        for index, n in enumerate(found[kind])
    ]


class Middle(NamedTuple):
    """Where the middle intervals of a kind lie: ranks ``first`` to ``last`` within a step."""

    kind: str
    start: int
    first: int
    last: int

    @property
    def step(self) -> Q:
        """The condition on the intervals of the kind whose lengths lie in the step."""
        stop = self.start + step_after(self.start)
        return Q(
            kind=self.kind,
            duration_us__gte=self.start * 1_000_000,
            duration_us__lt=stop * 1_000_000,
        )


def middles(counts: Mapping[tuple[str, float], tuple[int, int]]) -> Iterator[Middle]:
    """Yield where the middle of each kind is: in one step, or on the edge of two."""
    steps: dict[str, list[tuple[int, int]]] = {}
    for (kind, step), (n, _us) in sorted(counts.items()):
        steps.setdefault(kind, []).append((int(step), n))
    for kind, found in steps.items():
        total = sum(n for _start, n in found)
        middle = ((total - 1) // 2, total // 2)
        before = 0
        for start, n in found:
            ranks = [rank - before for rank in middle if before <= rank < before + n]
            if ranks:
                yield Middle(kind, start, ranks[0], ranks[-1])
            before += n


def medians_us(
    scope: Scope, counts: Mapping[tuple[str, float], tuple[int, int]]
) -> dict[str, float]:
    """Return the exact median length in microseconds of the scope's intervals of each kind.

    The counts tell in which steps the middle intervals lie, and only those are read.
    """
    wanted = list(middles(counts))
    lengths = lengths_by_rank(wanted) if unlimited(scope) else lengths_of_steps(scope, wanted)
    # Of an odd number the one in the middle was found once.
    return {kind: sum(found) / len(found) for kind, found in lengths.items()}


def lengths_by_rank(wanted: Iterable[Middle]) -> dict[str, list[int]]:
    """Return the middle lengths over all sessions, each looked up in the index by its rank."""
    found: dict[str, list[int]] = {}
    for middle in wanted:
        lengths = Inactivity.objects.filter(middle.step).order_by("duration_us")
        values = lengths.values_list("duration_us", flat=True)[middle.first : middle.last + 1]
        found.setdefault(middle.kind, []).extend(us or 0 for us in values)
    return found


def lengths_of_steps(scope: Scope, wanted: Sequence[Middle]) -> dict[str, list[int]]:
    """Return the middle lengths within a scope, picked from the steps' intervals in one query."""
    if not wanted:
        return {}
    steps = reduce(or_, (middle.step for middle in wanted))
    lengths = Inactivity.objects.filter(steps, session__in=scope.sessions())
    by_kind: dict[str, list[int]] = {}
    for kind, us in lengths.order_by("duration_us").values_list("kind", "duration_us"):
        by_kind.setdefault(kind, []).append(us or 0)
    found: dict[str, list[int]] = {}
    for middle in wanted:
        stop = middle.start + step_after(middle.start)
        inside = [us for us in by_kind[middle.kind] if middle.start <= us // 1_000_000 < stop]
        found.setdefault(middle.kind, []).extend(inside[middle.first : middle.last + 1])
    return found


def unlimited(scope: Scope) -> bool:
    """Return whether the scope holds every session, so that no join is needed."""
    return not any((scope.moderator, scope.session, scope.start, scope.end))
