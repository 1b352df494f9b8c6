"""Means of rows: satisfaction and response time, whose rows vary as much for one as for another."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from analytics.comparison.blocks import blocks_of
from analytics.comparison.judging import PLAIN, Budget, Comparison, Measured, Verdicts, judge
from analytics.comparison.work import Flags, Floats

#: Nobody is judged by fewer rows.
MIN_ROWS = 3


#: A person's rows vary at most this many times as much as those of the person in the middle, as
#: far as the others' limits are concerned.
MAX_VARIANCE_RATIO = 9.0


def within_variance(counts: Floats, sums: Floats, squares: Floats) -> float:
    """The variance between rows of one person, pooled over people and history.

    ``counts``, ``sums`` and ``squares`` by person. NaN where nobody has two rows. Somebody with a
    row far off the others (a typing error) adds no more than ``MAX_VARIANCE_RATIO`` allows: one
    such row would otherwise hide everybody for as long as it is kept.
    """
    has_several = counts >= 2
    if not has_several.any():
        return float("nan")
    counts, sums, squares = counts[has_several], sums[has_several], squares[has_several]
    freedom = counts - 1
    variances = np.maximum(squares - sums**2 / counts, 0.0) / freedom
    middle = weighted_median(variances, freedom)
    if middle > 0:
        variances = np.minimum(variances, MAX_VARIANCE_RATIO * middle)
    return float(np.average(variances, weights=freedom))


def weighted_median(values: Floats, weights: Floats) -> float:
    """The value that half of the weight reaches."""
    order = np.argsort(values, kind="stable")
    running = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(running, running[-1] / 2)])


def compare_rows(
    *,
    counts: Floats,
    means: Floats,
    own_variances: Floats,
    variance: float,
    min_sd: float,
    budget: Budget,
) -> Verdicts:
    """Judge the means of people's rows.

    ``own_variances``: between each person's rows in the look, NaN where one row tells nothing;
    ``variance``: between the rows of one person, whoever it is; ``min_sd``: the least standard
    deviation between people that is assumed. Whose own rows vary more is judged by those, so that
    no single row decides about anybody.
    """
    people = len(counts)
    eligible = (counts >= MIN_ROWS) & np.isfinite(means)
    if not np.isfinite(variance):
        eligible &= False
    variances = np.nan_to_num(np.fmax(own_variances, variance))

    def compare(_team: Flags) -> Iterator[Comparison]:
        for rows in blocks_of(people, people):
            size = rows.stop - rows.start
            yield Comparison(
                own=np.zeros(size),
                expected=partial(np.zeros, (size, people)),
                chance=variances / np.maximum(counts, 1),
                min_variance=min_sd**2,
                rows=rows,
            )

    measured = Measured(n=counts, sessions=counts, value=np.nan_to_num(means), displayed=means)
    return judge(measured, eligible, compare, scale=PLAIN, budget=budget)
