"""Watching days: false findings in made series, and changes of known size and date."""

import numpy as np
import pytest

from analytics.comparison.days import Series, count_series, find_changes

DAYS = 120
LOOKS = 100


def made(random, *, shape=None, likeness=0.3, days_sd=0.05, quiet=False):
    """A look's series: three rates or times and four queues, days alike by ``likeness``."""
    n = random.poisson(400, DAYS).astype(float)
    if quiet:
        n = np.where(np.arange(DAYS) % 7 >= 5, n / 5, n)
    for _ in range(3):
        noise = days(random, likeness) * days_sd
        rate = 0.3 * np.exp(noise + (0 if shape is None else shape))
        yield (
            Series(np.arange(DAYS), random.binomial(n.astype(int), rate) / n, 0.3 * 0.7 / n),
            3,
            False,
        )
    for _ in range(4):
        items = random.poisson(60 * np.exp(days(random, likeness) * 0.1)).clip(1).astype(float)
        yield count_series(np.arange(DAYS), items), 4, True


def days(random, likeness):
    """Standard normal values that follow one another with a correlation."""
    found = random.normal(size=DAYS)
    for at in range(1, DAYS):
        found[at] = likeness * found[at - 1] + (1 - likeness**2) ** 0.5 * found[at]
    return found


@pytest.mark.parametrize(("likeness", "quiet"), [(0.0, False), (0.3, True)])
def test_where_nothing_changes_hardly_anything_is_found(likeness, quiet):
    random = np.random.default_rng(5)
    looks = 0
    for _ in range(LOOKS):
        found = [
            find_changes(series, trends=trends, measures=measures)
            for series, measures, trends in made(random, likeness=likeness, quiet=quiet)
        ]
        looks += any(each.outside.any() or each.steps or each.trend for each in found)
    assert looks <= 6


def test_a_step_is_found_and_dated():
    random = np.random.default_rng(6)
    step = np.where(np.arange(DAYS) >= 70, np.log(34.2 / 23.9), 0.0)
    found = 0
    for _ in range(LOOKS):
        series, measures, _ = next(made(random, shape=step + np.log(0.239 / 0.3)))
        changes = find_changes(series, measures=measures)
        found += any(abs(each.day - 70) <= 4 and each.stayed for each in changes.steps)
    assert found >= 95


def test_a_queue_that_doubles_is_found():
    random = np.random.default_rng(7)
    items = random.poisson(40 * 2 ** (np.arange(DAYS) / 45)).astype(float)
    changes = find_changes(count_series(np.arange(DAYS), items), trends=True)
    middle, low, high = changes.trend.doubling_days()
    assert low < 45 < high
    assert 41 < middle < 50
    assert changes.steps == ()


def test_a_wave_is_days_outside_and_no_step():
    random = np.random.default_rng(8)
    wave = (np.arange(DAYS) >= 40) & (np.arange(DAYS) < 45)
    items = random.poisson(np.where(wave, 300, 60)).astype(float)
    changes = find_changes(count_series(np.arange(DAYS), items), trends=True)
    assert list(np.flatnonzero(changes.outside)) == [40, 41, 42, 43, 44]
    assert changes.steps == ()
