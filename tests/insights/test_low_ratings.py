"""What sessions with a low rating have in common, by traits written by hand."""

from datetime import date

import numpy as np
import pytest

from analytics.comparison.contrasts import Contrast, Group
from analytics.insights.low_ratings import (
    TRAITS,
    ComparedTrait,
    compared_in_order,
    compared_traits,
    traits_sentence,
)
from analytics.insights.registry import FindingData
from tests.insights.conftest import EVERYTHING, finding_of, plain

LENGTH, MESSAGES, CLICKS, WEEKEND = TRAITS


SHORTER = "difference -5.5 min (95 % -7.5 min to -3.5 min)"


def group(mean, n=20):
    """A group of ``n`` users with a row each."""
    return Group(np.ones(n), np.full(n, mean))


def compared(trait, low, rest, *, p=0.01, half=2.0):
    """A trait of low-rated sessions against the others."""
    value = low - rest
    difference = Contrast(
        value, value - half, value + half, p, error=1.0, freedom=38.0, factor=half, compared=4
    )
    return ComparedTrait(trait, group(low), group(rest), difference)


@pytest.mark.parametrize(
    ("trait", "low", "rest", "gap", "words"),
    [
        (
            LENGTH, 54.5, 60.0, "are 5.5 min shorter",
            f"session length 54.5 min against 60.0 min, {SHORTER}",
        ),
        (
            MESSAGES, 9.0, 6.5, "have 2.5 more messages",
            "messages 9.0 against 6.5, difference 2.5 (95 % 0.5 to 4.5)",
        ),
        (
            CLICKS, 1.0, 4.0, "have 3.0 fewer clicks on resources",
            "resources clicked 1.0 against 4.0, difference -3.0 (95 % -5.0 to -1.0)",
        ),
        (
            WEEKEND, 0.5, 0.25, "are 25.0 pts more often at a weekend",
            "weekend 50.0 % against 25.0 %, difference 25.0 pts (95 % -175.0 pts to 225.0 pts)",
        ),
    ],
)  # fmt: skip
def test_a_trait_in_words(trait, low, rest, gap, words):
    told = compared(trait, low, rest)
    assert (plain(told.gap_words), plain(told.words)) == (gap, words)


def test_only_what_is_beyond_chance_is_told():
    shorter, fewer = compared(LENGTH, 50.0, 60.0), compared(CLICKS, 1.0, 4.0, p=0.2)
    assert plain(traits_sentence([shorter], shorter)) == "Low-rated sessions are 10.0 min shorter."
    # 2 + t(0.8 at 38 degrees of freedom) 0.851, times an error of 1.
    assert plain(traits_sentence([], fewer)) == (
        "Cannot tell whether low-rated sessions differ in resources clicked or anything else: a"
        " difference of 2.9 or more would have been seen."
    )


def test_traits_are_listed_as_they_are_declared():
    clicks, length, weekend = (
        compared(trait, 1.0, 2.0, p=p) for trait, p in ((CLICKS, 0.1), (LENGTH, 0.2), (WEEKEND, 0))
    )
    assert compared_in_order([weekend, clicks, length]) == [length, clicks, weekend]


def test_ratings_of_1_and_2_are_low_and_a_trait_needs_ten_known_values_of_both(report):
    saturday, sunday, monday = date(2026, 3, 14), date(2026, 3, 15), date(2026, 3, 16)
    days = [saturday, sunday, monday, monday, monday]
    for place in range(10):
        user = f"U{place}"
        report.chats(
            {"feedback_rating": 1 + place % 2, "length_minutes": 20.0, "date": days[place % 5]},
            {"feedback_rating": 3 + place % 4, "length_minutes": 30.0, "date": monday},
            {"feedback_rating": None, "length_minutes": 500.0, "date": saturday},
            user_id=user,
            messages_sent=place,
            resources_clicked=None if place == 9 else 1,
        )

    found = compared_traits(FindingData(EVERYTHING))

    assert [
        (each.trait.name, each.low.n, each.rest.n, each.low.mean, each.rest.mean) for each in found
    ] == [
        ("session length", 10, 10, 20.0, 30.0),
        ("messages", 10, 10, 4.5, 4.5),
        ("weekend", 10, 10, 0.4, 0.0),
    ]


@pytest.mark.parametrize(
    ("low", "rest", "level"), [(9, 10, "too-few"), (10, 9, "too-few"), (10, 10, "note")]
)
def test_ten_low_ratings_and_ten_others_are_needed(report, low, rest, level):
    for count, rating in ((low, 2), (rest, 3)):
        report.chats(
            *({"length_minutes": 10.0 + place % 2} for place in range(count)),
            feedback_rating=rating,
        )

    found = finding_of("low-rated-sessions")

    assert (found.level, found.n, found.counted) == (level, low + rest, "rated sessions")
    if level == "too-few":
        assert found.evidence == (
            f"n = {low + rest} rated sessions; 10 rated low and 10 others are needed, there are"
            f" {low} and {rest}"
        )
