"""Whether a count changed from one period to the next by more than its days vary.

Counts of a day vary by more than single events would: items come in assignments, sessions in
shifts. A day's count is a level of its week times the part of its weekday, and varies by a multiple
of what single events would (quasi-Poisson: P. McCullagh and J. A. Nelder, Generalized Linear
Models, 2nd ed. 1989, 6.2). The multiple comes from how days lie about their own week and weekday:
neither a weekday pattern nor weeks of another level are taken for chance.
"""

from dataclasses import dataclass

import numpy as np

from analytics.comparison.changes import Chance
from analytics.comparison.day_variance import MEDIAN_CHI, freedom_of_median
from analytics.comparison.work import Floats

WEEK = 7
#: From so many weeks on, of which so many days have any, days are known by their median.
MIN_WEEKS, MIN_FILLED = 4, 0.7
#: A day farther from its level than this counts as if it were this far.
CLIP_DEVIATIONS = 3.0
#: The usual correlation of days that follow one another, and how much it differs.
USUAL_CORRELATION, CORRELATION_SD = 0.15, 0.15
#: With fewer degrees of freedom the days do not tell how much they vary.
MIN_FREEDOM = 5
#: A logarithm whose standard error is above this is no normal value.
MAX_ERROR = 0.35


@dataclass(frozen=True)
class DaySpread:
    """How much days vary beyond single events: the multiple, and its degrees of freedom."""

    multiple: float
    freedom: float


def spread_of_days(counts: Floats, *, least: float = 1.0) -> DaySpread | None:
    """How days vary about their week and weekday; None with too few days.

    ``counts``: of each day that follows on another, 0 included. Weeks are counted from the end.
    ``least``: how many come at once, as the items of an assignment do; days vary at least by that.
    """
    days = counts[len(counts) % WEEK :].reshape(-1, WEEK)
    days = days[days.sum(axis=1) > 0]
    days = days[:, days.sum(axis=0) > 0]
    weeks, weekdays = days.shape
    freedom = float((weeks - 1) * (weekdays - 1))
    if freedom < MIN_FREEDOM:
        return None
    # In a week of a wave or a holiday the days do not lie as usual: of several weeks the middle.
    is_robust = weeks >= MIN_WEEKS and (days > 0).mean() >= MIN_FILLED
    parts = days / days.sum(axis=1, keepdims=True)
    profile = np.median(parts, axis=0) if is_robust else days.sum(axis=0) / days.sum()
    level = median_level(days, profile) if is_robust else days.sum(axis=1)
    fitted = np.maximum(np.outer(level, profile / profile.sum()), 1e-9)
    squared = (days - fitted) ** 2 / fitted
    if is_robust:
        # Busy days may vary more than in proportion, and weigh more in the sums.
        busy = fitted >= np.median(fitted)
        middle = max(float(np.median(squared)), float(np.median(squared[busy])))
        multiple = middle / MEDIAN_CHI * days.size / freedom
        freedom = freedom_of_median(freedom)
    else:
        multiple = float(squared.sum()) / freedom
    multiple = max(multiple, least)
    r = correlation_of_days((days - fitted) / np.sqrt(fitted * multiple))
    return DaySpread(multiple * (1 + r) / (1 - r), freedom)


def median_level(days: Floats, profile: Floats) -> Floats:
    """The level of each week: the middle of what its days say of it."""
    level: Floats = np.median(days / np.maximum(profile / profile.sum(), 1e-9), axis=1)
    return level


def correlation_of_days(scaled: Floats) -> float:
    """The correlation of days that follow one another, as the days of whole weeks show it.

    Within weeks, about their own level, it is seen too small (F. H. C. Marriott and J. A. Pope
    1954), and with few weeks hardly at all: it is drawn to what days usually have.
    """
    clipped = np.clip(scaled, -CLIP_DEVIATIONS, CLIP_DEVIATIONS)
    squares = float((clipped**2).sum())
    if squares < 1e-9 or clipped.shape[1] < WEEK:
        return USUAL_CORRELATION
    seen = float((clipped[:, 1:] * clipped[:, :-1]).sum()) / squares
    seen = (seen + 1 / WEEK) / (1 - 3 / WEEK)
    chance = 1 / clipped.size / (1 - 3 / WEEK) ** 2
    trust = CORRELATION_SD**2 / (CORRELATION_SD**2 + chance)
    return max(USUAL_CORRELATION + trust * (seen - USUAL_CORRELATION), 0.0)


def chance_of_growth(now: float, before: float, spread: DaySpread) -> Chance | None:
    """How much the logarithm of now's count over before's varies; None where too few count."""
    if now <= 0 or before <= 0:
        return None
    error = float(np.sqrt(spread.multiple * (1 / now + 1 / before)))
    return Chance(error, spread.freedom) if error <= MAX_ERROR else None
