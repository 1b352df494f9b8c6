"""When things changed: days that stand out, levels that shifted, counts that grow.

Each day has its own size, and days differ by more than chance within them: a day's variance is
its own plus that between ordinary days. Days that follow one another are alike, so tests count
effective days. Sources: P. B. Laney, "Improved control charts for attributes", 2002, for the
spread between days (estimated here from the median, which neither a wave nor a step moves);
A. Sen and M. S. Srivastava 1975 for a step at an unknown day; NIST handbook 6.3.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import special

from analytics.comparison.work import Flags, Floats, Whole

#: The probability that a look finds any such thing where there is nothing.
DAY_BUDGET, STEP_BUDGET, TREND_BUDGET = 0.004, 0.004, 0.003
#: How much more than a line each step has to explain of the spread between days.
LINE_PREFERENCE = 0.25
#: Days on each side of a step.
MIN_SIDE = 7
MAX_STEPS = 4
#: Weeks of days from which on weekdays have levels of their own.
MIN_WEEKS = 4
#: How far a weekday has to be from the others before it gets a level of its own.
WEEKDAY_DEVIATIONS = 3.0
#: What a spread by the median is worth beside one by the mean square (F. R. Hampel 1974).
MEDIAN_EFFICIENCY = 0.37
#: A day farther from the level than this counts as if it were this far.
CLIP_DEVIATIONS = 3.5
#: The median of a squared normal value.
MEDIAN_CHI = 0.454936
#: How much less likely a day of a step may be to lie within its interval, in log-likelihood x 2.
STEP_DROP = 3.84


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


def find_changes(series: Series, *, trends: bool = False, measures: int = 1) -> Changes:
    """Watch a series; its budgets are shared by ``measures`` of one kind."""
    value = without_weekdays(series)
    steps = find_steps(series.day, value, series.chance, STEP_BUDGET / measures)
    trend = (
        find_trend(series.day, value, series.chance, TREND_BUDGET / measures) if trends else None
    )
    flat = levels_by_day(value, series.chance, steps, series.day)
    if trend is not None:
        line, _ = fitted_line(series.day, value, series.chance)
        # A line says with one number what steps say with two each.
        of_line = between_days(value - line, series.chance)
        of_steps = between_days(value - flat, series.chance)
        gain = of_line / max(of_steps, 1e-12)
        if gain <= 1 + LINE_PREFERENCE * len(steps):
            steps, flat = [], line
        elif steps:
            trend = None
    residual = value - flat
    spread = between_days(residual, series.chance)
    deviation = np.sqrt(series.chance + spread)
    probability = DAY_BUDGET / measures / 2 / max(len(value), 1)
    limit = -special.stdtrit(freedom_of_median(len(value)), probability)
    band = limit * deviation
    weekday = series.value - value
    level = flat + weekday
    return Changes(level, level - band, level + band, np.abs(residual) > band, tuple(steps), trend)


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


def count_series(day: Whole, counts: Floats) -> Series:
    """Counts on the logarithm's scale; the chance is that of the counts around each day."""
    value = np.log(counts)
    return Series(day, value, 1 / np.exp(running_median(value, 7)))


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
    squares = residual**2
    low, high = 0.0, float(squares.max()) / MEDIAN_CHI + 1e-12
    if np.median(squares / (chance + 1e-300)) <= MEDIAN_CHI:
        return 0.0
    for _ in range(60):
        middle = (low + high) / 2
        if np.median(squares / (chance + middle)) > MEDIAN_CHI:
            low = middle
        else:
            high = middle
    return high


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
