"""Watching days: false findings in made series, and changes of known size and date."""

import numpy as np
import pytest

from analytics.comparison.day_variance import autocorrelation, between_days, running_median
from analytics.comparison.days import (
    Series,
    Trend,
    count_series,
    find_changes,
    without_weekdays,
)

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
        usual = np.where(np.arange(DAYS) % 7 >= 5, 3, 8) if quiet else np.full(DAYS, 8)
        parts = random.poisson(usual).clip(1)
        items = random.poisson(8 * parts * np.exp(days(random, likeness) * 0.1)).clip(1)
        yield count_series(np.arange(DAYS), items.astype(float), parts.astype(float)), 4, True


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
        looks += any(each.outside.any() or each.steps or each.trend or each.waves for each in found)
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
    (wave,) = changes.waves
    assert (wave.first, wave.last) == (40, 44)
    assert np.exp(wave.usual) == pytest.approx(60, rel=0.05)
    assert np.exp(wave.level) == pytest.approx(300, rel=0.05)


def test_a_wave_whose_days_are_ordinary_one_by_one_is_found():
    random = np.random.default_rng(9)
    found = exact = 0
    for _ in range(LOOKS):
        wave = np.where((np.arange(DAYS) >= 40) & (np.arange(DAYS) < 45), 1.5, 0.0)
        items = random.poisson(200 * np.exp(wave + 0.35 * days(random, 0.1))).clip(1).astype(float)
        changes = find_changes(count_series(np.arange(DAYS), items), trends=True, measures=4)
        near = [each for each in changes.waves if each.first >= 38 and each.last <= 46]
        found += bool(near)
        exact += any((each.first, each.last) == (40, 44) for each in near)
        assert changes.steps == ()
    assert found >= 90
    assert exact >= 60


def test_a_level_that_stays_is_no_wave():
    random = np.random.default_rng(10)
    for _ in range(20):
        level = np.where(np.arange(DAYS) >= 110, 400, 60)
        changes = find_changes(count_series(np.arange(DAYS), random.poisson(level).astype(float)))
        assert changes.waves == ()
        assert [step.day for step in changes.steps] == [110]


def series_of(values, chance=1e-6):
    return Series(np.arange(len(values)), np.array(values, float), np.full(len(values), chance))


@pytest.mark.parametrize(("before", "after", "found"), [(7, 7, True), (6, 8, False), (6, 7, False)])
def test_a_step_has_seven_days_on_either_side(before, after, found):
    changes = find_changes(series_of([0.0] * before + [1.0] * after))
    assert [(step.day, step.before, step.after) for step in changes.steps] == (
        [(7, pytest.approx(0.0), pytest.approx(1.0))] if found else []
    )


def test_four_steps_are_told_at_most():
    levels, lengths = [0.0, 1.0, 4.0, 13.0, 40.0, 121.0], [200, 100, 60, 30, 20, 14]
    whole = find_changes(series_of(np.repeat(levels, lengths)))
    assert [step.day for step in whole.steps] == [300, 360, 390, 410]
    some = find_changes(series_of(np.repeat(levels[:3], lengths[:3])))
    assert [(step.day, step.stayed) for step in some.steps] == [(200, False), (300, True)]


@pytest.mark.parametrize(("days", "found"), [(13, False), (14, True)])
def test_a_trend_has_fourteen_days(days, found):
    # A hundredth a day, known to a thousandth.
    changes = find_changes(series_of(0.01 * np.arange(days)), trends=True)
    assert (changes.trend is not None) is found
    if changes.trend is not None:
        assert changes.trend.slope == pytest.approx(0.01)
        assert changes.trend.low < 0.01 < changes.trend.high


def test_the_days_to_double_are_those_of_the_slope_and_its_limits():
    # ln 2 over 0.01, 0.02 and 0.005 a day.
    assert Trend(0.01, 0.005, 0.02).doubling_days() == pytest.approx(
        (69.31, 34.66, 138.63), abs=5e-3
    )
    assert Trend(-0.01, -0.02, -0.005).doubling_days() == pytest.approx(
        (69.31, 34.66, 138.63), abs=5e-3
    )


@pytest.mark.parametrize(("days", "known"), [(28, False), (29, True)])
def test_weekdays_have_levels_from_four_weeks_on(days, known):
    # Every seventh day is 5 higher.
    high = np.arange(days) % 7 == 3
    left = without_weekdays(series_of(np.where(high, 5.0, 0.0)))
    assert left.tolist() == [0.0 if known else 5.0 * each for each in high.tolist()]


@pytest.mark.parametrize(("thursdays", "known"), [(3, False), (4, True)])
def test_a_weekday_has_a_level_of_its_own_with_four_days(thursdays, known):
    day = np.array([at for at in range(42) if at % 7 != 3 or at < 7 * thursdays])
    value = np.where(day % 7 == 3, 5.0, 0.0)
    left = without_weekdays(Series(day, value, np.full(len(day), 1e-6)))
    assert left.max() == (0.0 if known else 5.0)


def test_the_median_of_the_days_around():
    assert running_median(np.array([1.0, 9.0, 2.0, 8.0, 3.0]), 3).tolist() == [9, 2, 8, 3, 8]
    # Mirrored at the ends: 9 1 9, and 8 3 8. Too few days have one median.
    assert running_median(np.array([1.0, 9.0, 2.0]), 7).tolist() == [2, 2, 2]


def test_the_spread_between_days_is_what_chance_leaves():
    left = np.array([-2.0, -2.0, 2.0, 2.0])
    # The median of the squares, 4, is 0.454936 times chance and spread.
    assert between_days(left, np.full(4, 1.0)) == pytest.approx(4 / 0.454936 - 1)
    assert between_days(left, np.full(4, 9.0)) == 0
    assert between_days(left[:1], np.full(1, 1.0)) == 0


def test_the_correlation_of_days_that_follow_one_another():
    one = np.ones(6)
    # Products of neighbours -5 of 6, and (1 + 0) / 6 more: below 0 nothing is alike.
    assert autocorrelation(np.array([1.0, -1, 1, -1, 1, -1]), one) == 0
    # 1 + 1 - 1 + 1 + 1 = 3 of 6, and (1 + 3/2) / 6 more: 0.9167, at most 0.8.
    assert autocorrelation(np.array([1.0, 1, 1, -1, -1, -1]), one) == pytest.approx(0.8)
    # 1 - 1 - 1 + 1 - 1 = -1 of 6, and 1/6 more.
    assert autocorrelation(np.array([1.0, 1, -1, 1, -1, -1]), one) == pytest.approx(0.0, abs=1e-12)
    # 1 - 1 + 1 - 1 + 1 = 1 of 6, and (1 + 1/2) / 6 more: 0.4167.
    assert autocorrelation(np.array([1.0, 1, -1, -1, 1, 1, -1, -1]), np.ones(8)) == pytest.approx(
        1 / 8 + (1 + 3 / 8) / 8
    )
    assert autocorrelation(np.array([1.0, -1, 1]), np.ones(3)) == 0
    assert autocorrelation(np.zeros(6), one) == 0
