"""Whether a figure changed from one period to the next by more than chance.

The change is a difference of two ratios of sums, a mean being a sum over a number. Its variance
comes from clusters, since what belongs together is alike: videos of a session, sessions of a day,
rows of a person. A cluster that occurs in both periods counts once, so that what it is always like
takes no part (linearised ratios: W. G. Cochran, Sampling Techniques, 3rd ed. 1977, 6.3; degrees of
freedom: F. E. Satterthwaite 1946).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import sqrt

import numpy as np
from scipy import special

from analytics.comparison.work import Floats

#: With fewer clusters in either period a change has no interval.
MIN_CLUSTERS = 5
CONFIDENCE = 0.95
#: A sum of squares below this part of its terms is 0 but for rounding.
ROUNDING = 1e-12


@dataclass(frozen=True)
class ClusterSums:
    """A ratio ``part`` / ``whole`` over clusters, as sums that can be added up.

    ``clusters``: those with a ``whole`` above 0; the others are sums of squares and of products.
    """

    clusters: int
    whole: float
    part: float
    whole_squares: float
    part_squares: float
    products: float

    @property
    def ratio(self) -> float:
        """The part of the whole; a mean where the whole is a number of rows."""
        return self.part / self.whole

    @property
    def variance(self) -> float:
        """The variance of the ratio by the clusters that it was seen in."""
        ratio = self.ratio
        squares = self.part_squares - 2 * ratio * self.products + ratio * ratio * self.whole_squares
        if squares <= ROUNDING * self.part_squares:
            return 0.0
        return squares * self.clusters / (self.clusters - 1) / self.whole**2


def cluster_sums(clusters: Sequence[tuple[float, float]] | Floats) -> ClusterSums:
    """The sums of some clusters, each given as (whole, part): pairs, or an array of two columns."""
    pairs = np.asarray(clusters, np.float64).reshape(-1, 2)
    whole, part = pairs[pairs[:, 0] > 0].T
    sums = (whole, part, whole * whole, part * part, whole * part)
    return ClusterSums(len(whole), *(float(values.sum()) for values in sums))


@dataclass(frozen=True)
class Bounds:
    """The 95 % interval of a change."""

    low: float
    high: float


@dataclass(frozen=True)
class Chance:
    """How much a change varies by chance: its standard error and the degrees of freedom of that."""

    error: float
    freedom: float

    def half_width(self, confidence: float = CONFIDENCE) -> float:
        """Half the width of the interval of a normal value whose variance was estimated."""
        return self.quantile((1 + confidence) / 2) * self.error

    def quantile(self, probability: float) -> float:
        """Student's t."""
        return float(special.stdtrit(self.freedom, probability))


def bounds_of(
    change: float, chances: Sequence[Chance], confidence: float = CONFIDENCE
) -> Bounds | None:
    """The interval of a change by the kind of chance that makes it widest."""
    return around(change, max((each.half_width(confidence) for each in chances), default=0.0))


def chances_of_ratio(
    now: Sequence[ClusterSums],
    before: Sequence[ClusterSums],
    *,
    is_share: bool,
    design_effect: float = 1.0,
) -> list[Chance]:
    """How much now's ratio minus before's varies, by each kind of cluster; none with too few.

    Each period is given by clusters of one or more kinds (sessions, and the days that they
    belong to), the finest first: the kind that shows the most chance counts, where it has clusters
    enough. ``is_share``: a share of things varies by chance at least as if each were by itself,
    times ``design_effect`` where that is known.
    """
    if min(now[0].clusters, before[0].clusters) < MIN_CLUSTERS:
        return []
    pooled = (now[0].part + before[0].part) / (now[0].whole + before[0].whole)
    single = design_effect * max(pooled * (1 - pooled), 0.0) if is_share else 0.0
    chances = []
    for periods in zip(now, before, strict=True):
        if min(sums.clusters for sums in periods) < MIN_CLUSTERS:
            continue
        variances = [max(sums.variance, single / sums.whole) for sums in periods]
        total = sum(variances)
        if total > 0:
            parts = (
                variance**2 / (sums.clusters - 1)
                for variance, sums in zip(variances, periods, strict=True)
            )
            chances.append(Chance(sqrt(total), total**2 / sum(parts)))
    return chances


#: The sums of a cluster that ``chances_of_means`` takes, in this order.
PAIR = ("whole_now", "part_now", "whole_before", "part_before")
#: Whose products over the clusters it takes too, in this order.
PRODUCTS = tuple(combinations_with_replacement(range(len(PAIR)), 2))


def chances_of_means(
    clusters: int, sums: Sequence[float], products: Sequence[float]
) -> list[Chance]:
    """How much a change varies over clusters that may occur in both periods; none: unknown.

    ``clusters``: how many there are; ``sums``: of each of ``PAIR`` over them; ``products``: of each
    pair of ``PRODUCTS``.
    """
    whole_now, part_now, whole_before, part_before = sums
    if clusters < MIN_CLUSTERS or not whole_now or not whole_before:
        return []
    now, before = part_now / whole_now, part_before / whole_before
    # What a cluster contributes is linear in its four sums, its square in their products.
    weights = (-now / whole_now, 1 / whole_now, before / whole_before, -1 / whole_before)
    terms = [
        (1 if first == second else 2) * weights[first] * weights[second] * product
        for (first, second), product in zip(PRODUCTS, products, strict=True)
    ]
    squares = sum(terms)
    if squares <= ROUNDING * sum(abs(term) for term in terms):
        return []
    return [Chance(sqrt(squares * clusters / (clusters - 1)), clusters - 1)]


def around(change: float, half: float) -> Bounds | None:
    """The interval; None without a width: equal values do not show how much chance there is."""
    return Bounds(change - half, change + half) if half > 0 else None
