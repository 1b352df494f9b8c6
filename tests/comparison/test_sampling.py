"""Estimates and sizes of samples against published values, and by simulation."""

from math import inf

import numpy as np
import pytest

from analytics.comparison.sampling import (
    ShareEstimate,
    Stratum,
    allocate,
    estimate_share,
    precision,
    sample_size,
)

ENDLESS = 10**12


@pytest.mark.parametrize(
    ("counted", "checked", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_one_stratum_without_end_has_wilsons_interval(counted, checked, low, high):
    """R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    found = estimate_share([Stratum(ENDLESS, checked, counted)])
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert found.worth == pytest.approx(checked)
    assert found.share == pytest.approx(counted / checked)


def test_strata_weigh_what_they_stand_for():
    # 900 of which 9 of 10 are right and 100 of which 5 of 10 are: 0.9 * 0.9 + 0.1 * 0.5.
    found = estimate_share([Stratum(900, 10, 9), Stratum(100, 10, 5)])
    assert (found.checked, found.counted) == (20, 14)
    assert found.share == pytest.approx(0.86)
    # Each rate as if 20 more had been seen of it, of (0.86 * 20 + 0.5) / 21 = 0.842857.
    overall = 17.7 / 21
    first, second = (9 + 20 * overall) / 30, (5 + 20 * overall) / 30
    variance = 0.81 * 890 / 900 * first * (1 - first) / 10 + 0.01 * 0.9 * second * (1 - second) / 10
    assumed = 0.9 * first + 0.1 * second
    assert found.worth == pytest.approx(assumed * (1 - assumed) / variance)


def test_strata_of_a_size_that_was_found_are_worth_less():
    # As above; what the second part weighs is not known exactly.
    found = estimate_share([Stratum(900, 10, 9), Stratum(100, 10, 5, is_found=True)])
    decided = estimate_share([Stratum(900, 10, 9), Stratum(100, 10, 5)])
    overall = 17.7 / 21
    first, second = (9 + 20 * overall) / 30, (5 + 20 * overall) / 30
    assumed = 0.9 * first + 0.1 * second
    more = 0.01 * 0.9 * (second - assumed) ** 2 / 10

    assert found.share == decided.share
    assert assumed * (1 - assumed) / found.worth == pytest.approx(
        assumed * (1 - assumed) / decided.worth + more
    )


def test_the_edges():
    assert estimate_share([]) == ShareEstimate(0, 0, None, None, None, 0.0)
    assert estimate_share([Stratum(50, 0, 0)]) == ShareEstimate(0, 0, None, None, None, 0.0)
    # A stratum that nobody looked at is left out.
    assert estimate_share([Stratum(50, 0, 0), Stratum(10, 10, 8)]) == ShareEstimate(
        10, 8, 0.8, 0.8, 0.8, inf
    )
    faultless = estimate_share([Stratum(1_000, 15, 15), Stratum(1_000, 15, 15)])
    assert faultless.share == faultless.high == 1.0
    assert 0.85 < faultless.low < 0.92


def test_things_drawn_together_are_worth_fewer():
    alone = estimate_share([Stratum(ENDLESS, 140, 126)])
    together = estimate_share([Stratum(ENDLESS, 140, 126)], design_effect=1.4)
    assert together.worth == pytest.approx(100)
    assert (together.low, together.high) == (
        pytest.approx(estimate_share([Stratum(ENDLESS, 100, 90)]).low),
        pytest.approx(estimate_share([Stratum(ENDLESS, 100, 90)]).high),
    )
    assert together.low < alone.low


@pytest.mark.parametrize(
    ("population", "size"),
    [(10, 10), (100, 80), (200, 132), (1_000, 278), (10_000, 370), (1_000_000, 384)],
)
def test_the_sizes_of_krejcie_and_morgan(population, size):
    """R. V. Krejcie and D. W. Morgan, Educational and Psychological Measurement 30 (1970)."""
    assert sample_size(0.05, population=population, expected=0.5) == size


def test_sizes_with_a_design_effect():
    # 1.96² * 0.93 * 0.07 * 1.4 / 0.03² = 389.01; / (1 + 388.01 / 37,498) = 385.03.
    assert sample_size(0.03, population=37_498, expected=0.93, design_effect=1.4) == 386
    # 875.28 / (1 + 874.28 / 37,498) = 855.34.
    assert sample_size(0.02, population=37_498, expected=0.93, design_effect=1.4) == 856


@pytest.mark.parametrize(
    ("half_width", "population", "expected", "size"),
    [(0.03, 0, 0.9, 0), (0.03, 5, 0.9, 5), (0.03, 5_000, 1.0, 1), (0.5, 5_000, 0.9, 2)],
)
def test_the_edges_of_sizes(half_width, population, expected, size):
    assert sample_size(half_width, population=population, expected=expected) == size


@pytest.mark.parametrize("half_width", [0.01, 0.02, 0.03, 0.05])
def test_the_size_is_the_least_that_is_precise_enough(half_width):
    world = {"population": 20_000, "expected": 0.93, "design_effect": 1.3}
    size = sample_size(half_width, **world)
    assert precision(size, **world) <= half_width < precision(size - 1, **world)


def test_precision_of_nothing_and_of_everything():
    assert precision(0, population=10, expected=0.9) is None
    assert precision(10, population=10, expected=0.9) == 0.0
    assert precision(1, population=1, expected=0.9) == 0.0


@pytest.mark.parametrize(
    ("total", "populations", "at_least", "drawn"),
    [
        (10, [100, 50, 50], 0, [5, 3, 2]),
        (10, [100, 50, 50], 3, [4, 3, 3]),
        (100, [500, 400, 100], 20, [44, 36, 20]),
        (100, [500, 400, 100], 50, [50, 50, 50]),
        (60, [1_000, 5, 0], 20, [55, 5, 0]),
        (500, [100, 50], 0, [100, 50]),
        (0, [5, 5], 0, [0, 0]),
        (3, [], 0, []),
    ],
)
def test_samples_are_shared_out_in_proportion(total, populations, at_least, drawn):
    assert allocate(total, populations, at_least=at_least) == drawn


def covered(rng, populations, accuracies, drawn, draws=500):
    """In how many of 100 samples the interval holds the population's share."""
    right = rng.binomial(populations, accuracies)
    truth = right.sum() / populations.sum()
    found = rng.hypergeometric(right, populations - right, drawn, size=(draws, len(populations)))
    hits = 0
    for counted in found:
        strata = [Stratum(*each) for each in zip(populations, drawn, counted, strict=True)]
        estimate = estimate_share(strata)
        hits += estimate.low <= truth <= estimate.high
    return 100 * hits / draws


@pytest.mark.parametrize(
    ("sizes", "accuracies", "total", "at_least"),
    [
        ([40_000], [0.93], 400, 0),
        ([40_000], [0.98], 100, 0),
        ([600], [0.9], 200, 0),
        ([3_000] * 10, np.linspace(0.8, 0.99, 10), 500, 20),
        (np.linspace(100, 5_000, 40).astype(int), np.linspace(0.85, 0.99, 40), 900, 15),
        ([9_000, 500, 300, 200], [0.97, 0.8, 0.7, 0.6], 300, 40),
    ],
)
def test_intervals_of_95_percent_hold_95_times_of_100(sizes, accuracies, total, at_least):
    populations = np.asarray(sizes)
    drawn = np.asarray(allocate(total, populations.tolist(), at_least=at_least))
    rng = np.random.default_rng(20261127)
    assert 92 <= covered(rng, populations, np.asarray(accuracies), drawn) <= 98
