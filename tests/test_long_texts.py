"""Long texts as bytes (``analytics.long_texts``)."""

import gc
import json
import tracemalloc
import weakref

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from analytics.long_texts import PIECE, LateTexts, pieces_of, rendered, utf8
from analytics.web.dash.late_texts import late, with_late_texts

#: Characters of one to four bytes and quotes, about the ends of pieces.
LONG = "a" * (PIECE - 1) + '–"é\\😀\n' * 3 + "→" * PIECE


@pytest.mark.parametrize("text", ["", "a", "–", LONG])
def test_the_bytes_of_a_text_are_those_of_its_pieces(text):
    assert utf8(text) == text.encode()
    assert "".join(pieces_of(text)) == text


def test_texts_stand_where_their_marks_are():
    late_texts = LateTexts()
    first, second = late_texts.mark("<b>", LONG, "</b>"), late_texts.mark("second")
    body = f"1 {second} 2 {first} 3".encode()
    assert late_texts.put_into(body) == f"1 second 2 <b>{LONG}</b> 3".encode()
    assert late_texts.put_into(b"none") == b"none"
    # Nobody can write a mark beforehand.
    assert LateTexts().mark("") != LateTexts().mark("")


def test_nothing_is_put_into_an_answer_without_texts():
    assert LateTexts().put_into(b"0t0t") == b"0t0t"


def test_late_texts_of_a_callback_are_json():
    def build():
        answer = {"before": "–", "late": late(LONG), "after": [late("")]}
        return HttpResponse(json.dumps(answer, ensure_ascii=False))

    whole = with_late_texts(build)
    assert json.loads(whole.content) == {"before": "–", "late": LONG, "after": [""]}


def test_outside_of_a_callback_nothing_is_late():
    assert late(LONG) is LONG
    with pytest.raises(ZeroDivisionError):
        with_late_texts(lambda: 1 / 0)
    assert late(LONG) is LONG


def test_to_encode_a_text_takes_little_more_than_its_bytes():
    text = "–" + "a" * 4_000_000
    tracemalloc.start()
    try:
        size = len(utf8(text))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1.5 * size


class Value(str):
    """A text that can be referred to weakly."""


def test_what_a_template_was_given_goes_when_it_is_rendered(rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    value = Value("a < b")
    kept = weakref.ref(value)
    gc.collect()
    gc.disable()
    try:
        html = rendered("400.html", {"exception": value}, request)
        del value
        assert kept() is None
    finally:
        gc.enable()
    assert "A &lt; b" in html
