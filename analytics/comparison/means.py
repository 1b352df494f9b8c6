"""Intervals of means that are honest about clusters, skew and bounded scales.

Rows of one person or user are alike, and lengths and ratings are skewed: a plain t interval would
promise 95 and keep 33 to 90 of 100.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import special

from analytics.comparison.work import Floats

#: The two-sided probability that an interval misses.
MISSES = 0.05
#: A difference "would have been seen" when four of five looks show it.
POWER = 0.8
#: Up to so many clusters the exact bounds are used, where more than this part of them lies
#: within this part of the scale from one of its ends: rare values at the other end are unseen.
FEW_CLUSTERS, PILED_UP, NEAR_END = 50, 0.5, 0.1
#: Draws of the exact bounds, seeded: the same on every machine.
DRAWS, SEED = 20_000, 20051


@dataclass(frozen=True)
class Mean:
    """A mean with its interval; ``n`` rows of ``clusters`` independent things.

    ``low`` and ``high`` are NaN where there is no interval: one cluster, or equal values without
    a bound. ``error``: the standard error; ``freedom``: its degrees of freedom.
    """

    value: float
    low: float
    high: float
    n: int
    clusters: int
    error: float
    freedom: float

    @classmethod
    def unknown(cls, value: float, n: int, clusters: int) -> Self:
        """A mean without an interval."""
        nan = float("nan")
        return cls(value, nan, nan, n, clusters, nan, nan)

    @classmethod
    def of_error(cls, value: float, error: float, freedom: float, *, n: int, clusters: int) -> Self:
        """A mean whose standard error is known already; unknown where that is none."""
        if not error > 0:
            return cls.unknown(value, n, clusters)
        half = float(special.stdtrit(freedom, 1 - MISSES / 2)) * error
        return cls(value, value - half, value + half, n, clusters, error, freedom)


def mean_of_clusters(
    sizes: Floats, sums: Floats, *, bounds: tuple[float, float] | None = None
) -> Mean:
    """The mean of rows that belong to clusters, from the clusters' sizes and sums.

    The union of CR2 (R. M. Bell and D. F. McCaffrey 2002; J. E. Pustejovsky and E. Tipton 2018)
    and P. Hall's transformation for skew ("On the removal of skewness by transformation", 1992);
    on a bounded scale with few clusters N. Gaffke's exact bounds (2005).
    """
    n, many = int(sizes.sum()), len(sizes)
    mean = float(sums.sum() / n) if n else float("nan")
    if many < 2:
        return Mean.unknown(mean, n, many)
    residuals = sums - sizes * mean
    residuals[np.abs(residuals) < 1e-9 * np.maximum(np.abs(sums), 1.0)] = 0.0
    part = sizes / n
    adjust = 1 / np.sqrt(np.maximum(1 - part, 1e-12))
    error = float(np.sqrt(((residuals * adjust) ** 2).sum())) / n
    freedom = satterthwaite(sizes, n)
    if bounds is not None and needs_exact_bounds(sums / sizes, error, bounds):
        low, high = gaffke(sums / sizes, bounds)
        return Mean(mean, min(low, mean), max(high, mean), n, many, error, freedom)
    if error == 0:
        return Mean.unknown(mean, n, many)
    half = float(special.stdtrit(freedom, 1 - MISSES / 2)) * error
    low, high = mean - half, mean + half
    skewed_low, skewed_high = _hall(residuals, mean, error, freedom)
    low, high = min(low, skewed_low), max(high, skewed_high)
    if bounds is not None:
        low, high = max(low, bounds[0]), min(high, bounds[1])
    return Mean(mean, low, high, n, many, error, freedom)


def needs_exact_bounds(values: Floats, error: float, bounds: tuple[float, float]) -> bool:
    """Whether the other intervals would be too narrow: no spread, or few values near an end."""
    if error == 0:
        return True
    near = NEAR_END * (bounds[1] - bounds[0])
    at_ends = (values <= bounds[0] + near).mean(), (values >= bounds[1] - near).mean()
    return len(values) <= FEW_CLUSTERS and max(at_ends) > PILED_UP


def satterthwaite(sizes: Floats, n: int) -> float:
    """The degrees of freedom of CR2 for a mean, if rows were independent."""
    adjust = 1 / np.sqrt(np.maximum(1 - sizes / n, 1e-12))
    trace = float((adjust**2 * (sizes - sizes**2 / n)).sum())
    own = adjust**2 * sizes
    across = adjust * sizes
    squared = (own**2).sum() - 2 * (own * across**2).sum() / n + (across**2).sum() ** 2 / n**2
    return max(trace**2 / float(squared), 1.0) if squared > 0 else 1.0


def _hall(residuals: Floats, mean: float, error: float, freedom: float) -> tuple[float, float]:
    """Hall's interval from the clusters' residual sums."""
    many = len(residuals)
    spread = residuals.std()
    skew = float(((residuals - residuals.mean()) ** 3).mean() / spread**3) if spread > 0 else 0.0
    quantile = float(special.stdtrit(freedom, 1 - MISSES / 2))
    root = np.sqrt(many)
    if abs(skew) < 1e-6:
        return mean - quantile * error, mean + quantile * error

    def back(t: float) -> float:
        inner = 1 + skew / root * (t - skew / (6 * root))
        return float(3 * root / skew * (np.cbrt(inner) - 1))

    ends = mean - error * back(quantile), mean - error * back(-quantile)
    return min(ends), max(ends)


def gaffke(values: Floats, bounds: tuple[float, float]) -> tuple[float, float]:
    """Bounds that hold for every distribution on a bounded scale, of independent values.

    The quantiles of the mean under random spacings, with the spare one at the scale's end.
    """
    ordered = np.sort(values)
    random = np.random.default_rng(SEED)
    spacings = random.standard_exponential((DRAWS, len(ordered) + 1))
    spacings /= spacings.sum(axis=1, keepdims=True)
    inner = spacings[:, 1:] @ ordered
    low = np.quantile(inner + spacings[:, 0] * bounds[0], MISSES / 2)
    high = np.quantile(inner + spacings[:, 0] * bounds[1], 1 - MISSES / 2)
    return float(low), float(high)
