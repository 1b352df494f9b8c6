"""Every beginning of a formula is guarded, and what was guarded comes back as it was."""

import pytest

from analytics.csv_guards import guard, unguard

STARTS = ["=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20"]


@pytest.mark.parametrize("start", [*STARTS, "'"])
def test_a_formula_becomes_a_text_and_back(start):
    assert guard(f"{start}1+1") == f"'{start}1+1"
    assert unguard(f"'{start}1+1") == f"{start}1+1"
    assert guard(start) == f"'{start}"


@pytest.mark.parametrize("text", ["", "plain", "a=b", " =1", "1+1", "007", "ü", '"=1'])
def test_other_texts_stay_as_they_are(text):
    assert guard(text) == text
    assert unguard(text) == text


@pytest.mark.parametrize("digit", "0123456789")
def test_spreadsheets_write_numbers_that_are_texts(digit):
    assert unguard(f"'{digit}4") == f"{digit}4"
    assert unguard(f'="{digit}4"') == f"{digit}4"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('="a""b"', 'a"b'),
        ('=""', ""),
        # Not as Excel writes it.
        ('="a"b"', '="a"b"'),
        ('="a', '="a'),
        ('=a"', '=a"'),
        # An apostrophe before what is no formula and no number is one.
        ("'tis", "'tis"),
        ("'", "'"),
        ("''tis", "'tis"),
    ],
)
def test_what_people_wrote_is_kept(cell, text):
    assert unguard(cell) == text
