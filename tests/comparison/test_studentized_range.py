"""The studentized range against that of scipy and published values."""

import pytest
from scipy import stats

from analytics.comparison.studentized_range import critical_range, exceeds


@pytest.mark.parametrize("groups", [2, 3, 13])
@pytest.mark.parametrize("freedom", [1, 2.7, 38, 5000])
def test_the_same_as_scipy(groups, freedom):
    for width in (0.5, 2.5, 6.0):
        expected = stats.studentized_range.sf(width, groups, freedom)
        assert exceeds(width, groups, freedom) == pytest.approx(expected, abs=1e-7)
    critical = critical_range(0.05, groups, freedom)
    assert exceeds(critical, groups, freedom) == pytest.approx(0.05, abs=1e-9)


@pytest.mark.parametrize(
    ("groups", "freedom", "published"),
    [(2, 10, 3.151), (3, 10, 3.877), (10, 20, 5.008), (3, 60, 3.399)],
)
def test_published_table(groups, freedom, published):
    # H. L. Harter 1960, upper 5 % points.
    assert critical_range(0.05, groups, freedom) == pytest.approx(published, abs=6e-4)


def test_the_ends():
    assert exceeds(0.0, 3, 10) == pytest.approx(1.0)
    assert exceeds(1e6, 3, 10) == pytest.approx(0.0, abs=1e-12)
