"""Which texts hold what was typed, and which part of them is marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.web.search.matching import Part, fold, match


def marked(text, typed):
    fit = match(text, typed)
    return None if fit is None else "".join(f"[{p.text}]" if p.hit else p.text for p in fit.parts)


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("olga.ivanova", "ol", "[ol]ga.ivanova"),
        ("Olga", "OLG", "[Olg]a"),
        ("Review activity", "act rev", "[Rev]iew [act]ivity"),
        ("Review activity", "review act", "[Review act]ivity"),
        ("Review activity", "review x", None),
        ("ÉVA", "éva", "[ÉVA]"),
        ("Straße 5", "STRASSE", "[Straße] 5"),
        ("100 %", "0 %", "10[0 %]"),
        ("a_b", "a_", "[a_]b"),
        ("axb", "a_b", None),
        ("abc", "a%c", None),
        ("עדי כהן", "כהן", "עדי [כהן]"),
        ("e\u0301va", "\u00e9v", "[\u00e9v]a"),
        ("abc", "", None),
        ("abc", "  ", None),
        ("<b>x</b>", "b>", "<[b>]x</b>"),
    ],
)
def test_what_fits(text, typed, expected):
    assert marked(text, typed) == expected


def test_the_beginning_fits_best():
    ranks = {text: match(text, "ol").rank for text in ("olga", "x.olga", "whole")}
    assert ranks == {"olga": 0, "x.olga": 1, "whole": 2}
    assert match("olga", "ol").parts == (Part("ol", hit=True), Part("ga"))


@given(text=st.text(min_size=1, max_size=30), data=st.data())
def test_every_part_of_a_text_is_found_in_it(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    typed = text[start : data.draw(st.integers(start + 1, len(text)))]
    folded, places = fold(text)
    assert len(folded) == len(places)
    fit = match(text, typed)
    if typed.isascii() and text.isascii() and typed.split():
        assert fit is not None
        assert "".join(part.text for part in fit.parts) == text
