"""Whether a text holds what was typed, whatever its case and form, and which part of it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.names import look_alike_key


@dataclass(frozen=True)
class Part:
    """Some of a text; ``hit``: it is what was typed."""

    text: str
    hit: bool = False


@dataclass(frozen=True)
class Match:
    """A text as it is shown, and how well it fits: lower ``rank`` first."""

    parts: tuple[Part, ...]
    rank: int


def fold(text: str) -> tuple[str, list[int]]:
    """A text as texts are compared, and for each character the place it comes from."""
    if text.isascii():
        return text.lower(), list(range(len(text)))
    folded, places = "", []
    for place, character in enumerate(unicodedata.normalize("NFC", text)):
        key = look_alike_key(character)
        folded += key
        places += [place] * len(key)
    return folded, places


def match(text: str, typed: str) -> Match | None:
    """How ``text`` fits what was typed: it holds every word of it. None when it does not."""
    text = unicodedata.normalize("NFC", text)
    folded, places = fold(text)
    whole = fold(typed.strip())[0]
    spans = []
    for word in [whole] if whole in folded else whole.split():
        found = folded.find(word)
        if found < 0:
            return None
        spans.append((places[found], places[found + len(word) - 1] + 1))
    if not spans or not whole:
        return None
    return Match(cut(text, spans), rank_of(folded, min(folded.find(w) for w in whole.split())))


def rank_of(folded: str, start: int) -> int:
    """0 at the beginning of a text, 1 at that of a word, else 2."""
    if start == 0:
        return 0
    return 2 if folded[start - 1].isalnum() else 1


def cut(text: str, spans: Sequence[tuple[int, int]]) -> tuple[Part, ...]:
    """A text in parts: those of ``spans``, which may overlap, are hits."""
    marked = [False] * len(text)
    for start, end in spans:
        marked[start:end] = [True] * (end - start)
    parts: list[Part] = []
    for character, hit in zip(text, marked, strict=True):
        if parts and parts[-1].hit == hit:
            parts[-1] = Part(parts[-1].text + character, hit)
        else:
            parts.append(Part(character, hit))
    return tuple(parts)


def match_beginning(text: str, typed: str) -> tuple[Part, ...]:
    """A text that begins with what was typed, in parts."""
    return cut(text, [(0, len(typed))])
