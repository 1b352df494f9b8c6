"""The sums that people are compared by, by hand."""

import numpy as np
import pytest

from analytics.comparison.work import MAX_COUNTED_KEYS, Mixed, Sums, Work, distinct

#: Amy: two sessions of 10 views in all on queue 0, and a session of 10 on both queues, whose
#: hits by queue are unknown. Ben: a session of 10 on both, whose hits are known; and one without
#: any views.
SUMS = Sums(
    *(np.array([whole]) for whole in (0, 0, 0, 2)),
    *(np.array([sums]) for sums in (10.0, 5.0, 50.0, 13.0, 25.0)),
)
MIXED = Mixed(
    person=np.array([0, 1, 1]),
    week=np.array([0, 1, 1]),
    n=np.array([10.0, 10.0, 0.0]),
    hits=np.array([4.0, 5.0, 0.0]),
    part_session=np.array([0, 0, 0, 1, 1, 2]),
    part_queue=np.array([0, 1, 1, 0, 1, 0]),
    part_n=np.array([5.0, 5.0, 0.0, 5.0, 5.0, 0.0]),
    part_hits=np.array([np.nan, np.nan, np.nan, 4.0, 1.0, np.nan]),
)
WORK = Work(people=2, queues=2, weeks=2, sums=SUMS, mixed=MIXED)


@pytest.mark.parametrize("end", [10, MAX_COUNTED_KEYS + 1])
def test_the_different_keys_and_their_places(end):
    unique, place = distinct(np.array([5, 2, 5, 9]), end)
    assert unique.tolist() == [2, 5, 9]
    assert place.tolist() == [1, 0, 1, 2]


def test_unknown_hits_are_divided_by_the_rates_of_the_queues():
    # 3 and 1 of the 4: then the rates are (5 + 4 + 3) / 20 = .6 and (1 + 1) / 10 = .2, as 3 to 1.
    assert WORK.part_hits.tolist() == pytest.approx([3, 1, 0, 4, 1, 0])


def test_the_sessions_with_views_are_counted():
    assert WORK.sessions.tolist() == [3, 1]


def test_the_work_by_person_queue_and_week():
    cells = WORK.cells
    assert cells.grid.queue.tolist() == [0, 0, 1, 1]
    assert cells.grid.week.tolist() == [0, 1, 0, 1]
    assert cells.n_of(slice(None)).tolist() == [[15, 0, 5, 0], [0, 5, 0, 5]]
    assert cells.hits_of(slice(0, 1))[0].tolist() == pytest.approx([8, 0, 1, 0])
    assert cells.hits_of(slice(1, 2))[0].tolist() == [0, 4, 0, 1]
    assert cells.person_n.tolist() == [20, 10]
    assert cells.by_cell(cells.n).tolist() == [15, 5, 5, 5]
    assert cells.queue_n.tolist() == [[15, 5, 0], [5, 5, 0]]
    assert cells.week_n.tolist() == [[20, 0], [0, 10]]
    assert WORK.cell_of_sum.tolist() == [0]
    assert WORK.cell_of_part.tolist() == [0, 2, 2, 1, 3, 1]


def test_only_cells_that_a_person_has_worked_in_are_kept():
    cells = WORK.cells
    assert cells.grid.person.tolist() == [0, 0, 1, 1]
    assert cells.grid.cell.tolist() == [0, 2, 1, 3]
    assert cells.n.tolist() == [15, 5, 5, 5]


def test_without_mixed_sessions_nothing_is_divided():
    work = Work(people=1, queues=1, weeks=1, sums=SUMS, mixed=Mixed.none())
    assert work.part_hits.tolist() == []
    assert work.sessions.tolist() == [2]
    assert work.cells.hits.tolist() == [5]
