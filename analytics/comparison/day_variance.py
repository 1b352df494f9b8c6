"""How much days vary: robust to the days, waves and steps that are looked for in them."""

import numpy as np

from analytics.comparison.work import Floats

#: What a spread by the median is worth beside one by the mean square (F. R. Hampel 1974).
MEDIAN_EFFICIENCY = 0.37
#: The median of a squared normal value.
MEDIAN_CHI = 0.454936


def running_median(values: Floats, width: int) -> Floats:
    """The median of the days around each day."""
    half = width // 2
    padded = np.pad(values, half, mode="reflect") if len(values) > half else values
    if len(padded) < width:
        return np.full(len(values), np.median(values))
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)
    medians: Floats = np.median(windows, axis=1)
    return medians


def between_days(residual: Floats, chance: Floats) -> float:
    """The variance between ordinary days, from the median of the squared residuals."""
    if len(residual) < 2:
        return 0.0
    # With this variance the median of residual² / (chance + it) is that of a squared normal value.
    return max(float(np.median(residual**2 / MEDIAN_CHI - chance)), 0.0)


def spread_by_size(value: Floats, n: Floats) -> float:
    """The variance of one trial, by how days lie about their neighbours: robust to steps."""
    left = value - running_median(value, 7)
    return float(max(np.median(left**2 * n) / MEDIAN_CHI, 1e-9))


def freedom_of_median(days: float) -> float:
    """The degrees of freedom of a spread that was estimated from the median of so many days."""
    return max(MEDIAN_EFFICIENCY * days - 2, 1.0)


def autocorrelation(residual: Floats, deviation: Floats) -> float:
    """The correlation of days that follow one another, from 0 to 0.8."""
    scaled = np.clip(residual / deviation, -3, 3)
    scaled = scaled - scaled.mean()
    whole = float((scaled**2).sum())
    if len(scaled) < 4 or whole <= 0:
        return 0.0
    # A short series understates it (F. H. C. Marriott and J. A. Pope 1954).
    r = float((scaled[1:] * scaled[:-1]).sum()) / whole
    r += (1 + 3 * max(r, 0.0)) / len(scaled)
    return min(max(r, 0.0), 0.8)
