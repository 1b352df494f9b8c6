"""Waves: a few days that lie together off the level, after which all is as before.

Every run of days is tried (a scan statistic: J. Glaz, J. Naus and S. Wallenstein, "Scan
statistics", 2001), with Bonferroni's correction for their number and for days that follow one
another being alike.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from analytics.comparison.day_variance import autocorrelation, between_days, freedom_of_median
from analytics.comparison.work import Floats

#: Days of a wave, and at least on each side of it. A longer one is two steps.
MIN_WAVE, MAX_WAVE = 2, 13
MAX_WAVES = 3


@dataclass(frozen=True)
class Run:
    """Days by position, ``end`` not among them, and how far off the level they lie together."""

    start: int
    end: int
    height: float


def find_waves(residual: Floats, chance: Floats, budget: float) -> list[Run]:
    """Runs of days off the level, in their order; each beyond the budget of its look."""
    waves: list[Run] = []
    while len(waves) < MAX_WAVES:
        rest = residual - heights(waves, len(residual))
        run = farthest_run(rest, chance)
        if run is None or not is_clear(run, rest, chance, budget):
            break
        waves.append(run)
    return sorted(waves, key=lambda wave: wave.start)


def heights(waves: list[Run], days: int) -> Floats:
    """What the waves add to each day."""
    added = np.zeros(days)
    for wave in waves:
        added[wave.start : wave.end] += wave.height
    return added


def farthest_run(residual: Floats, chance: Floats) -> Run | None:
    """The run of days that is farthest off the level by chance; None of too few days."""
    weight = 1 / np.maximum(chance + between_days(residual, chance), 1e-12)
    mass = np.concatenate([[0.0], np.cumsum(weight)])
    sums = np.concatenate([[0.0], np.cumsum(weight * residual)])
    farthest, run = 0.0, None
    for width in range(MIN_WAVE, MAX_WAVE + 1):
        start = np.arange(MIN_WAVE, len(residual) - width - MIN_WAVE + 1)
        if not len(start):
            break
        own, of_run = mass[start + width] - mass[start], sums[start + width] - sums[start]
        size = np.abs(of_run) / np.sqrt(own)
        at = int(np.argmax(size))
        if size[at] > farthest:
            farthest = float(size[at])
            run = Run(int(start[at]), int(start[at]) + width, float(of_run[at] / own[at]))
    return run


def is_clear(run: Run, residual: Floats, chance: Floats, budget: float) -> bool:
    """Whether chance leaves out such a run anywhere among the days."""
    days = len(residual)
    rest = residual - heights([run], days)
    variance = np.maximum(chance + between_days(rest, chance), 1e-12)
    correlation = autocorrelation(rest, np.sqrt(variance))
    of_run = variance[run.start : run.end]
    size = abs(run.height) * np.sqrt((1 / of_run).sum() / inflation(correlation, len(of_run)))
    freedom = freedom_of_median(days * (1 - correlation) / (1 + correlation))
    runs = sum(max(days - width - 2 * MIN_WAVE + 1, 0) for width in range(MIN_WAVE, MAX_WAVE + 1))
    return bool(2 * special.stdtr(freedom, -size) * runs < budget)


def inflation(correlation: float, days: int) -> float:
    """The variance of the mean of so many correlated days, over that of independent ones."""
    lag = np.arange(1, days)
    return float(1 + 2 * ((1 - lag / days) * correlation**lag).sum())
