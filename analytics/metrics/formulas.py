"""Formulas of the field that several metrics share; units are in the names."""

from math import isnan, sqrt
from typing import Any

import numpy as np

from analytics.models import SECOND_US

# The normal distribution's 97.5 % point: 95 % of it lies within, two-sided.
Z_95 = 1.959963984540054
Z2 = Z_95**2

HOUR_US = 3600 * SECOND_US


def seconds(us: int | float) -> float:
    """Microseconds as seconds."""
    return us / SECOND_US


def ratio(numerator: float | None, denominator: float | None) -> float | None:
    """The quotient; None, never 0, where the denominator is 0 or one of the two is unknown."""
    return numerator / denominator if numerator is not None and denominator else None


def ratios(numerators: Any, denominators: Any) -> list[float | None]:
    """``ratio`` of each of two arrays' values."""
    known = denominators != 0
    quotients = np.divide(numerators, denominators, out=np.zeros(len(known)), where=known)
    return none_unless(known, quotients)


def none_unless(known: Any, values: Any) -> list[float | None]:
    """An array's values, None where they are not known."""
    found = values.astype(object)
    found[~known] = None
    listed: list[float | None] = found.tolist()
    return listed


def none_if_nan(value: float) -> float | None:
    """A number; None where it is not one."""
    return None if isnan(value) else float(value)


def wilson(
    successes: int, n: float, *, design_effect: float = 1.0
) -> tuple[float | None, float | None]:
    """The Wilson score interval (95 %) of a share; (None, None) for n = 0.

    E. B. Wilson, Probable Inference, JASA 22 (1927); no continuity correction. Things that are
    alike in clusters count as n / ``design_effect`` independent ones.
    """
    if not n:
        return None, None
    share = successes / n
    n = n / design_effect
    centre = share + Z2 / (2 * n)
    margin = Z_95 * sqrt(share * (1 - share) / n + Z2 / (4 * n * n))
    scale = 1 + Z2 / n
    return max(0.0, (centre - margin) / scale), min(1.0, (centre + margin) / scale)


def wilson_bounds(
    successes: Any, n: Any, *, design_effect: float = 1.0
) -> tuple[list[float | None], list[float | None]]:
    """``wilson`` of each of two arrays' values: the lower ends, and the upper."""
    known = n > 0
    n = np.where(known, n, 1)
    share = successes / n
    n = n / design_effect
    centre = share + Z2 / (2 * n)
    margin = Z_95 * np.sqrt(share * (1 - share) / n + Z2 / (4 * n * n))
    scale = 1 + Z2 / n
    low = np.maximum(0.0, (centre - margin) / scale)
    high = np.minimum(1.0, (centre + margin) / scale)
    return none_unless(known, low), none_unless(known, high)


def handle_seconds(active_us: int, timed_decided: int) -> float | None:
    """Average handle time: active time over decided views, both of sessions of known duration."""
    return ratio(seconds(active_us), timed_decided)
