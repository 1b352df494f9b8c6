"""Published values, computed again."""

import numpy as np
import pytest

from analytics.comparison.changes import cluster_sums
from analytics.comparison.contrasts import Contrast
from analytics.comparison.days import Series, find_changes
from analytics.comparison.expected import expected_rates, team_without_each
from analytics.comparison.means import (
    gaffke,
    mean_of_clusters,
)
from analytics.comparison.spread import between_people
from tests.comparison.worlds import cells_of

#: Bickel, Hammel and O'Connell 1975: admitted and rejected men, then women, by department.
BERKELEY = np.array(
    [
        [512, 313, 89, 19],
        [353, 207, 17, 8],
        [120, 205, 202, 391],
        [138, 279, 131, 244],
        [53, 138, 94, 299],
        [22, 351, 24, 317],
    ],
    float,
)
#: The flow of the Nile at Aswan, 1871-1970 (G. W. Cobb 1978).
NILE = np.array(
    [
        "1120",
        "1160",
        "963",
        "1210",
        "1160",
        "1160",
        "813",
        "1230",
        "1370",
        "1140",
        "995",
        "935",
        "1110",
        "994",
        "1020",
        "960",
        "1180",
        "799",
        "958",
        "1140",
        "1100",
        "1210",
        "1150",
        "1250",
        "1260",
        "1220",
        "1030",
        "1100",
        "774",
        "840",
        "874",
        "694",
        "940",
        "833",
        "701",
        "916",
        "692",
        "1020",
        "1050",
        "969",
        "831",
        "726",
        "456",
        "824",
        "702",
        "1120",
        "1100",
        "832",
        "764",
        "821",
        "768",
        "845",
        "864",
        "862",
        "698",
        "845",
        "744",
        "796",
        "1040",
        "759",
        "781",
        "865",
        "845",
        "944",
        "984",
        "897",
        "822",
        "1010",
        "771",
        "676",
        "649",
        "846",
        "812",
        "742",
        "801",
        "1040",
        "860",
        "874",
        "848",
        "890",
        "744",
        "749",
        "838",
        "1050",
        "918",
        "986",
        "797",
        "923",
        "975",
        "815",
        "1020",
        "906",
        "901",
        "1170",
        "912",
        "746",
        "919",
        "718",
        "714",
        "740",
    ],
    float,
)
#: BCG vaccine trials (G. A. Colditz and others 1994): cases and others, treated then not.
BCG = np.array(
    [
        [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619],
        [33, 5036, 47, 5761], [180, 1361, 372, 1079], [8, 2537, 10, 619], [505, 87886, 499, 87892],
        [29, 7470, 45, 7232], [17, 1699, 65, 1600], [186, 50448, 141, 27197],
        [5, 2493, 3, 2338], [27, 16886, 29, 17825],
    ],
    float,
)  # fmt: skip


def test_berkeley_by_department():
    admitted, rejected = BERKELEY[:, [0, 2]].T, BERKELEY[:, [1, 3]].T
    # The last row is nobody: compared with everybody. Large numbers leave shrinking no say.
    hits = np.vstack([admitted, np.zeros(6)]) * 1e7
    n = np.vstack([admitted + rejected, np.zeros(6)]) * 1e7
    cells = cells_of(n, hits, queue=np.arange(6), week=np.zeros(6, np.int64), queues=6)
    team = team_without_each(cells, np.ones(3, bool))
    expected = expected_rates(cells, team.rate)[2, :2]
    observed = hits[:2].sum(axis=1) / n[:2].sum(axis=1)
    assert observed == pytest.approx([0.4452, 0.3035], abs=5e-5)
    assert observed / expected == pytest.approx([0.987, 1.028], abs=5e-4)


def test_the_variance_between_the_bcg_trials():
    treated, other = BCG[:, 0] + BCG[:, 1], BCG[:, 2] + BCG[:, 3]
    ratios = np.log((BCG[:, 0] / treated) / (BCG[:, 2] / other))
    chance = 1 / BCG[:, 0] - 1 / treated + 1 / BCG[:, 2] - 1 / other
    found = between_people(ratios[None], chance, np.ones((1, 13), bool), 1e-9)[0]
    # The Paule-Mandel estimate; DerSimonian and Laird's is 0.3088.
    assert found == pytest.approx(0.318, abs=5e-4)
    weight = 1 / (chance + found)
    middle = (weight * ratios).sum() / weight.sum()
    assert (weight * (ratios - middle) ** 2).sum() == pytest.approx(12)


def test_the_nile_fell_after_1898():
    series = Series(np.arange(1871, 1971), NILE, np.full(100, 1e-9))
    found = find_changes(series)
    (step,) = found.steps
    assert step.day == 1899
    assert step.first <= 1899 <= step.last
    assert (step.before, step.after) == pytest.approx((1097.75, 849.97), abs=0.01)
    assert step.stayed


def test_ten_equal_threes_on_a_scale_of_six():
    assert gaffke(np.full(10, 3.0), (1, 6)) == pytest.approx((2.39, 3.92), abs=0.01)


def test_equal_values_without_a_bound_have_no_interval():
    found = mean_of_clusters(np.ones(10), np.full(10, 3.0))
    assert found.value == 3
    assert np.isnan([found.low, found.high]).all()


def test_lakens_equivalence():
    # Lakens 2017: a mean difference of 0.02 with t(148) limits within (-0.48, 0.48).
    found = Contrast(0.02, -0.31, 0.35, 0.905, 0.167, 148.0, factor=1.9761, compared=1)
    assert found.within(0.48)
    assert not found.within(0.25)
    assert found.would_show == pytest.approx(0.167 * (1.9761 + 0.8442), abs=1e-3)


def test_the_error_of_a_ratio_of_equal_sessions_is_that_of_their_mean():
    rates = np.array([0.2, 0.3, 0.4, 0.5])
    tops = rates * 10
    sums = cluster_sums([(10, top) for top in tops])
    assert sums.variance**0.5 == pytest.approx(rates.std(ddof=1) / 2)
    assert sums.clusters - 1 == 3


@pytest.mark.parametrize(
    ("clusters", "rows", "sd_between", "least"),
    [(10, 1, 0.0, 0.89), (40, 12, 0.5, 0.93)],
)
def test_intervals_of_skewed_rows_hold(clusters, rows, sd_between, least):
    random = np.random.default_rng(11)
    cluster = np.repeat(np.arange(clusters), rows)
    truth = np.exp((1 + sd_between**2) / 2)
    held = 0
    for _ in range(2000):
        level = random.normal(0, sd_between, clusters)[cluster]
        values = np.exp(level + random.normal(0, 1, len(cluster)))
        found = mean_of_clusters(np.bincount(cluster).astype(float), np.bincount(cluster, values))
        held += found.low <= truth <= found.high
    assert held >= least * 2000
