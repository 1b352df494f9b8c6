"""Whether a change is more than chance: by hand, and on made periods in which nothing changed."""

import numpy as np
import pytest

from analytics.comparison.changes import (
    PRODUCTS,
    bounds_of,
    chances_of_means,
    chances_of_ratio,
    cluster_sums,
)

LOOKS = 600
#: Where nothing changed at most 7 of 100 are coloured.
MOST = 0.07


def change_of_ratio(now, before, *, is_share):
    """The interval of a change of a ratio."""
    chances = chances_of_ratio(now, before, is_share=is_share)
    return bounds_of(now[0].ratio - before[0].ratio, chances) if chances else None


def test_the_variance_of_a_ratio_by_hand():
    # Two sessions of 10 with 1 and 3 rejected, one of 20 with 8: p = 12 / 40.
    sums = cluster_sums([(10, 1), (10, 3), (20, 8), (0, 0)])
    assert sums.ratio == pytest.approx(0.3)
    # Residuals 1 - 3, 3 - 3, 8 - 6; 3/2 of their squares over 40 squared.
    assert sums.variance == pytest.approx(1.5 * (4 + 0 + 4) / 1600)


def test_the_interval_of_a_change_by_hand():
    before = cluster_sums([(10, 2), (10, 4), (10, 2), (10, 4), (10, 3)])
    now = cluster_sums([(10, 5), (10, 7), (10, 5), (10, 7), (10, 6)])
    found = change_of_ratio([now], [before], is_share=False)
    # Each period: 5/4 of 4 x 1 / 50² = 0.002; together 0.004 with 8 degrees, t = 2.306004.
    assert (found.low, found.high) == pytest.approx(
        (0.3 - 2.306004 * 0.004**0.5, 0.3 + 2.306004 * 0.004**0.5)
    )


def test_things_vary_at_least_as_if_each_were_by_itself():
    alike = [(10, 3)] * 5
    found = change_of_ratio([cluster_sums(alike)], [cluster_sums(alike)], is_share=True)
    assert found.high == pytest.approx(2.306004 * (2 * 0.3 * 0.7 / 50) ** 0.5)
    assert change_of_ratio([cluster_sums(alike)], [cluster_sums(alike)], is_share=False) is None


def test_too_few_clusters_tell_nothing():
    few, many = cluster_sums([(10, 3)] * 4), cluster_sums([(10, 3)] * 5)
    assert change_of_ratio([few], [many], is_share=True) is None
    assert change_of_ratio([many], [few], is_share=True) is None


def test_a_period_without_data_tells_nothing():
    nothing, many = cluster_sums([]), cluster_sums([(10, 3)] * 5)
    assert change_of_ratio([nothing], [many], is_share=True) is None
    assert change_of_ratio([many], [nothing], is_share=True) is None


def test_a_kind_with_too_few_clusters_takes_no_part():
    sessions = cluster_sums([(10, n) for n in (2, 2, 4, 4, 2, 2, 4, 4)])
    # Four days that vary far more than their eight sessions.
    days = cluster_sums([(20, n) for n in (0, 12, 0, 12)])
    found = change_of_ratio([sessions, days], [sessions, days], is_share=False)
    assert found == change_of_ratio([sessions], [sessions], is_share=False)


def test_the_kind_of_cluster_that_shows_the_most_chance_counts():
    sessions = cluster_sums([(10, n) for n in (2, 2, 4, 4, 2, 2, 4, 4, 3, 3)])
    days = cluster_sums([(20, n) for n in (4, 8, 4, 8, 6)])
    both = change_of_ratio([sessions, days], [sessions, days], is_share=False)
    alone = change_of_ratio([days], [days], is_share=False)
    assert both == alone
    assert both.high > change_of_ratio([sessions], [sessions], is_share=False).high


def paired(now, before):
    """The interval of a change of means; a list of rows a cluster for either period."""
    sums = np.array(
        [(len(a), sum(a), len(b), sum(b)) for a, b in zip(now, before, strict=True)], float
    )
    products = [float((sums[:, i] * sums[:, j]).sum()) for i, j in PRODUCTS]
    total = [float(x) for x in sums.sum(axis=0)]
    chances = chances_of_means(len(sums), total, products)
    return bounds_of(total[1] / total[0] - total[3] / total[2], chances) if chances else None


def test_what_a_person_is_always_like_takes_no_part():
    now, before = [[1.5], [3.4], [5.6], [7.5], [9.5]], [[1.0], [3.0], [5.0], [7.0], [9.0]]
    found = paired(now, before)
    # A paired t-test: differences .5 .4 .6 .5 .5, variance .005 / 5, 4 degrees, t = 2.776445.
    assert (found.low, found.high) == pytest.approx(
        (0.5 - 2.776445 * 0.001**0.5, 0.5 + 2.776445 * 0.001**0.5)
    )


@pytest.mark.parametrize(("people", "known"), [(4, False), (5, True)])
def test_five_who_occur_in_either_period_tell_of_chance(people, known):
    now = [[2.0], [4.5], [6.0], [8.5], [10.0]][:people]
    found = paired(now, [[1.0], [3.0], [5.0], [7.0], [9.0]][:people])
    assert (found is not None) is known
    # Nobody has rows in one of the periods.
    assert paired(now, [[]] * people) is None
    assert paired([[]] * people, now) is None


def share_of_false(colours):
    return sum(found is not None and (found.low > 0 or found.high < 0) for found in colours) / LOOKS


@pytest.mark.parametrize(("sessions", "spread"), [(6, 0.8), (25, 0.0), (25, 0.8), (200, 0.8)])
def test_two_equal_periods_of_sessions_are_rarely_coloured(sessions, spread):
    generator = np.random.default_rng(sessions)

    def period():
        n = generator.poisson(40, sessions)
        logit = -1.0 + spread * generator.standard_normal(sessions)
        hits = generator.binomial(n, 1 / (1 + np.exp(-logit)))
        return [cluster_sums(list(zip(n.tolist(), hits.tolist(), strict=True)))]

    found = [change_of_ratio(period(), period(), is_share=True) for _ in range(LOOKS)]
    assert share_of_false(found) <= MOST


@pytest.mark.parametrize(("people", "rows"), [(8, 4), (8, 12), (40, 4)])
def test_two_equal_periods_of_the_same_people_are_rarely_coloured(people, rows):
    generator = np.random.default_rng(people + rows)

    def look():
        level = 4 + 0.4 * generator.standard_normal(people)
        return [
            [list(each + 0.5 * generator.standard_normal(rows)) for each in level]
            for _period in range(2)
        ]

    assert share_of_false([paired(*look()) for _ in range(LOOKS)]) <= MOST


def test_long_tailed_times_of_two_equal_periods_are_rarely_coloured():
    generator = np.random.default_rng(7)

    def period():
        n = generator.poisson(40, 25) + 1
        seconds = n * 40 * generator.lognormal(0, 0.6, 25)
        return [cluster_sums(list(zip(n.tolist(), seconds.tolist(), strict=True)))]

    found = [change_of_ratio(period(), period(), is_share=False) for _ in range(LOOKS)]
    assert share_of_false(found) <= MOST


def test_a_real_change_is_coloured():
    generator = np.random.default_rng(3)

    def period(rate):
        n = generator.poisson(40, 25)
        return [
            cluster_sums(list(zip(n.tolist(), generator.binomial(n, rate).tolist(), strict=True)))
        ]

    found = [change_of_ratio(period(0.33), period(0.24), is_share=True) for _ in range(100)]
    assert sum(each.low > 0 for each in found) >= 95
