"""Means of rows: satisfaction and response time, whose rows vary as much for one as for another."""

import numpy as np

from analytics.comparison.judging import PLAIN, Budget, Comparison, Measured, Verdicts, judge
from analytics.comparison.work import Flags, Floats

#: Nobody is judged by fewer rows.
MIN_ROWS = 3


def within_variance(counts: Floats, sums: Floats, squares: Floats) -> float:
    """The variance between rows of one person, pooled over people and history.

    ``counts``, ``sums`` and ``squares`` by person. NaN where nobody has two rows.
    """
    freedom = np.maximum(counts - 1, 0).sum()
    if freedom <= 0:
        return float("nan")
    about = squares - np.divide(sums**2, counts, out=np.zeros_like(sums), where=counts > 0)
    return max(float(np.maximum(about, 0.0).sum() / freedom), 0.0)


def compare_rows(
    *, counts: Floats, means: Floats, variance: float, min_sd: float, budget: Budget
) -> Verdicts:
    """Judge the means of people's rows.

    ``variance``: between the rows of one person; ``min_sd``: the least standard deviation between
    people that is assumed.
    """
    people = len(counts)
    eligible = (counts >= MIN_ROWS) & np.isfinite(means)
    if not np.isfinite(variance):
        eligible &= False

    def compare(_team: Flags) -> Comparison:
        return Comparison(
            expected=np.zeros((people, people)),
            chance=(variance if np.isfinite(variance) else 0.0) / np.maximum(counts, 1),
            min_variance=min_sd**2,
        )

    measured = Measured(n=counts, sessions=counts, value=np.nan_to_num(means), displayed=means)
    return judge(measured, eligible, compare, scale=PLAIN, budget=budget)
