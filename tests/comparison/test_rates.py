"""How little is too little to be judged by a rate, and the design effect by hand."""

import numpy as np
import pytest

from analytics.comparison.judging import BUDGETS
from analytics.comparison.rates import compare_rate, design_effects
from analytics.comparison.work import Mixed, Sums, Work

#: Three sessions of 10 with 3 hits, on one queue in one week: (queue, week, sessions).
USUAL = [(0, 0, [(10, 3), (10, 4), (10, 2)])]


def work_of(*people, queues=2, weeks=2):
    """The work of people who are given by queue and week, each session as (n, hits)."""
    rows = [
        (
            person,
            queue,
            week,
            len(sessions),
            sum(n for n, _ in sessions),
            sum(hits for _, hits in sessions),
            sum(n * n for n, _ in sessions),
            sum(hits * hits for _, hits in sessions),
            sum(hits * n for n, hits in sessions),
        )
        for person, cells in enumerate(people)
        for queue, week, sessions in cells
    ]
    columns = np.array(rows, float).T
    whole = [column.astype(np.int64) for column in columns[:4]]
    return Work(len(people), queues, weeks, Sums(*whole, *columns[4:]), Mixed.none())


def judged(own, *, others=5, min_others=1):
    work = work_of(*[USUAL] * others, own)
    return compare_rate(work, BUDGETS["reject_rate"], min_others=min_others)


@pytest.mark.parametrize(
    ("own", "enough"),
    [
        ([(0, 0, [(10, 3), (10, 4), (10, 2)])], True),
        ([(0, 0, [(10, 3), (10, 4), (9, 2)])], False),
        ([(0, 0, [(15, 3), (15, 6)])], False),
        # Half of the work, and a little more of it, on a queue where nobody else works.
        ([(0, 0, [(20, 6), (20, 6)]), (1, 0, [(40, 12)])], True),
        ([(0, 0, [(20, 6), (20, 6)]), (1, 0, [(41, 12)])], False),
    ],
)
def test_thirty_trials_in_three_sessions_that_others_share_are_enough(own, enough):
    verdicts = judged(own)
    assert verdicts.judged[:5].all()
    assert verdicts.judged[5] == enough
    assert np.isfinite(verdicts.expected[5]) == enough


@pytest.mark.parametrize(("others", "anybody"), [(3, False), (4, True)])
def test_five_people_are_judged(others, anybody):
    verdicts = judged(USUAL[:], others=others)
    assert verdicts.judged.any() == anybody
    assert verdicts.value == pytest.approx(0.3)


@pytest.mark.parametrize(("others", "shown"), [(4, False), (5, True)])
def test_what_is_shown_rests_on_five_others(others, shown):
    verdicts = judged(USUAL[:], others=others, min_others=5)
    assert verdicts.judged.all() == verdicts.judged.any() == shown


def test_sessions_vary_as_much_as_trials_or_more():
    # All or nothing: each person's two sessions of 10 are off by 5 and 5: twice 50, over 20 / 4.
    person = [(0, 0, [(10, 0), (10, 10)])]
    effect, own_effects = design_effects(work_of(person, person))
    assert effect == pytest.approx(2 * 50 / 5)
    # By chance an own effect of two sessions is 6.6349 once in 100 (chi-squared of one degree).
    assert own_effects.tolist() == pytest.approx([2 * 50 / 5 / 6.6349] * 2, rel=1e-4)
    assert design_effects(work_of([(0, 0, [(10, 5), (10, 5)])]))[0] == 1
    # A single session tells nothing of how sessions vary.
    assert design_effects(work_of([(0, 0, [(10, 5)])]))[0] == 1


def test_who_changes_from_one_week_to_the_next_does_not_pass_for_odd():
    # 1 of 10 in one week and 9 of 10 in the next: within weeks nothing varies.
    effect, own_effects = design_effects(work_of([(0, 0, [(10, 1)] * 4), (0, 1, [(10, 9)] * 4)]))
    # About half: 8 x 16, times 8 / 7, over 80 / 4.
    assert effect == pytest.approx(8 * 16 * 8 / 7 / 20)
    assert own_effects.tolist() == [1]


def test_a_week_of_one_session_varies_about_the_persons_level():
    # 2, 4 and 9 of 10, each in its week, about 5: 9 + 1 + 16, times 3 / 2, over 30 / 4.
    work = work_of([(0, week, [(10, hits)]) for week, hits in enumerate((2, 4, 9))], weeks=3)
    effect, own_effects = design_effects(work)
    assert effect == pytest.approx(26 * 3 / 2 / 7.5)
    # By chance an own effect of three sessions is 9.2103 / 2 once in 100.
    assert own_effects.tolist() == pytest.approx([effect * 2 / 9.2103], rel=1e-4)


@pytest.mark.parametrize(
    ("sessions", "is_named"),
    [
        pytest.param([(30, 15), (30, 16)] * 8, True, id="in every session"),
        pytest.param([(30, 9)] * 11 + [(150, 150)], False, id="in a single odd session"),
    ],
)
def test_no_single_session_decides_about_anybody(sessions, is_named):
    usual = [(0, 0, [(30, 6), (30, 9), (30, 12)] * 4)]
    work = work_of(*[usual] * 39, [(0, 0, sessions)])
    verdicts = compare_rate(work, BUDGETS["reject_rate"])
    assert verdicts.value[-1] == pytest.approx(0.517, abs=0.002)
    assert verdicts.named("both").tolist() == [False] * 39 + [is_named]
