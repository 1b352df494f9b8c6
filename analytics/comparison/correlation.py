"""Pearson's r of rows that belong to clusters, from sums by cluster."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from analytics.comparison.means import MISSES, POWER
from analytics.comparison.work import Floats

#: Fisher's z has variance 1 / (n - 3).
MIN_POINTS = 4


@dataclass(frozen=True)
class Correlation:
    """r with its 95 % interval; ``would_show``: the least that four of five looks would show.

    ``deviation``: the standard deviation of y, for ``difference``.
    """

    r: float
    low: float
    high: float
    would_show: float
    deviation: float


def correlation(sizes: Floats, x: Floats, y: Floats, squares: Floats) -> Correlation | None:
    """The correlation of rows that are known as sums by cluster; None where it is undefined.

    ``squares``: Σx², Σy², Σxy by cluster, in three columns. On R. A. Fisher's scale (1921), whose
    variance 1 / (n - 3) is widened to that of the clusters' influence where they are alike (the
    sandwich estimate of P. J. Huber 1967).
    """
    n = float(sizes.sum())
    if n < MIN_POINTS:
        return None
    mx, my = x.sum() / n, y.sum() / n
    xx, yy, xy = squares.sum(axis=0) - n * np.array([mx * mx, my * my, mx * my])
    if not (xx > 1e-12 * squares[:, 0].sum() and yy > 1e-12 * squares[:, 1].sum()):
        return None
    deviation = float(np.sqrt(yy / (n - 1)))
    r = float(np.clip(xy / np.sqrt(xx * yy), -1, 1))
    if abs(r) >= 1 - 1e-12:
        return Correlation(r, r, r, 0.0, deviation)
    own_xx = (squares[:, 0] - 2 * mx * x + sizes * mx * mx) / xx * n
    own_yy = (squares[:, 1] - 2 * my * y + sizes * my * my) / yy * n
    own_xy = (squares[:, 2] - mx * y - my * x + sizes * mx * my) / np.sqrt(xx * yy) * n
    influence = (own_xy - r / 2 * (own_xx + own_yy)) / n
    clusters = len(sizes)
    robust = float((influence**2).sum()) * clusters / max(clusters - 1, 1) / (1 - r * r) ** 2
    error = float(np.sqrt(max(robust, 1 / (n - 3))))
    clustered = robust > 1 / (n - 3) and clusters < n
    at = [1 - MISSES / 2, POWER]
    quantile, power = special.stdtrit(max(clusters - 1, 1), at) if clustered else special.ndtri(at)
    z = float(np.arctanh(r))
    return Correlation(
        r,
        float(np.tanh(z - quantile * error)),
        float(np.tanh(z + quantile * error)),
        float(np.tanh((quantile + power) * error)),
        deviation,
    )


def difference(r: float, deviation: float) -> float:
    """How much y differs between a low x and a high one: a standard deviation below and above.

    The regression line's, for an x scaled by two standard deviations: A. Gelman, "Scaling
    regression inputs by dividing by two standard deviations", 2008.
    """
    return 2 * r * deviation
