"""When things changed: days and waves that stand out, levels that shifted, counts that grow.

Each day has its own size, and days differ by more than chance within them: a day's variance is
its own plus that between ordinary days. Days that follow one another are alike, so tests count
effective days. Sources: P. B. Laney, "Improved control charts for attributes", 2002, for the
spread between days (estimated here from the median, which neither a wave nor a step moves);
A. Sen and M. S. Srivastava 1975 for a step at an unknown day; NIST handbook 6.3.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from cachetools import cached
from scipy import special

from analytics.comparison.day_variance import (
    autocorrelation,
    between_days,
    freedom_of_median,
    running_median,
    spread_by_size,
)
from analytics.comparison.waves import find_waves, heights
from analytics.comparison.work import Flags, Floats, Whole
from analytics.keeping import KeptThings, kept_lock

#: The probability that a look finds any such thing where there is nothing.
DAY_BUDGET, STEP_BUDGET, TREND_BUDGET, WAVE_BUDGET = 0.004, 0.004, 0.003, 0.003
#: How much more than a line each step has to explain of the spread between days.
LINE_PREFERENCE = 0.25
#: Days on each side of a step.
MIN_SIDE = 7
MAX_STEPS = 4
#: Weeks of days from which on weekdays have levels of their own.
MIN_WEEKS = 4
#: How far a weekday has to be from the others before it gets a level of its own.
WEEKDAY_DEVIATIONS = 3.0
#: A day farther from the level than this counts as if it were this far.
CLIP_DEVIATIONS = 3.5
#: How much less likely a day of a step may be to lie within its interval, in log-likelihood x 2.
STEP_DROP = 3.84
#: A day of a series whose changes are kept, with its numbers.
DAY_BYTES = 60
#: Those of all series: of a year some twenty kilobytes each.
MAX_BYTES = 18_000 * DAY_BYTES


@dataclass(frozen=True)
class Series:
    """A measure by day on a scale where its chance is known: arrays of one length, days rising.

    ``chance``: the variance of each day's value by its own size.
    """

    day: Whole
    value: Floats
    chance: Floats


@dataclass(frozen=True)
class Step:
    """A level that shifted with the day ``day``, known to lie from ``first`` to ``last``.

    ``before`` and ``after``: the levels on the scale; ``stayed``: until the look's end.
    """

    day: int
    first: int
    last: int
    before: float
    after: float
    stayed: bool


@dataclass(frozen=True)
class Wave:
    """Days from ``first`` to ``last`` that lay together at ``level``, where ``usual`` is usual."""

    first: int
    last: int
    usual: float
    level: float


@dataclass(frozen=True)
class Trend:
    """A steady change: ``slope`` a day on the scale, with its 95 % interval."""

    slope: float
    low: float
    high: float

    def doubling_days(self) -> tuple[float, float, float]:
        """Days in which a value on the logarithm's scale doubles (halves): middle and limits."""
        ends = sorted(np.log(2) / abs(value) for value in (self.low, self.high))
        return float(np.log(2) / abs(self.slope)), float(ends[0]), float(ends[1])


@dataclass(frozen=True)
class Changes:
    """What a series holds: ``level`` with ``low`` and ``high``, a value a day; days outside."""

    level: Floats
    low: Floats
    high: Floats
    outside: Flags
    steps: tuple[Step, ...]
    trend: Trend | None
    waves: tuple[Wave, ...] = ()


def series_key(series: Series, **how: Hashable) -> Hashable:
    """All that is found in a series depends on: its numbers, and how it is watched."""
    arrays = (series.day, series.value, series.chance)
    return (*(array.tobytes() for array in arrays), *sorted(how.items()))


def size_of(changes: Changes) -> int:
    """The memory that a series and what it holds take, as good as all of it."""
    return DAY_BYTES * len(changes.level)


@cached(KeptThings(MAX_BYTES, size_of), key=series_key, lock=kept_lock)
def find_changes(series: Series, *, trends: bool = False, measures: int = 1) -> Changes:
    """Watch a series; its budgets are shared by ``measures`` of one kind.

    Kept by its numbers, for those that a change of the data leaves as they are: others get the
    same arrays.
    """
    value = without_weekdays(series)
    usual = usual_level(series, value, trends=trends, measures=measures)
    runs = find_waves(value - usual.level, series.chance, WAVE_BUDGET / measures)
    if runs:
        # A wave must neither become a step nor hide one.
        calm = value - heights(runs, len(value))
        usual = usual_level(series, calm, trends=trends, measures=measures)
    residual = value - usual.level
    deviation = np.sqrt(series.chance + between_days(residual, series.chance))
    probability = DAY_BUDGET / measures / 2 / max(len(value), 1)
    band = -special.stdtrit(freedom_of_median(len(value)), probability) * deviation
    level = usual.level + series.value - value
    waves = []
    for run in runs:
        ordinary = float(usual.level[run.start : run.end].mean())
        first, last = int(series.day[run.start]), int(series.day[run.end - 1])
        waves.append(Wave(first, last, ordinary, ordinary + run.height))
    return Changes(
        level, level - band, level + band, np.abs(residual) > band,
        usual.steps, usual.trend, tuple(waves),
    )  # fmt: skip


@dataclass(frozen=True)
class Usual:
    """The level of each day, and the steps or the trend that it follows."""

    level: Floats
    steps: tuple[Step, ...]
    trend: Trend | None


def usual_level(series: Series, value: Floats, *, trends: bool, measures: int) -> Usual:
    """The level of ordinary days: one, one between any two steps, or a line."""
    steps = find_steps(series.day, value, series.chance, STEP_BUDGET / measures)
    flat = levels_by_day(value, series.chance, steps, series.day)
    trend = (
        find_trend(series.day, value, series.chance, TREND_BUDGET / measures) if trends else None
    )
    if trend is None:
        return Usual(flat, tuple(steps), None)
    line, _ = fitted_line(series.day, value, series.chance)
    # A line says with one number what steps say with two each.
    of_line = between_days(value - line, series.chance)
    of_steps = between_days(value - flat, series.chance)
    if of_line / max(of_steps, 1e-12) <= 1 + LINE_PREFERENCE * len(steps):
        return Usual(line, (), trend)
    return Usual(flat, tuple(steps), None if steps else trend)


def without_weekdays(series: Series) -> Floats:
    """The values without what a weekday usually adds, where enough weeks tell."""
    weeks = (series.day[-1] - series.day[0]) / 7 if len(series.day) else 0
    if weeks < MIN_WEEKS:
        return series.value
    smooth = running_median(series.value, 7)
    residual = series.value - smooth
    usual = np.zeros(7)
    weekday = series.day % 7
    for number in range(7):
        own = residual[weekday == number]
        if len(own) >= MIN_WEEKS:
            usual[number] = np.median(own)
    # The error of a median of as many days (1.25 sd / sqrt n, sd by the median deviation).
    error = 1.25 * 1.48 * np.median(np.abs(residual)) / np.sqrt(weeks)
    is_clear = np.abs(usual - np.median(usual)) > WEEKDAY_DEVIATIONS * error
    usual = np.where(is_clear, usual, 0.0)
    return series.value - usual[weekday]


def count_series(day: Whole, counts: Floats, parts: Floats | None = None) -> Series:
    """Counts on the logarithm's scale; the chance is that of the counts around each day.

    ``parts``: in how many parts each day's came (items in assignments): a day of few varies more.
    """
    value = np.log(counts)
    chance = 1 / np.exp(running_median(value, 7))
    if parts is not None:
        chance = np.maximum(chance, spread_by_size(value, parts) / parts)
    return Series(day, value, chance)


def find_steps(day: Whole, value: Floats, chance: Floats, budget: float) -> list[Step]:
    """Levels that shifted, by binary segmentation; each step beyond the budget of its look."""
    cuts: list[tuple[int, int, int]] = []
    open_parts = [(0, len(value))]
    while open_parts and len(cuts) < MAX_STEPS:
        start, end = open_parts.pop(0)
        best = best_cut(value[start:end], chance[start:end], budget)
        if best is None:
            continue
        cut, first, last = (place + start for place in best)
        cuts.append((cut, first, last))
        open_parts += [(start, cut), (cut, end)]
    cuts.sort()
    edges = [0, *(cut for cut, _, _ in cuts), len(value)]
    levels = [robust_level(value[a:b], chance[a:b]) for a, b in pairwise(edges)]
    return [
        Step(
            int(day[cut]), int(day[first]), int(day[last]), levels[place], levels[place + 1],
            place == len(cuts) - 1,
        )
        for place, (cut, first, last) in enumerate(cuts)
    ]  # fmt: skip


def best_cut(value: Floats, chance: Floats, budget: float) -> tuple[int, int, int] | None:
    """The place where the level shifted, with the first and last it may be; None without one."""
    days = len(value)
    places = np.arange(MIN_SIDE, days - MIN_SIDE + 1)
    if len(places) == 0:
        return None
    spread = between_days(value - np.median(value), chance)
    for _ in range(3):
        weight = 1 / np.maximum(chance + spread, 1e-12)
        mass, sums = np.cumsum(weight), np.cumsum(weight * value)
        left_mass, right_mass = mass[places - 1], mass[-1] - mass[places - 1]
        left, right = sums[places - 1] / left_mass, (sums[-1] - sums[places - 1]) / right_mass
        t = (right - left) / np.sqrt(1 / left_mass + 1 / right_mass)
        best = int(np.argmax(np.abs(t)))
        residual = value - np.where(np.arange(days) < places[best], left[best], right[best])
        spread = between_days(residual, chance)
    deviation = np.sqrt(np.maximum(chance + spread, 1e-12))
    correlation = autocorrelation(residual, deviation)
    shrink = (1 - correlation) / (1 + correlation)
    freedom = freedom_of_median(days * shrink)
    size = abs(float(t[best])) * np.sqrt(shrink)
    if 2 * special.stdtr(freedom, -size) * len(places) >= budget:
        return None
    near = places[(t[best] ** 2 - t**2) * shrink < STEP_DROP]
    return int(places[best]), int(near.min()), int(near.max())


def robust_level(value: Floats, chance: Floats) -> float:
    """The weighted mean of the days, in which far ones count less (P. J. Huber 1964)."""
    level = float(np.median(value))
    variance = np.maximum(chance + between_days(value - level, chance), 1e-12)
    weight, reach = 1 / variance, CLIP_DEVIATIONS * np.sqrt(variance)
    for _ in range(5):
        # A wave of large days must not become the level.
        clipped = np.clip(value, level - reach, level + reach)
        level = float((weight * clipped).sum() / weight.sum())
    return level


def levels_by_day(value: Floats, chance: Floats, steps: list[Step], day: Whole) -> Floats:
    """The level of each day, which changes at the steps only."""
    if not len(value):
        return value
    if not steps:
        return np.full(len(value), robust_level(value, chance))
    levels = np.full(len(value), steps[0].before)
    for step in steps:
        levels[day >= step.day] = step.after
    return levels


def fitted_line(day: Whole, value: Floats, chance: Floats) -> tuple[Floats, tuple[float, float]]:
    """The weighted straight line through the days, its slope and the slope's standard error."""
    spread = between_days(value - np.median(value), chance)
    line, slope, error = value, 0.0, float("nan")
    for _ in range(3):
        weight = 1 / np.maximum(chance + spread, 1e-12)
        middle = (weight * day).sum() / weight.sum()
        about = day - middle
        mean = (weight * value).sum() / weight.sum()
        square = (weight * about**2).sum()
        slope = float((weight * about * (value - mean)).sum() / square)
        line = mean + slope * about
        spread = between_days(value - line, chance)
        error = float(1 / np.sqrt(square))
    return line, (slope, error)


def find_trend(day: Whole, value: Floats, chance: Floats, budget: float) -> Trend | None:
    """A steady change beyond the budget of its look; None without one."""
    if len(value) < 2 * MIN_SIDE:
        return None
    line, (slope, error) = fitted_line(day, value, chance)
    spread = between_days(value - line, chance)
    correlation = autocorrelation(value - line, np.sqrt(np.maximum(chance + spread, 1e-12)))
    shrink = (1 - correlation) / (1 + correlation)
    error /= np.sqrt(shrink)
    freedom = freedom_of_median(len(value) * shrink)
    if 2 * special.stdtr(freedom, -abs(slope) / error) >= budget:
        return None
    half = float(special.stdtrit(freedom, 0.975)) * error
    return Trend(slope, slope - half, slope + half)
