"""The statistics, against values computed by hand or by scipy from the values themselves."""

import pytest
from scipy import stats

from analytics.insights import statistics
from analytics.insights.statistics import Difference, Sample, difference, mean_interval

TEN = Sample(10, 5.0, 2.0)


def sample(values):
    mean = sum(values) / len(values)
    return Sample(len(values), mean, stats.tstd(values))


def test_a_sample_is_read_from_what_the_database_gave():
    assert Sample.of({"n": 3, "mean": 2, "sd": 1}) == Sample(3, 2.0, 1.0)
    assert Sample.of({"n": 1, "mean": 2, "sd": None}) == Sample(1, 2.0, None)
    assert Sample.of({"n": 0, "mean": None, "sd": None}) is None


@pytest.mark.parametrize(("n", "enough"), [(9, False), (10, True), (11, True)])
def test_ten_values_are_enough(n, enough):
    assert Sample(n, 1.0, 1.0).enough is enough


def test_the_variance_of_a_mean():
    assert TEN.variance_of_mean == 0.4


def test_the_interval_of_a_mean_is_students():
    # t of 9 degrees at 97.5 %: 2.262157; times 2 / sqrt(10).
    assert mean_interval(TEN) == pytest.approx((5 - 1.430714, 5 + 1.430714), abs=1e-6)


def test_two_values_have_an_interval_and_one_has_none():
    # t of 1 degree: 12.706205; times 1 / sqrt(2).
    assert mean_interval(Sample(2, 0.0, 1.0)) == pytest.approx((-8.984643, 8.984643), abs=1e-6)
    assert mean_interval(Sample(1, 3.0, None)) is None
    assert mean_interval(Sample(5, 3.0, None)) is None


def test_two_means_are_compared_by_welchs_test():
    a, b = [5.0, 6.0, 7.0, 9.0], [1.0, 2.0, 2.0, 3.0, 8.0]
    expected = stats.ttest_ind(a, b, equal_var=False)
    interval = expected.confidence_interval(0.95)

    found = difference(sample(a), sample(b))

    assert found.value == pytest.approx(3.55)
    assert found.p == pytest.approx(expected.pvalue)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.compared == 1


def test_several_comparisons_are_corrected_for_their_number():
    a, b = [5.0, 6.0, 7.0, 9.0], [1.0, 2.0, 2.0, 3.0, 8.0]
    alone = stats.ttest_ind(a, b, equal_var=False)
    interval = alone.confidence_interval(1 - 0.05 / 3)

    found = difference(sample(a), sample(b), compared=3)

    assert found.p == pytest.approx(3 * alone.pvalue)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.compared == 3


def test_a_corrected_p_is_at_most_one():
    assert difference(TEN, Sample(10, 5.1, 2.0), compared=50).p == 1.0


def test_without_any_spread_every_difference_is_one():
    five = Sample(10, 5.0, 0.0)
    found = difference(five, Sample(10, 4.0, 0.0), compared=6)
    assert (found.value, found.low, found.high, found.p) == (1.0, 1.0, 1.0, 0.0)
    assert found.compared == 6
    # The same mean, but for the last digit of a sum.
    assert difference(five, Sample(10, 5.0 + 1e-15, 0.0)).p == 1.0
    assert difference(five, Sample(10, 5.0 + 1e-9, 0.0)).p == 0.0


@pytest.mark.parametrize(("p", "clear"), [(0.049, True), (0.05, False), (0.051, False)])
def test_a_difference_is_clear_below_the_level(p, clear):
    assert Difference(TEN, TEN, 0.0, 0.0, 0.0, p, 1).clear is clear


def test_every_pair_once():
    assert statistics.pairs("abc") == [("a", "b"), ("a", "c"), ("b", "c")]


def test_the_correction_in_words():
    assert statistics.corrected_words(1) == ""
    assert statistics.corrected_words(2) == ", corrected for 2 comparisons"
