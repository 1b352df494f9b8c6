"""The hard rules about people, tried on made worlds: up to 300 looks each, people drawn anew.

Seeded, so that a run says the same everywhere. Looks are drawn until it is clear whether as few
name somebody as are allowed, or so many more that the rule is broken (sequential.py).
"""

import numpy as np
import pytest

from analytics.comparison.judging import BUDGETS, FASTER, MAY_COMPLETE_MORE
from analytics.comparison.rates import compare_rate
from analytics.comparison.rows import compare_rows
from analytics.comparison.times import compare_times
from tests.comparison.sequential import Share, exceeded
from tests.comparison.worlds import World, look

LOOKS = 300
#: Looks that name somebody where nobody differs, that name who must not be, and that miss who must
#: be named: the share that is allowed, and the one that breaks the rule.
FALSE = (0.06, 0.12)
AGAINST_CARE = (0.01, 0.04)
MISSED = (0.07, 0.14)
MISSED_AT_MOST_5 = (0.03, 0.08)
SIZES = (8, 10, 40)
DIFFER = {"person_sd": 0.3, "person_time_sd": 0.25, "satisfaction_sd": 0.2, "response_sd": 1.4}
ALIKE = DIFFER | {"person_sd": 0.15, "person_time_sd": 0.15}


def verdicts_of(one):
    rejects = compare_rate(one.decided, BUDGETS["reject_rate"])
    completion = compare_rate(one.completed, BUDGETS["completion_rate"])
    times, _ = compare_times(one.timed, BUDGETS["handle_seconds"], excluded=completion.named("low"))
    satisfaction, response = (
        compare_rows(
            counts=one.row_counts,
            means=rows.means,
            own_variances=rows.own_variances,
            variance=rows.variance,
            min_sd=least,
            budget=budget,
        )
        for rows, least, budget in (
            (one.satisfaction, 0.08, BUDGETS["average_satisfaction"]),
            (one.response, 0.56, BUDGETS["average_response_minutes"]),
        )
    )
    return rejects, completion, times, satisfaction, response


def named_in(one):
    """Who is named, and who for speed without care."""
    rejects, completion, times, satisfaction, response = verdicts_of(one)
    careful = times.named("high") & (completion.above < MAY_COMPLETE_MORE)
    named = (
        rejects.named("both")
        | completion.named("low")
        | (times.named("high") & ~careful)
        | satisfaction.named("low")
        | response.named("high")
    )
    return named, completion.named("low") & (times.below < FASTER)


def looks_at(world, seed, looks=LOOKS):
    random = np.random.default_rng(seed)
    for _ in range(looks):
        yield named_in(look(world, random))


@pytest.mark.parametrize("people", SIZES)
@pytest.mark.parametrize(
    "world",
    [
        pytest.param({}, id="videos independent"),
        pytest.param({"session_sd": 0.8}, id="sessions differ"),
        pytest.param({**DIFFER, "rows": 30}, id="people differ as people do"),
        pytest.param({**DIFFER, "unequal": True}, id="people differ, unequal work"),
        pytest.param({"queues": 4, "specialists": 0.2}, id="queues differ"),
        pytest.param(
            {"queues": 4, "specialists": 0.2, "two_queues": True}, id="two queues a session"
        ),
        pytest.param({"tab_hours": (0.5, 12.0)}, id="a forgotten tab"),
        pytest.param({**DIFFER, "skewed_rows": True}, id="skewed response times"),
        pytest.param({**DIFFER, "far_rows": 0.2}, id="a response time of hours in one row"),
    ],
)
def test_where_nobody_differs_hardly_anybody_is_named(people, world):
    looks = looks_at(World(people, **world), seed=people)
    assert not exceeded(((named.any(),) for named, _ in looks), Share(*FALSE))


#: Half of the looks, 65 of 100 and 85 of 100 at least.
@pytest.mark.parametrize(
    ("people", "missed"), [(8, (0.42, 0.58)), (10, (0.28, 0.42)), (40, (0.11, 0.20))]
)
def test_somebody_who_rejects_far_more_is_named(people, missed):
    world = World(people, **ALIKE, videos=33, deviants={0: {"reject": 0.2}})
    looks = looks_at(world, seed=people)
    assert not exceeded(((not named[0],) for named, _ in looks), Share(*missed))


@pytest.mark.parametrize("people", SIZES)
def test_who_skips_is_named_for_speed_without_care(people):
    world = World(people, **ALIKE, deviants={0: {"completion": 0.2, "time": 0.5}})
    looks = ((not named[0], not skips[0]) for named, skips in looks_at(world, seed=people))
    assert not exceeded(looks, Share(*MISSED_AT_MOST_5), Share(*MISSED))


@pytest.mark.parametrize("people", SIZES)
def test_two_who_skip_do_not_hide_each_other(people):
    skipper = {"completion": 0.2, "time": 0.5}
    world = World(people, **ALIKE, deviants={0: skipper, 1: skipper})
    looks = ((*~named[:2], *~skips[:2]) for named, skips in looks_at(world, seed=people))
    assert not exceeded(looks, *(Share(*MISSED) for _ in range(4)))


def test_who_completes_far_more_hides_nobody_who_skips():
    deviants = {
        0: {"completion": 0.2, "time": 0.5},
        1: {"completion": 0.4, "time": 0.6},
        2: {"completion": 0.95, "time": 2.0},
    }
    looks = [*looks_at(World(12, **ALIKE, deviants=deviants), seed=12, looks=LOOKS // 3)]
    for who in (0, 1):
        assert sum(skips[who] for _, skips in looks) >= 0.6 * len(looks)
    assert sum(named[2] for named, _ in looks) <= 0.02 * len(looks)


@pytest.mark.parametrize(("people", "less"), [(8, -2.0), (10, -2.0), (40, -2.0), (40, -1.5)])
def test_really_lower_satisfaction_is_named(people, less):
    world = World(people, **ALIKE, deviants={0: {"satisfaction": less}})
    looks = looks_at(world, seed=people)
    assert not exceeded(((not named[0],) for named, _ in looks), Share(*MISSED))


@pytest.mark.parametrize("people", SIZES)
@pytest.mark.parametrize(
    "deviant",
    [
        pytest.param({"completion": 0.9, "time": 2.0}, id="slow and completing more"),
        pytest.param({"completion": 0.75, "time": 0.5}, id="fast and completing as much"),
    ],
)
def test_care_and_speed_are_held_against_nobody(people, deviant):
    world = World(people, **ALIKE, deviants={0: deviant})
    looks = looks_at(world, seed=people)
    assert not exceeded(((named[0] or skips[0],) for named, skips in looks), Share(*AGAINST_CARE))


#: Sessions in a look of 7 days, of 4 weeks and of 13 weeks.
@pytest.mark.parametrize("sessions", [4, 16, 52])
@pytest.mark.parametrize("people", SIZES)
def test_some_more_care_is_enough_in_a_look_of_any_length(people, sessions):
    careful = {"completion": 0.85, "time": 2.0}
    world = World(people, **ALIKE, session_sd=0.5, sessions=sessions, deviants={0: careful})
    found = sum(named[0] for named, _ in looks_at(world, seed=people, looks=LOOKS // 3))
    # At 2 of 100 looks more than 4 happen in 1 of 20 runs.
    assert found <= 0.04 * LOOKS / 3


def test_each_persons_limits_hold():
    random = np.random.default_rng(7)
    inside = judged = 0
    for _ in range(LOOKS // 3):
        for verdicts in verdicts_of(look(World(10, **DIFFER), random)):
            inside += int((verdicts.judged & (verdicts.side == 0)).sum())
            judged += int(verdicts.judged.sum())
    assert 0.9 <= inside / judged <= 1


@pytest.mark.parametrize("people", [1, 2, 4])
def test_too_few_people_are_not_judged(people):
    random = np.random.default_rng(1)
    for verdicts in verdicts_of(look(World(people), random)):
        assert not verdicts.judged.any()
        assert np.isnan(verdicts.low).all()


def test_equal_values_of_everybody_name_nobody():
    verdicts = compare_rows(
        counts=np.full(8, 5.0),
        means=np.full(8, 4.0),
        own_variances=np.zeros(8),
        variance=0.0,
        min_sd=0.08,
        budget=BUDGETS["average_satisfaction"],
    )
    assert verdicts.judged.all()
    assert not verdicts.outside.any()
