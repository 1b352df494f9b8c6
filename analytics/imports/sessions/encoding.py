"""Values as COPY's text format has them.

Written here rather than by ``copy.write_row`` because that costs three times as much a row: most
rows are made of a few values that recur, and those are remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

# How the text format writes what would end a value or a row.
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
NULL = r"\N"
#: How many results are kept of a function.
MAX_REMEMBERED = 20_000


class Remembered(dict[Key, Value]):
    """A function's results by value, bounded: emptied when too many different ones come.

    ``remembered.__getitem__`` is as fast as a call can be.
    """

    def __init__(self, compute: Callable[[Key], Value]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, key: Key) -> Value:
        value = self._compute(key)
        if len(self) >= MAX_REMEMBERED:
            self.clear()
        self[key] = value
        return value


class Nullable(dict[Value | None, str]):
    """A function's results, not kept; NULL for None, which most values are, without a call."""

    def __init__(self, encode: Callable[[Value], str]) -> None:
        super().__init__({None: NULL})
        self._encode = encode

    def __missing__(self, key: Value) -> str:
        return self._encode(key)


def _encode_text(text: str) -> str:
    if text.isprintable() and "\\" not in text:
        return text
    return text.translate(_ESCAPES)


def _encode_float(number: float) -> str:
    # Minus zero equals zero, and is to be the same text.
    return repr(number + 0.0)


def encode_texts(texts: Sequence[str]) -> Sequence[str]:
    """Many texts, seldom any of them with something to escape: looked at together."""
    together = "".join(texts)
    if together.isprintable() and "\\" not in together:
        return texts
    return [_encode_text(text) for text in texts]


def encode_array(texts: tuple[str, ...]) -> str:
    """A PostgreSQL array of texts."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return _encode_text("{" + ",".join(f'"{text}"' for text in quoted) + "}")


def encode_time(moment: datetime | None) -> str:
    """A time. Not a ``Nullable``, which would compute a hash: that takes longer than the text."""
    return NULL if moment is None else moment.isoformat()


encode_text = Nullable(_encode_text).__getitem__
encode_number = Nullable[float](repr).__getitem__
#: Texts of which there are few, as statuses and queues are.
encode_label = Remembered(encode_text).__getitem__
#: Keys pressed: people press few different ones.
encode_keys = Remembered(encode_array).__getitem__
#: Loop times and speeds: few different ones. Not for whole numbers, which equal them as keys.
encode_float = Remembered(Nullable(_encode_float).__getitem__).__getitem__
encode_boolean = {True: "t", False: "f", None: NULL}.__getitem__
