"""One person's verdict in words: numbers that are told apart, and limits that may be told."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.comparison.judging import Verdicts
from analytics.insights.people import COMPLETION, REJECT_RATE, RESPONSE, SATISFACTION, Compared
from tests.insights.conftest import plain

RESPONSE_OUTSIDE = Compared(
    moderator="ann",
    measure=RESPONSE,
    value=12.24,
    expected=6.3,
    low=0.4,
    high=12.16,
    n=4,
    sessions=None,
    others=9,
    people=10,
    same="the same time",
    design_effect=1.0,
    is_shareable=True,
)


def test_a_value_is_told_from_the_limit_that_it_lies_outside():
    assert plain(f"{RESPONSE_OUTSIDE.did}. {RESPONSE_OUTSIDE.ordinary('high')}") == (
        "response time 12.24 min over 4 performance rows. In the same time 6.3 min was expected;"
        " up to 12.16 min is ordinary."
    )
    assert plain(RESPONSE_OUTSIDE.would_change("high")) == (
        "Ordinary would be a response time up to 12.16 min."
    )


def test_usual_places_are_enough_where_the_values_differ():
    clear = replace(RESPONSE_OUTSIDE, value=13.0)
    assert plain(clear.did) == "response time 13.0 min over 4 performance rows"
    assert clear.ordinary("high").endswith("up to 12.2\N{NO-BREAK SPACE}min is ordinary.")
    satisfied = replace(RESPONSE_OUTSIDE, measure=SATISFACTION, value=2.48, low=3.54, high=4.9)
    assert plain(satisfied.ordinary("low")).endswith("3.54 or more is ordinary.")


def test_limits_that_may_not_be_told_leave_the_side():
    hidden = replace(RESPONSE_OUTSIDE, is_shareable=False)
    assert hidden.ordinary("high") == "That is above what is ordinary in the same time."


def test_limits_read_alike_as_they_are_written():
    assert RESPONSE_OUTSIDE.reads_like(replace(RESPONSE_OUTSIDE, high=12.18))
    assert not RESPONSE_OUTSIDE.reads_like(replace(RESPONSE_OUTSIDE, high=12.3))


def test_what_would_have_been_seen_lies_beyond_what_is_expected():
    assert plain(REJECT_RATE.or_beyond(0.527, 0.3)) == "52.7 % or more"
    assert plain(COMPLETION.or_beyond(0.41, 0.75)) == "41.0 % or less"


def verdicts(others):
    """Verdicts on one person of 200 decided videos."""
    one = np.ones(1)
    return Verdicts(
        n=one * 200,
        sessions=one * 8,
        value=one * 0.5,
        expected=one * 0.2,
        low=one * 0.1,
        high=one * 0.3,
        side=np.ones(1, int),
        judged=np.ones(1, bool),
        below=one,
        above=one * 0.001,
        detectable=one,
        shrunken=one,
        others=one * others,
        design_effect=1.5,
        between=0.0,
        detectable_difference=0.1,
    )


@pytest.mark.parametrize(("others", "is_shareable"), [(4, False), (5, True)])
def test_limits_may_be_told_with_five_others_behind_them(others, is_shareable):
    compared = Compared.of("ann", REJECT_RATE, verdicts(others), 0, others=others, same="the week")

    assert compared == Compared(
        moderator="ann",
        measure=REJECT_RATE,
        value=0.5,
        expected=0.2,
        low=0.1,
        high=0.3,
        n=200,
        sessions=8,
        others=others,
        people=1,
        same="the week",
        design_effect=1.5,
        is_shareable=is_shareable,
    )
