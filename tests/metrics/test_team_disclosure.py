"""Which slices of a whole are joined, so that what is joined rests on five people or more."""

import pytest

from analytics.metrics.team_disclosure import (
    OTHER,
    Slice,
    has_enough_people,
    has_nobody_or_enough_people,
    revealing_nothing,
    reveals_few_people,
    slices_to_join,
)
from analytics.metrics.team_totals import joined_note, slice_names, sum_months


def part(n, people):
    """A slice of ``n``; ``people`` are letters."""
    return Slice(n, frozenset(ord(letter) for letter in people))


@pytest.mark.parametrize(
    ("people", "enough", "nobody_or_enough"),
    [("", False, True), ("abcd", False, False), ("abcda", False, False), ("abcde", True, True)],
)
def test_five_people_are_enough(people, enough, nobody_or_enough):
    assert has_enough_people(map(ord, people)) is enough
    assert has_nobody_or_enough_people(map(ord, people)) is nobody_or_enough


@pytest.mark.parametrize(
    ("slices", "names"),
    [
        ({"a": "abcde", "b": "abcdef"}, set()),
        ({"a": "abcde", "b": ""}, set()),
        # Four together with the smallest that has enough.
        ({"a": "abcdef", "b": "abcde", "c": "abcd"}, {"b", "c"}),
        # Of equally small ones the first by name, whoever asks.
        ({"z": "abcde", "b": "abcde", "c": "a"}, {"b", "c"}),
        # Few and few are enough together.
        ({"a": "abcde", "b": "ab", "c": "cde"}, {"b", "c"}),
        # The same four people twice are still four.
        ({"a": "abcdef", "b": "abcd", "c": "abcd"}, {"a", "b", "c"}),
        # Nobody's slice hides nobody.
        ({"a": "", "b": "abcde", "c": "a"}, {"b", "c"}),
        # A value of this name would be taken for the joined ones.
        ({"a": "abcde", OTHER: "abcdef", "c": "a"}, {OTHER, "c"}),
        ({"a": "abcde", OTHER: "", "c": "ab"}, {OTHER, "a", "c"}),
        # There is nothing else to join with.
        ({"a": "abc"}, {"a"}),
    ],
)
def test_slices_are_joined_until_five_people_stand_behind_them(slices, names):
    assert slices_to_join({name: part(1, people) for name, people in slices.items()}) == names


def test_what_one_month_hides_every_month_hides():
    january = {"a": part(10, "abcdef"), "b": part(7, "abcde"), "c": part(1, "a")}
    february = {"a": part(20, "abcdef"), "b": part(8, "abcde"), "d": part(3, "abcde")}
    assert sum_months([january, february]) == ({"a": 30, OTHER: 16, "d": 3}, {"b", "c"})
    assert sum_months([february]) == ({"a": 20, "b": 8, "d": 3}, set())
    assert sum_months([]) == ({}, set())


@pytest.mark.parametrize(
    ("totals", "hidden", "last", "names"),
    [
        ({"a": 1, "b": 2}, set(), "unknown", ["b", "a"]),
        # Those that are always there, also with nothing.
        ({"a": 1}, set(), "unknown", ["b", "a"]),
        ({"z": 1, "c": 3, "unknown": 1}, set(), "unknown", ["b", "a", "c", "z", "unknown"]),
        ({"unknown": 0}, set(), "unknown", ["b", "a"]),
        ({"a": 1, OTHER: 5}, {"b"}, "unknown", ["a", OTHER]),
        # A value of the data that has this name stands among the others.
        ({"c": 1, OTHER: 5, "p": 1}, set(), "", ["b", "a", "c", OTHER, "p"]),
    ],
)
def test_the_names_in_their_order(totals, hidden, last, names):
    assert slice_names(totals, hidden, ["b", "a"], last) == names


def test_joined_slices_are_told_of():
    assert joined_note(set()) == []
    assert joined_note({"a"}) == ["Values of fewer than 5 people are joined into “other”."]


# Who stands behind each part: e and f are few, n is nobody.
PEOPLE = {
    "a": frozenset("12345"),
    "b": frozenset("23456"),
    "e": frozenset("12"),
    "f": frozenset("345"),
    "n": frozenset(),
}


@pytest.mark.parametrize(
    ("numbers", "reveals"),
    [
        ([], False),
        (["a"], False),
        (["n"], False),
        (["e"], True),
        # Few and few are five together.
        (["ef"], False),
        (["ae"], False),
        # The one less the other, in either order.
        (["a", "ae"], True),
        (["ae", "a"], True),
        (["a", "aen"], True),
        (["an", "ae"], True),
        (["a", "an"], False),
        (["a", "ab"], False),
        (["a", "b"], False),
        # Only all three together: ab + e less a less b.
        (["abe", "a", "b"], True),
        (["aef", "a"], False),
        # e twice is no number of people's, once it is.
        (["ae", "be"], False),
    ],
)
def test_sums_and_differences_reveal_few_people(numbers, reveals):
    assert reveals_few_people(numbers, PEOPLE) is reveals


def test_a_number_that_tells_too_much_beside_the_others_is_left_out():
    candidates = {"first": "ae", "second": "a", "third": "b", "few": "e"}
    assert revealing_nothing(candidates, PEOPLE) == {"first", "third"}
    assert revealing_nothing(candidates, PEOPLE, known=["a"]) == {"second", "third"}
