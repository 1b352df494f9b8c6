"""The identities of an input, remembered on disk."""

import pytest

from analytics.imports.memory import InputMemory, Seen, digest

FIRST = Seen("ann", b"1", "line 2")
LATER = Seen("ben", b"2", "line 9")


def test_the_last_occurrence_of_an_identity_is_remembered():
    with InputMemory() as memory:
        memory.remember([("s1", FIRST), ("s2", FIRST)])
        memory.remember([("s1", LATER)])

        assert memory.recall(["s1", "s2", "s3"]) == {"s1": LATER, "s2": FIRST}


def test_only_what_is_asked_for_is_recalled():
    with InputMemory() as memory:
        memory.remember([("s1", FIRST), ("s2", LATER)])

        assert memory.recall(["s2"]) == {"s2": LATER}
        assert memory.recall([]) == {}


def test_identities_are_told_apart_by_case_and_blanks():
    with InputMemory() as memory:
        memory.remember([("S1", FIRST)])

        assert memory.recall(["s1", "S1 ", "S1"]) == {"S1": FIRST}


def test_each_input_begins_with_nothing():
    with InputMemory() as memory:
        memory.remember([("s1", FIRST)])
    with InputMemory() as another:
        assert another.recall(["s1"]) == {}


def test_a_digest_is_16_bytes_of_the_content_alone():
    assert digest({"a": 1, "b": [2.5]}) == digest({"a": 1, "b": [2.5]})
    # BLAKE2b of the text "1", from its reference program.
    assert digest(1).hex() == "cea3878a334b240469d159ff840b6434"


@pytest.mark.parametrize(("one", "other"), [(1, "1"), (1, 1.0), ("", None), ("\ud800", "\ud801")])
def test_contents_that_differ_have_other_digests(one, other):
    assert digest(one) != digest(other)
