"""What others would have done with the same work, by hand."""

import numpy as np
import pytest

from analytics.comparison.expected import (
    divided,
    expected_rates,
    others_in,
    own_expected_rates,
    share_by_week_alone,
    share_of_work,
    share_without_others,
    team_without_each,
    teams_in_blocks,
)
from tests.comparison.worlds import cells_of

#: Two queues in a week: who is asked about, and one other, who has 40 of 80 and 0 of 20.
TWO = cells_of([[30, 10], [80, 20]], [[0, 10], [40, 0]], queue=[0, 1], week=[0, 0])


def test_what_one_other_lets_expect():
    [(team, shown)] = teams_in_blocks(TWO, np.ones(2, bool))
    # Queues: (40 + 20 x 0.4) / 100 and (0 + 20 x 0.4) / 40; the week: (40 + 20) / (42.4 + 20).
    factor = 60 / 62.4
    rates = [(40 + 200 * 0.48 * factor) / 280, (0 + 200 * 0.2 * factor) / 220]
    assert team.rate[0] == pytest.approx(rates)
    assert team.n[0].tolist() == team.queue_n[0, :2].tolist() == [80, 20]
    own = (30 * rates[0] + 10 * rates[1]) / 40
    assert own_expected_rates(TWO, team)[0] == pytest.approx(own)
    expected = expected_rates(TWO, team.rate)
    assert expected[0, 0] == pytest.approx(own)
    # As the first is judged, the second is expected to have the same rates.
    assert expected[0, 1] == pytest.approx((80 * rates[0] + 20 * rates[1]) / 100)
    assert shown is team


def test_where_too_few_others_worked_everybody_is_what_is_expected():
    members = np.ones(2, bool)
    [(team, shown)] = teams_in_blocks(TWO, members, min_others=2)
    assert shown.rate[0] == pytest.approx([0.4, 0.4])
    assert own_expected_rates(TWO, shown)[0] == pytest.approx(0.4)
    assert team.rate.tolist() == team_without_each(TWO, members).rate.tolist()


def test_two_others_who_worked_are_two():
    # The second other has worked on the first queue only.
    three = cells_of([[30, 10], [40, 20], [40, 0]], [[0, 10], [20, 0], [20, 0]],
                     queue=[0, 1], week=[0, 0])  # fmt: skip
    [(team, shown)] = teams_in_blocks(three, np.ones(3, bool), min_others=2)
    assert others_in(three, 0).tolist() == [2, 1]
    assert shown.queue_n[0, :2].tolist() == [80, 0]
    assert team.queue_n[0, :2].tolist() == [80, 20]
    # Of the second queue nothing of its own: the rate of all, 0.4, by the week's factor.
    factor = (40 + 50 * 0.4) / (80 * 0.48 + 20 * 0.4 + 50 * 0.4)
    assert shown.rate[0] == pytest.approx([(40 + 200 * 0.48 * factor) / 280, 0.4 * factor])


def test_those_who_are_no_members_take_no_part():
    team = team_without_each(TWO, np.array([True, False]))
    assert team.n.tolist() == [[0, 0], [30, 10]]
    assert expected_rates(TWO, team.rate)[0].tolist() == [0, 0]


def test_the_share_of_work_that_nobody_shares():
    # The third queue is the unknown one: others in its week are others. Nobody is in week 1.
    cells = cells_of(
        [[10, 30, 20, 40], [5, 0, 0, 0], [0, 0, 0, 0]], np.zeros((3, 4)),
        queue=[0, 1, 2, 2], week=[0, 0, 0, 1], weeks=2,
    )  # fmt: skip
    assert share_without_others(cells).tolist() == [0.7, 0, 1]
    assert share_by_week_alone(cells, 1).tolist() == [0.7, 0, 1]
    assert share_by_week_alone(cells, 2).tolist() == [1, 1, 1]
    assert share_of_work(
        cells.n_of(slice(None)), np.array([True, False, False, True])
    ).tolist() == [0.5, 1, 1]


def test_what_can_not_be_divided():
    assert divided(np.array([1.0, 3.0]), np.array([0.0, 2.0])).tolist() == [0, 1.5]
    assert divided(np.ones(1), np.zeros(1), otherwise=7.0).tolist() == [7]
