"""The sequential test, by hand: log(99) = 4.595; a hit weighs log(2) = 0.693, a miss -0.06596."""

from itertools import count

import pytest

from tests.comparison.sequential import Share, exceeded


def share() -> Share:
    return Share(fine=0.06, bad=0.12)


@pytest.mark.parametrize(
    ("looks", "drawn", "is_fine"),
    [
        pytest.param([False] * 300, 70, True, id="never"),
        pytest.param([True] * 300, 7, False, id="always"),
        # Every tenth, the first too: 0.693 - 9 * 0.066 = 0.0995 more with each ten.
        pytest.param([n % 10 == 0 for n in range(300)], 300, False, id="never clear, too many"),
        # 8 * -0.560, a hit and 13 misses.
        pytest.param([n % 20 == 0 for n in range(300)], 174, True, id="one in twenty"),
        pytest.param([n < 26 for n in range(300)], 7, False, id="all at the beginning"),
    ],
)
def test_looks_are_drawn_until_it_is_clear(looks, drawn, is_fine):
    one = share()
    assert exceeded(((look,) for look in looks), one) == ([] if is_fine else [one])
    assert one.looks == drawn


@pytest.mark.parametrize(("found", "is_fine"), [(26, True), (27, False)])
def test_after_the_last_look_the_likelier_share_counts(found, is_fine):
    """26 * 0.6931 - 274 * 0.06596 = -0.05; one more: 0.71."""
    one = Share(0.06, 0.12, looks=300, found=found)
    assert not one.is_clear
    assert one.is_fine is is_fine


def test_looks_go_on_until_every_share_is_clear():
    never, always = share(), share()
    assert exceeded(((False, True) for _ in count()), never, always) == [always]
    assert (never.looks, always.looks) == (70, 70)
