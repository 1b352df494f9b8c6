"""Long texts in the answer of a callback, put in when Dash has written the rest.

Dash and django-plotly-dash hand an answer on as bytes, as text and as bytes again, which took ten
times the memory of the HTML of a page in it.
"""

from collections.abc import Callable
from contextvars import ContextVar

import orjson
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from analytics.long_texts import LateTexts

_current: ContextVar[LateTexts | None] = ContextVar("late texts", default=None)


def late(text: str) -> str:
    """A text by itself in an answer: its mark, where it is put in later."""
    texts = _current.get()
    return text if texts is None else texts.mark(text)


def with_late_texts(build: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer of a callback, with the texts that ``late`` was asked for put in."""
    texts = LateTexts()
    token = _current.set(texts)
    try:
        response = build()
    finally:
        _current.reset(token)
    if isinstance(response, HttpResponse):
        response.content = texts.put_into(response.content, in_json, quote=b'"')
    return response


def in_json(piece: str) -> bytes:
    """A piece of a text of JSON."""
    return orjson.dumps(piece)[1:-1]
