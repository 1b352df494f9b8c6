"""Values as COPY's text format has them.

Written here rather than by ``copy.write_row`` because that costs three times as much a row: most
rows are made of a few values that recur, and those are remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

# How the text format writes what would end a value or a row.
_ESCAPES = str.maketrans({"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
NULL = r"\N"
_MAX_REMEMBERED = 20_000


class Remembered(dict[Key, Value]):
    """What a function gave for each value; emptied when somebody sends ever new ones.

    ``remembered.__getitem__`` is as fast as a call can be.
    """

    def __init__(self, compute: Callable[[Key], Value]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, key: Key) -> Value:
        value = self._compute(key)
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        self[key] = value
        return value


def encode_text(text: str | None) -> str:
    """A text, or NULL."""
    if text is None:
        return NULL
    if text.isprintable() and "\\" not in text:
        return text
    return text.translate(_ESCAPES)


def encode_array(texts: tuple[str, ...]) -> str:
    """A PostgreSQL array of texts."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return encode_text("{" + ",".join(f'"{text}"' for text in quoted) + "}")


def encode_time(time: datetime | None) -> str:
    """A time, or NULL."""
    return NULL if time is None else time.isoformat()


def encode_number(value: float | None) -> str:
    """A number, or NULL."""
    return NULL if value is None else repr(value)


#: Texts of which there are few, as statuses and queues are.
encode_label = Remembered(encode_text).__getitem__
#: Keys pressed: people press few different ones.
encode_keys = Remembered(encode_array).__getitem__
#: Loop times and speeds: few different ones. Not for whole numbers, which equal them as keys.
encode_float = Remembered(encode_number).__getitem__
encode_boolean = {True: "t", False: "f", None: NULL}.__getitem__
