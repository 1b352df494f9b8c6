"""The studentized range: of the widest of many differences.

``scipy.stats`` has it too; loading that takes a second and 70 MB, and each value a quarter of one.
"""

import numpy as np
from scipy import special

from analytics.comparison.work import Floats

#: Trapezoids over smooth integrands: within 1e-7 of scipy up to 13 groups, 4e-6 up to 40.
NORMAL = np.linspace(-8.5, 8.5, 137)
STEPS, TAIL = 161, 1e-15
ROUNDS = 60


def exceeds(width: float, groups: int, freedom: float) -> float:
    """The probability of a wider range of so many groups: H. L. Harter 1960."""
    deviation, weight = _deviations(freedom)
    inside = special.ndtr(NORMAL) - special.ndtr(NORMAL - width * deviation[:, None])
    density = np.exp(-(NORMAL**2) / 2) / np.sqrt(2 * np.pi)
    step = NORMAL[1] - NORMAL[0]
    of_known = groups * step * (density * inside ** (groups - 1)).sum(axis=1)
    return float(np.clip(weight.sum() - (weight * of_known).sum(), 0.0, 1.0))


def critical_range(p: float, groups: int, freedom: float) -> float:
    """The range that is exceeded with the probability ``p``."""
    low, high = 0.0, 2.0
    while exceeds(high, groups, freedom) > p:
        low, high = high, 2 * high
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        if high - low < 1e-9 * high:
            break
        low, high = (middle, high) if exceeds(middle, groups, freedom) > p else (low, middle)
    return (low + high) / 2


def _deviations(freedom: float) -> tuple[Floats, Floats]:
    """Standard deviations as so many degrees of freedom estimate 1, and their probabilities."""
    half = freedom / 2
    least, most = special.gammaincinv(half, TAIL), special.gammainccinv(half, TAIL)
    # In the logarithm, where the density is smooth down to one degree of freedom.
    log = np.linspace(np.log(max(least, 1e-300)), np.log(most), STEPS)
    density = np.exp(half * log - np.exp(log) - special.gammaln(half))
    return np.exp(log / 2) / np.sqrt(half), density * (log[1] - log[0])
