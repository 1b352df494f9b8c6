"""Where one more person would lie: against sums over the spreads, and where it must agree."""

import numpy as np
import pytest
from scipy import integrate, stats

from analytics.comparison.assumed_spread import predict_assuming
from analytics.comparison.spread import critical, predict

ASSUMED = 0.1


def together(values, chance, **more):
    people = len(values)
    return predict_assuming(
        np.tile(values, (people, 1)),
        np.full(people, chance),
        ~np.eye(people, dtype=bool),
        assumed_sd=ASSUMED,
        min_variance=1e-9,
        **more,
    )


def test_mean_and_variance_are_those_of_the_mixture():
    values, chance = np.array([0.0, 0.05, -0.1, 0.12, 0.02, -0.04]), 0.01
    others = values[1:]

    def density(sd):
        variance = chance + sd**2
        # The likelihood of equal variances with the middle integrated out.
        squares = ((others - others.mean()) ** 2).sum()
        return variance ** (-(len(others) - 1) / 2) * np.exp(
            -squares / 2 / variance - sd**2 / 2 / ASSUMED**2
        )

    def mean_of(power):
        whole = integrate.quad(density, 0, 0.35)[0]
        more = 1 + 1 / len(others)
        return (
            integrate.quad(lambda sd: density(sd) * ((chance + sd**2) * more) ** power, 0, 0.35)[0]
            / whole
        )

    mean, variance = mean_of(1), mean_of(2) - mean_of(1) ** 2
    freedom = 4 + 2 * mean**2 / variance
    found = together(values, chance)

    assert found.middle[0] == pytest.approx(others.mean())
    assert found.freedom[0] == pytest.approx(freedom, rel=0.02)
    assert found.spread[0] == pytest.approx(np.sqrt(mean * (freedom - 2) / freedom), rel=0.02)


def test_nobody_who_differs_leaves_little_more_than_chance():
    found = together(np.zeros(8), 0.01)
    limit = float((critical(0.001, found.freedom) * found.spread)[0])

    # Chance alone: 3.09 standard deviations of 0.1 and of the middle of seven.
    by_chance = stats.norm.isf(0.001) * np.sqrt(0.01 * (1 + 1 / 7))
    assert by_chance < limit < 1.25 * by_chance


def test_many_people_tell_their_spread_themselves():
    values = np.random.default_rng(1).normal(0, 0.15, 150)
    args = (np.tile(values, (150, 1)), np.full(150, 0.01), ~np.eye(150, dtype=bool))
    assumed = predict_assuming(*args, assumed_sd=ASSUMED, min_variance=1e-9)
    alone = predict(*args, min_variance=1e-9)

    limits = [critical(0.001, each.freedom) * each.spread for each in (assumed, alone)]
    assert limits[0] == pytest.approx(limits[1], rel=0.05)


def test_a_specialists_few_colleagues_widen_the_limits():
    values, people = np.zeros(6), 6
    shared = {
        "unit_chance": 0.25,
        "leverage": np.full((people, people), 0.5),
        "expected_variance": np.full(people, 0.2),
    }
    assert (together(values, 0.01, **shared).spread > together(values, 0.01).spread).all()
