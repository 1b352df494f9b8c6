"""Values of the old database as JSON would have them, whatever their columns' types are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

from analytics.imports.report import quoted
from analytics.imports.sessions import field_types as types
from analytics.imports.values import Invalid, kind_of

_NUMBER = re.compile(r"[-+]?([0-9]{1,300}(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
_NOT_FINITE = re.compile(r"[-+]?(nan|inf|infinity)", re.IGNORECASE)
_CLOCK = re.compile(r"(?:([0-9]{1,5}) days? )?([0-9]{1,5}):([0-5][0-9]):([0-5][0-9](?:\.[0-9]+)?)")
_UTC = re.compile(r" (UTC|GMT|Z)$", re.IGNORECASE)
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
        case time():
            # Lengths of time are kept as times of the day, too.
            return timedelta(
                hours=value.hour,
                minutes=value.minute,
                seconds=value.second,
                microseconds=value.microsecond,
            ).total_seconds()
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
    return float(text) if _NOT_FINITE.fullmatch(text) else value


def as_seconds(value: object) -> object:
    """A duration in seconds, also one kept as ``00:30:00`` or ``1 day 00:30:00``."""
    if isinstance(value, str) and (clock := _CLOCK.fullmatch(value.strip())):
        hours = int(clock[1] or 0) * 24 + int(clock[2])
        return hours * 3600 + int(clock[3]) * 60 + float(clock[4])
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
    if not isinstance(value, str):
        return value
    return _UTC.sub("Z", value.strip()) or None


def as_list_or_object(value: object) -> object:
    """The value of a text of JSON, or of a PostgreSQL array; a blank text is null."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    if text.startswith("{") and text.endswith("}") and (elements := _array(text[1:-1])) is not None:
        return elements
    return value


def _array(text: str) -> list[str] | None:
    """The elements of an array's text; None where it is none."""
    elements: list[str] = []
    position = 0
    while position < len(text):
        match = _ELEMENT.match(text, position)
        if match is None or match.end() == position:
            return None
        elements.append(match[2] if match[1] is None else re.sub(r"\\(.)", r"\1", match[1]))
        position = match.end()
    return elements


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


def _shown(value: object) -> str:
    return quoted(value) if isinstance(value, str) else kind_of(value)


def subqueue_counts(names: object, counts: object) -> object:
    """The items by subqueue; of one that has no count they are unknown.

    Raises Invalid for what is neither a list of names nor a map of counts.
    """
    names, counts = as_list_or_object(names), as_list_or_object(counts)
    if counts is not None and not isinstance(counts, dict):
        raise Invalid(f"expected the items by name, got {_shown(counts)}")
    # Some kept the counts with the names.
    if isinstance(names, dict) and counts is None:
        return {name: as_number(items) for name, items in names.items()}
    if names is not None and not (
        isinstance(names, list) and all(isinstance(name, str) for name in names)
    ):
        raise Invalid(f"expected a list of names, got {_shown(names)}")
    known = {name: as_number(items) for name, items in (counts or {}).items()}
    return {**dict.fromkeys(names or ()), **known}
