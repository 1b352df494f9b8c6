"""Values of the old database as JSON would have them, whatever their columns' types are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from analytics.imports.sessions import field_types as types

_NUMBER = re.compile(r"[-+]?([0-9]{1,300}(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_CLOCK = re.compile(r"([0-9]{1,5}):([0-5][0-9]):([0-5][0-9](?:\.[0-9]+)?)")
_FLAGS = {
    **dict.fromkeys(("t", "true", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("f", "false", "no", "n", "off", "0"), False),
}
# An element of an array's text: in quotes, or bare.
_ELEMENT = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^,{}"]*?))\s*(?:,|$)', re.DOTALL)


def plain(value: object) -> object:
    """A database's value as JSON would have it."""
    match value:
        case Decimal():
            if value.is_finite() and value == value.to_integral_value():
                return int(value)
            return float(value)
        case timedelta():
            return value.total_seconds()
        case _:
            return value


def as_text(value: object) -> object:
    """A text, of whatever has one; null stays null."""
    return None if value is None else str(value)


def as_number(value: object) -> object:
    """A number, also one kept as text; a blank text is null."""
    if not isinstance(value, str):
        return plain(value)
    text = value.strip()
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return float(text) if not text.lstrip("+-").isdigit() else int(text)
    return value


def as_seconds(value: object) -> object:
    """A duration in seconds, also one kept as ``00:30:00``."""
    if isinstance(value, str) and (clock := _CLOCK.fullmatch(value.strip())):
        return int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3])
    return as_number(value)


def as_flag(value: object) -> object:
    """A truth value, also one kept as 0 and 1 or as text."""
    if isinstance(value, str):
        text = value.strip().casefold()
        return _FLAGS.get(text, value if text else None)
    return bool(value) if type(value) is int and value in (0, 1) else plain(value)


def as_sound(value: object) -> object:
    """Sound: a truth value where the text is PostgreSQL's."""
    return as_flag(value) if isinstance(value, str) and value in ("t", "f") else plain(value)


def as_time(value: object) -> object:
    """A time, as text; a blank text is null."""
    return None if isinstance(value, str) and not value.strip() else value


def as_list_or_object(value: object) -> object:
    """What a text of JSON, or of a PostgreSQL array, holds; a blank text is null."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    if text.startswith("{") and text.endswith("}"):
        return _array(text[1:-1])
    return value


def _array(text: str) -> object:
    """The elements of an array's text; the text itself where it is none."""
    found: list[str] = []
    position = 0
    while position < len(text):
        match = _ELEMENT.match(text, position)
        if match is None or match.end() == position:
            return text
        found.append(match[2] if match[1] is None else re.sub(r"\\(.)", r"\1", match[1]))
        position = match.end()
    return found


#: How a field's value is read, by its type; others are as the database gives them.
READERS: dict[types.FieldType, Callable[[Any], object]] = {
    types.CONTENT_ID: as_text,
    types.BOOLEAN: as_flag,
    types.NUMBER: as_number,
    types.SPEED: as_number,
    types.COUNT: as_number,
    types.SECONDS: as_seconds,
    types.SOUND: as_sound,
    types.TIME: as_time,
}


def subqueue_counts(names: object, counts: object) -> object:
    """The items by subqueue; of one that has no count they are unknown.

    What is neither a list of names nor a map of counts is returned as it is, to be rejected.
    """
    names, counts = as_list_or_object(names), as_list_or_object(counts)
    if counts is not None and not isinstance(counts, dict):
        return counts
    if names is not None and not (
        isinstance(names, list) and all(isinstance(name, str) for name in names)
    ):
        return names
    known = {name: as_number(items) for name, items in (counts or {}).items()}
    return {**dict.fromkeys(names or ()), **known}
