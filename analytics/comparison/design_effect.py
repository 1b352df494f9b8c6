"""How much more the rates of whole sessions vary than those of independent videos would."""

from collections.abc import Iterable
from math import fsum

import numpy as np

from analytics.comparison.changes import ROUNDING, ClusterSums
from analytics.comparison.work import Floats


def design_effect_of_rates(groups: Iterable[ClusterSums]) -> float:
    """``design_effect_of_sums`` of groups given one by one."""
    sums = [
        (
            group.clusters,
            group.whole,
            group.part,
            group.whole_squares,
            group.part_squares,
            group.products,
        )
        for group in groups
    ]
    return design_effect_of_sums(np.array(sums, np.float64).reshape(-1, 6).T)


def design_effect_of_sums(sums: Floats) -> float:
    """D, one for all groups (people, queues): 1 or more, 1 where nothing tells.

    ``sums``: a row for each field of ``ClusterSums``, in their order, a column a group. The
    groups' variances by their sessions over those of independent videos, each group about
    its own rate: Σ N V / Σ p (1 - p), with V = m / (m - 1) Σ (r - p n)² / N² over m sessions (L.
    Kish, Survey Sampling, 1965; a ratio of means: W. G. Cochran, Sampling Techniques, 1977, 6.3).
    """
    clusters, whole, part = sums[:3]
    telling = sums[:, (clusters >= 2) & (part > 0) & (part < whole)]
    clusters, whole, part, whole_squares, part_squares, products = telling
    rate = part / whole
    squares = part_squares - 2 * rate * products + rate * rate * whole_squares
    squares = np.where(squares <= ROUNDING * part_squares, 0.0, squares)
    # The same to the last digit in whatever order the groups come.
    observed = fsum((squares * clusters / (clusters - 1) / whole).tolist())
    assumed = fsum((rate * (1 - rate)).tolist())
    return max(1.0, observed / assumed) if assumed > 0 else 1.0
