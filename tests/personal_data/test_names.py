"""Somebody's names in texts, addresses and JSON."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analytics.models import Annotation
from analytics.personal_data.names import Names, find_names

NAMES = Names(("zoë o'hara", "zoe@portal.example"), "erased-1")


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("Zoë O'Hara is away", "erased-1 is away"),
        ("of zoë o'hara, and of zoë o'harald", "of erased-1, and of zoë o'harald"),
        ("(zoe@portal.example)", "(erased-1)"),
        ("zoe", "zoe"),
        ("/review/?moderator=zo%C3%AB%20o%27hara&start=", "/review/?moderator=erased-1&start="),
        ("/review/?moderator=zo%c3%ab+o%27hara", "/review/?moderator=erased-1"),
        (
            "/?panel=%2Freview%2F%3Fmoderator%3Dzo%25C3%25AB%2520o%2527hara%26start%3D",
            "/?panel=%2Freview%2F%3Fmoderator%3Derased-1%26start%3D",
        ),
        ('["zo\\u00eb o\'hara"]', '["erased-1"]'),
        ("zoë_o'hara", "zoë_o'hara"),
        ("_zoë o'hara_", "_erased-1_"),
    ],
)
def test_a_name_is_found_as_a_word_however_it_is_written(text, without):
    assert NAMES.replace(text) == without


def test_an_id_of_ones_own_loses_the_name_within_a_word_too():
    assert Names(("amy",), "erased-1").replace_parts("xAmy7-3") == "xerased-17-3"
    # One letter is in any id; as a word it is a name.
    assert Names(("a",), "erased-1").replace_parts("banana-a-3") == "banana-erased-1-3"


@given(st.text(min_size=1).filter(str.strip), st.sampled_from(["{}", "“{}” left", "x, {}; y"]))
def test_no_name_is_left(name, text):
    # What the text has beside the name is no name.
    assume(name not in text.format(""))
    assert name not in Names((name,), "#").replace(text.format(name)).replace("#", "")


def test_where_a_name_stands_in_the_database(db):
    # The audit keeps what texts were, and what they became.
    for text in ("For zoë o'hara.", "ZOË O'HARA", "zoë o'harald"):
        Annotation.objects.create(start="2026-03-01", end="2026-03-01", text=text)
    assert find_names(NAMES.names) == {"analytics_annotation.text": 2, "audit_entry.details": 2}
    assert NAMES.replace_in(Annotation, "text") == 2
    assert find_names(NAMES.names) == {"audit_entry.details": 4}
    assert find_names(["%"]) == {}
