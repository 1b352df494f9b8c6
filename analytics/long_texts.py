"""Long texts as bytes, a piece after the other.

A text with a dash or an arrow in it takes two bytes a character, and to encode it whole three more
of each: of a page of two thousand people 30 MiB at once. And whatever a long text is put into is
copied with it: templates do so at each level, Dash three times.
"""

import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import Any

from django.http import HttpRequest
from django.template import Engine
from django.template.context import make_context

#: Characters of a piece.
PIECE = 2**16


def pieces_of(text: str) -> Iterator[str]:
    """The text in pieces."""
    return (text[at : at + PIECE] for at in range(0, len(text), PIECE))


def rendered(name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
    """``render_to_string``, which leaves no garbage.

    Django's context refers to what it was given, and that to it: all texts of a page would stay
    until Python looks for such circles.
    """
    template = Engine.get_default().get_template(name)
    bound = make_context(context, request, autoescape=template.engine.autoescape)
    try:
        return template.render(bound)
    finally:
        bound.pop()


def utf8(text: str) -> bytes:
    """``text.encode()``."""
    whole = BytesIO()
    whole.writelines(piece.encode() for piece in pieces_of(text))
    return whole.getvalue()


class LateTexts:
    """Texts that are put into an answer when the rest of it is bytes; a mark stands for each."""

    def __init__(self) -> None:
        self._token = secrets.token_hex(8)
        self._texts: list[Sequence[str]] = []

    def mark(self, *parts: str) -> str:
        """What stands for a text, which is given in parts: letters and digits."""
        self._texts.append(parts)
        return f"{self._token}t{len(self._texts) - 1}t"

    def put_into(
        self, body: bytes, encode: Callable[[str], bytes] = str.encode, quote: bytes = b""
    ) -> bytes:
        """``body`` with the texts in the places of their marks.

        ``encode``: of a piece of a text; ``quote``: what stands before and after each mark.
        """
        if not self._texts:
            return body
        whole, end = BytesIO(), 0
        marks = re.finditer(rb"%b%bt(\d+)t%b" % (quote, self._token.encode(), quote), body)
        for mark in marks:
            whole.write(body[end : mark.start()] + quote)
            for part in self._texts[int(mark[1])]:
                whole.writelines(map(encode, pieces_of(part)))
            whole.write(quote)
            end = mark.end()
        whole.write(body[end:])
        return whole.getvalue()
