"""The spread of a team: the scales, the variance between people, and who lies outside."""

import math

import pytest
from scipy import stats

from analytics.insights import spread
from analytics.insights.registry import FindingData
from analytics.insights.spread import COMPLETION, HANDLE_TIME, REJECT_RATE, spread_of
from analytics.metrics.results import Result
from analytics.metrics.terms import wilson
from tests.insights.conftest import EVERYTHING


def row(name, rejected, accepted, **more):
    decided = rejected + accepted
    return {
        "moderator": name,
        "videos": decided,
        "accepted": accepted,
        "rejected": rejected,
        "reject_rate": rejected / decided if decided else None,
        "completion_rate": 0.5,
        "handle_seconds": 30.0,
        **more,
    }


def data_of(*rows):
    data = FindingData(EVERYTHING)
    data._results["moderator-review"] = Result(rows=list(rows), n=len(rows))
    return data


def outside(measure, *rows):
    found = spread_of(data_of(*rows), measure)
    return [(person.moderator, person.side) for person in found.outside]


# Four with half of 100 rejected; the fifth differs.
HALVES = [row(f"m{n}", 50, 50) for n in range(4)]


def test_the_limits_are_corrected_for_the_number_of_people():
    found = spread_of(data_of(*HALVES, row("m4", 50, 50)), REJECT_RATE)

    # Nobody differs, so there is chance only: 1 / 400 on the arcsine scale around pi / 4, and
    # Student's t of 4 degrees at 1 - 0.05 / 5 / 2.
    half = stats.t.ppf(0.995, 4) * math.sqrt(1 / 400)
    assert found.low == pytest.approx(math.sin(math.pi / 4 - half) ** 2)
    assert found.high == pytest.approx(math.sin(math.pi / 4 + half) ** 2)
    assert found.middle == pytest.approx(0.5)
    assert found.n == 500


@pytest.mark.parametrize(("rejected", "side"), [(72, 0), (73, 1), (28, 0), (27, -1)])
def test_who_would_lie_outside_without_the_correction_does_not(rejected, side):
    # t of 4 degrees: 4.604 corrected for five people, 2.776 for one. 72 of 100 is 4.57 standard
    # deviations away, 73 is 4.78.
    expected = [("odd", side)] if side else []
    assert outside(REJECT_RATE, *HALVES, row("odd", rejected, 100 - rejected)) == expected


def test_five_people_with_ten_each_are_a_team():
    assert spread_of(data_of(*HALVES, row("m4", 5, 5)), REJECT_RATE) is not None
    assert spread_of(data_of(*HALVES, row("m4", 4, 5)), REJECT_RATE) is None
    assert spread_of(data_of(*HALVES, row("m4", 0, 0)), REJECT_RATE) is None


def test_who_rejects_nothing_is_judged_but_no_time_has_no_logarithm():
    assert outside(REJECT_RATE, *HALVES, row("mild", 0, 100)) == [("mild", -1)]
    idle = row("idle", 50, 50, handle_seconds=0.0)
    assert spread_of(data_of(*HALVES, idle), HANDLE_TIME) is None


def test_times_are_judged_on_the_scale_of_logarithms():
    slow = row("slow", 50, 50, handle_seconds=48.0)
    slower = row("slower", 50, 50, handle_seconds=47.0)
    # ln 1.6 = 0.470 and ln 1.567 = 0.449 in units of 1 / sqrt(100); the limit is 4.604.
    assert outside(HANDLE_TIME, *HALVES, slow) == [("slow", 1)]
    assert outside(HANDLE_TIME, *HALVES, slower) == []


def test_completion_counts_every_video():
    few = row("few", 1, 1, videos=100, completion_rate=0.1)
    assert outside(COMPLETION, *HALVES, few) == [("few", -1)]


def test_the_farthest_come_first_then_by_name():
    rows = [*(row(f"m{n}", 50, 50) for n in range(9))]
    found = outside(
        REJECT_RATE, *rows, row("b", 95, 5), row("a", 95, 5), row("c", 99, 1), row("d", 2, 98)
    )
    assert [name for name, _side in found] == ["c", "d", "a", "b"]


def test_the_variance_between_people_makes_the_median_distance_a_normal_one():
    values, chances = [0.0, 1.0, 2.0, 3.0, 4.0], [0.01] * 5

    # Distances 2, 1, 0, 1, 2: the median is 1 / sqrt(0.01 + v), the usual one 0.6745 (1 - 0.16).
    expected = (1 / (0.6744897501960817 * 0.84)) ** 2 - 0.01
    assert spread.between(values, chances, 2.0) == pytest.approx(expected, rel=1e-9)


def test_chance_alone_leaves_no_variance_between_people():
    assert spread.between([0.0, 0.1, 0.2, 0.3, 0.4], [1.0] * 5, 0.2) == 0.0


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 1.0])
def test_the_arcsine_scale_leads_there_and_back(share):
    assert spread.from_arcsine(spread.arcsine(share)) == pytest.approx(share)


def test_the_arcsine_scale_ends_at_shares_of_nothing_and_all():
    assert (spread.arcsine(-0.1), spread.arcsine(1.1)) == (0.0, math.pi / 2)
    assert (spread.from_arcsine(-0.1), spread.from_arcsine(2.0)) == (0.0, 1.0)


def test_the_interval_of_a_time():
    # 1.959964 / sqrt(4) on the scale of logarithms.
    low, high = spread.handle_interval(30.0, 4)
    assert (low, high) == pytest.approx((30 * math.exp(-0.979982), 30 * math.exp(0.979982)))


def test_the_interval_of_a_share_counts_whole_things():
    assert spread.wilson_of(0.2, 100) == wilson(20, 100)


def test_on_which_side_somebody_needs_coaching():
    assert (REJECT_RATE.worse, HANDLE_TIME.worse, COMPLETION.worse) == ((-1, 1), (1,), (-1,))


@pytest.mark.parametrize(("rejected", "level"), [(50, "good"), (90, "watch")])
def test_somebody_outside_is_worth_watching(rejected, level):
    found = spread.outside_the_spread(
        data_of(*HALVES, row("odd", rejected, 100 - rejected)), REJECT_RATE
    )
    assert found.level == level
