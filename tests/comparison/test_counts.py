"""Whether a count changed: how days vary, by hand and on made weeks."""

import numpy as np
import pytest

from analytics.comparison.counts import (
    USUAL_CORRELATION,
    chance_of_growth,
    correlation_of_days,
    spread_of_days,
)

WEEKDAYS = np.array([1, 1.1, 1.05, 1, 0.9, 0.5, 0.45])
LOOKS = 400
WIDENED = (1 + USUAL_CORRELATION) / (1 - USUAL_CORRELATION)


def made_days(rng, weeks, *, mean=200.0, times=8.0, growth=0.0, correlation=0.0):
    """Counts of days that vary ``times`` as much as single events would."""
    days = weeks * 7
    level = mean * np.tile(WEEKDAYS, weeks) * np.exp(growth * np.arange(days))
    own = np.zeros(days)
    deviation = np.sqrt((times - 1) / mean)
    for at in range(days):
        drawn = rng.normal(0, deviation)
        before = own[at - 1] if at else drawn
        own[at] = correlation * before + np.sqrt(1 - correlation**2) * drawn
    return rng.poisson(level * np.exp(own - deviation**2 / 2)).astype(float)


def test_two_weeks_by_hand():
    # Level and weekday explain 10 or 20 a day; one day of the second week has 5 more, one 5 less.
    first = [10.0] * 7
    second = [25.0, 15.0, *[20.0] * 5]
    found = spread_of_days(np.array(first + second))
    # Of 210: the first weekday has 35, a third of it expected in the first week, and so on.
    fitted = [35 / 3, 25 / 3, *[10.0] * 5], [70 / 3, 50 / 3, *[20.0] * 5]
    squares = sum(
        (seen - mu) ** 2 / mu
        for week, mus in zip((first, second), fitted, strict=True)
        for seen, mu in zip(week, mus, strict=True)
    )
    # Less than single events vary: it counts as much as they do.
    assert squares / 6 < 1
    scaled = (np.array([first, second]) - np.array(fitted)) / np.sqrt(np.array(fitted))
    r = correlation_of_days(scaled)
    assert found.multiple == pytest.approx((1 + r) / (1 - r))
    assert found.freedom == 6


def test_the_chance_of_growth_by_hand():
    spread = spread_of_days(np.full(14, 10.0), least=9.0)
    # Equal days have no correlation that could be seen.
    assert spread.multiple == pytest.approx(9 * WIDENED)
    chance = chance_of_growth(900.0, 450.0, spread)
    assert chance.error == pytest.approx((9 * WIDENED * (1 / 900 + 1 / 450)) ** 0.5)
    assert chance.freedom == 6


@pytest.mark.parametrize(("now", "before"), [(0.0, 500.0), (500.0, 0.0), (3.0, 4.0)])
def test_none_and_few_are_not_compared(now, before):
    assert chance_of_growth(now, before, spread_of_days(np.full(14, 10.0))) is None


def test_days_that_do_not_tell():
    assert spread_of_days(np.full(13, 10.0)) is None
    assert spread_of_days(np.zeros(28)) is None
    # One weekday only.
    assert spread_of_days(np.tile([0, 0, 0, 50.0, 0, 0, 0], 6)) is None


def test_days_vary_at_least_by_what_comes_at_once():
    rng = np.random.default_rng(3)
    alone = spread_of_days(made_days(rng, 8, times=1.0))
    assert alone.multiple < 3
    assert spread_of_days(made_days(rng, 8, times=1.0), least=40.0).multiple > 40


def test_a_wave_is_not_taken_for_how_days_vary():
    rng = np.random.default_rng(5)
    days = made_days(rng, 10)
    ordinary = spread_of_days(days)
    days[-12:-7] *= 10
    assert spread_of_days(days).multiple < 2 * ordinary.multiple


@pytest.mark.parametrize(("period", "weeks"), [(7, 2), (7, 10), (28, 8), (28, 16)])
def test_where_nothing_changed_few_counts_seem_to(period, weeks):
    rng = np.random.default_rng(11)
    seen = 0
    for _ in range(LOOKS):
        days = made_days(rng, weeks)
        now, before = days[-period:].sum(), days[-2 * period : -period].sum()
        chance = chance_of_growth(now, before, spread_of_days(days))
        seen += abs(np.log(now / before)) > chance.half_width(0.95)
    assert seen / LOOKS <= 0.08


def test_a_queue_that_grows_by_half_is_seen():
    rng = np.random.default_rng(13)
    seen = 0
    for _ in range(100):
        days = made_days(rng, 16, growth=np.log(1.5) / 28)
        now, before = days[-28:].sum(), days[-56:-28].sum()
        chance = chance_of_growth(now, before, spread_of_days(days))
        seen += np.log(now / before) > chance.half_width(0.999)
    assert seen >= 95
