"""Histograms and medians of idle intervals, from the counts of their lengths.

The summaries count the lengths at the steps of ``STEPS``. Any bin of a histogram is made of
whole steps; the exact median is looked up among the raw intervals of one step.
"""

from collections.abc import Mapping
from itertools import accumulate

from django.db.models import Q, QuerySet

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


def median_us(
    scope: Scope, kind: str, counts: Mapping[tuple[str, float], tuple[int, int]]
) -> float:
    """Return the exact median length in microseconds of the scope's intervals of ``kind``.

    The counts tell in which steps the middle intervals lie, and only those are read.
    """
    steps = sorted((int(step), n) for (named, step), (n, _us) in counts.items() if named == kind)
    totals = list(accumulate(n for _step, n in steps))
    middle = ((totals[-1] - 1) // 2, totals[-1] // 2)
    found: list[int] = []
    for index, (start, n) in enumerate(steps):
        before = totals[index] - n
        ranks = [rank - before for rank in middle if before <= rank < totals[index]]
        if ranks:
            lengths = measured(scope, kind, start).order_by("duration_us")
            middling = lengths.values_list("duration_us", flat=True)[ranks[0] : ranks[-1] + 1]
            found.extend(us or 0 for us in middling)
    # Of an odd number the one in the middle was found once.
    return sum(found) / len(found)


def measured(scope: Scope, kind: str, start: int) -> QuerySet[Inactivity]:
    """Return the scope's intervals of a kind whose lengths lie in the step from ``start``."""
    stop = start + step_after(start)
    lengths = Inactivity.objects.filter(
        kind=kind, duration_us__gte=start * 1_000_000, duration_us__lt=stop * 1_000_000
    )
    return lengths.filter(Q() if unlimited(scope) else Q(session__in=scope.sessions()))


def unlimited(scope: Scope) -> bool:
    """Return whether the scope holds every session, so that no join is needed."""
    return not any((scope.moderator, scope.session, scope.start, scope.end))
