"""One person's work by queue and by week, beside what the others did there."""

import math

import numpy as np
import pytest

from analytics.comparison.judging import ARCSINE, PLAIN
from analytics.comparison.parts import Parts, parts_of_person, values_of_others
from tests.comparison.worlds import cells_of

# The person has worked in both queues, two others in one each.
CELLS = cells_of([[10, 20], [40, 0], [0, 60]], [[5, 4], [8, 0], [0, 30]])
ALL = np.ones(3, bool)


def test_what_the_others_did_in_each_queue_is_expected():
    parts = parts_of_person(CELLS, 0, CELLS.grid.by_queue, members=ALL)
    # Everybody else: 38 of 100. Queue 0: (8 + 20 * .38) / 60 = .26, queue 1: 37.6 / 80 = .47;
    # the week's factor (38 + 19) / (10.4 + 28.2 + 19) = .989583; cells of 200 more trials.
    first = (8 + 200 * 0.26 * 57 / 57.6) / 240
    second = (30 + 200 * 0.47 * 57 / 57.6) / 260
    assert parts.n.tolist() == [10, 20, 0]
    assert parts.value.tolist()[:2] == [0.5, 0.2]
    assert parts.expected.tolist()[:2] == pytest.approx([first, second])
    assert math.isnan(parts.expected[2])
    assert parts.others.tolist() == [1, 1, 0]
    assert parts.others_n.tolist() == [40, 60, 0]
    week = parts_of_person(CELLS, 0, CELLS.grid.by_week, members=ALL)
    assert week.value.tolist() == [0.3]
    assert week.expected.tolist() == pytest.approx([(10 * first + 20 * second) / 30])


def test_who_does_not_belong_to_the_team_sets_no_expectation():
    members = np.array([True, True, False])
    parts = parts_of_person(CELLS, 0, CELLS.grid.by_queue, members=members)
    # 8 of 40 are left: everything is drawn to .2.
    assert parts.expected.tolist()[:2] == pytest.approx([0.2, 0.2])


def test_what_rests_on_too_few_others_is_not_told():
    for groups in (CELLS.grid.by_queue, CELLS.grid.by_week):
        parts = parts_of_person(CELLS, 0, groups, members=ALL, min_others=2)
        assert np.isnan(parts.expected).all()
    # Of an unknown queue the others of the week count.
    unknown = cells_of([[10], [40], [60]], [[5], [8], [30]], queue=(2,), week=(0,))
    parts = parts_of_person(unknown, 0, unknown.grid.by_week, members=ALL, min_others=2)
    assert parts.expected.tolist() == pytest.approx([0.38])


def test_a_part_is_unknown_where_more_than_half_of_it_has_nobody_else():
    alone = cells_of([[10, 11], [40, 0]], [[5, 4], [8, 0]])
    assert np.isnan(parts_of_person(alone, 0, alone.grid.by_week, members=ALL[:2]).expected).all()
    half = cells_of([[10, 10], [40, 0]], [[5, 4], [8, 0]])
    assert not np.isnan(parts_of_person(half, 0, half.grid.by_week, members=ALL[:2]).expected).any()


def test_the_limits_allow_for_chance_and_for_how_people_differ():
    parts = Parts(*(np.array([each]) for each in (100.0, 0.9, 0.5, 3.0, 10.0)))
    low, high = parts.limits(PLAIN, unit_chance=0.25, between=0.0)
    assert (low[0], high[0]) == pytest.approx((0.5 - 1.96 * 0.05, 0.5 + 1.96 * 0.05))
    low, high = parts.limits(ARCSINE, unit_chance=0.25, between=0.0075)
    half = 1.96 * 0.1
    assert high[0] == pytest.approx(math.sin(math.pi / 4 + half) ** 2)
    assert low[0] == pytest.approx(math.sin(math.pi / 4 - half) ** 2)
    unknown = Parts(*(np.array([each]) for each in (100.0, 0.9, np.nan, 3.0, 10.0)))
    assert np.isnan(unknown.limits(PLAIN, unit_chance=0.25, between=0.0)).all()


def test_the_values_of_others_are_of_those_who_worked():
    by_queue = [values.tolist() for values in values_of_others(CELLS, 0, CELLS.grid.by_queue)]
    assert by_queue == [[0.2], [0.5], []]
