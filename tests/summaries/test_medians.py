"""Where the middle intervals lie, and how long they are."""

from dataclasses import replace
from datetime import timedelta

import pytest

from analytics.access import PORTAL
from analytics.models import Inactivity, Moderator
from analytics.scope import Scope
from analytics.summaries import writing
from analytics.summaries.medians import MedianPosition, median_positions, medians_us, step_width
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot
from tests.brute import PlainSession
from tests.factory import NOON, write_session

SECOND = 1_000_000


@pytest.mark.parametrize(
    ("seconds", "step"),
    [
        *((0, 1), (99, 1), (100, 5), (299, 5), (300, 30), (599, 30), (600, 60), (2399, 60)),
        *((2400, 300), (5999, 300), (6000, 600), (11_999, 600), (12_000, 1800)),
        *((35_999, 1800), (36_000, 3600), (90_000, 3600)),
    ],
)
def test_steps_grow_with_the_length(seconds, step):
    assert step_width(seconds) == step


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, []),
        ({("pause", 5): (1, 0)}, [MedianPosition("pause", 5, 0, 0)]),
        ({("pause", 5): (2, 0)}, [MedianPosition("pause", 5, 0, 1)]),
        ({("pause", 5): (5, 0)}, [MedianPosition("pause", 5, 2, 2)]),
        # Ranks 3 of 7 is the second of the step at 9.
        ({("pause", 9): (4, 0), ("pause", 5): (2, 0), ("pause", 20): (1, 0)},
         [MedianPosition("pause", 9, 1, 1)]),
        # Ranks 1 and 2 of 4: the last of one step and the first of the next.
        ({("pause", 5): (2, 0), ("pause", 9): (2, 0)},
         [MedianPosition("pause", 5, 1, 1), MedianPosition("pause", 9, 0, 0)]),
        ({("pause", 5): (1, 0), ("idle", 7): (3, 0)},
         [MedianPosition("idle", 7, 1, 1), MedianPosition("pause", 5, 0, 0)]),
    ],
)  # fmt: skip
def test_where_the_middle_lies(counts, expected):
    assert list(median_positions(counts)) == expected


def write(name, start, *lengths):
    idle = [(kind, us, None) for kind, us in lengths]
    write_session(PlainSession(name, "amy", start, None, [], idle, []))


def medians(scope, counts):
    with snapshot():
        return medians_us(read_summaries(scope), counts)


@pytest.mark.django_db
@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize("limited", [False, True])
def test_medians_are_exact(limited, built):
    # In the steps of 5 s at 100 and at 105 seconds; the middle of four is on their edge.
    write("a", NOON, ("pause", 100_000_000), ("pause", 104_999_999), ("inactivity", 7_250_000))
    write("b", NOON, ("pause", 105_000_000), ("pause", 109_000_000), ("inactivity", 7_750_000))
    write("c", NOON, ("inactivity", 7_500_000))
    if limited:
        # Nothing of another day counts.
        write("d", NOON + timedelta(days=1), ("pause", 100_500_000), ("inactivity", 7_000_000))
    if built:
        writing.refresh()
    day = NOON.date()
    scope = Scope(PORTAL, start=day, end=day) if limited else Scope(PORTAL)
    counts = {("pause", 100.0): (2, 0), ("pause", 105.0): (2, 0), ("inactivity", 7.0): (3, 0)}

    assert medians(scope, counts) == {
        "inactivity": 7.5 * SECOND,
        "pause": (104_999_999 + 105_000_000) / 2,
    }


@pytest.mark.django_db
def test_a_changed_interval_is_read_again(keeping):
    for at in range(3):
        write(str(at), NOON + timedelta(days=at), ("pause", 100_000_000 + at))
    writing.refresh()
    amy = Moderator.objects.get(username="amy")
    of_days = Scope(PORTAL, start=NOON.date(), end=NOON.date() + timedelta(days=1))
    counts = {("pause", 100.0): (2, 0)}
    for scope in (of_days, replace(of_days, moderator=amy)):
        assert medians(scope, counts) == {"pause": 100 * SECOND + 0.5}
    # An interval of equal rank in the same step.
    Inactivity.objects.filter(session__public_id="1").update(duration_us=100_000_007)
    writing.refresh()

    for scope in (of_days, replace(of_days, moderator=amy)):
        assert medians(scope, counts) == {"pause": 100 * SECOND + 3.5}


@pytest.mark.django_db
@pytest.mark.parametrize("scope", [Scope(PORTAL), Scope(PORTAL, start=NOON.date())])
def test_no_interval_has_no_median(scope):
    assert medians(scope, {}) == {}
