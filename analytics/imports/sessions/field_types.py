"""What the fields of session documents may be: how each type is read, written, stored and shown.

A field's entry in ``fields.py`` names its type; every way in and out asks the type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from analytics.imports.sessions import encoding, values
from analytics.imports.sessions.encoding import Remembered
from analytics.imports.sessions.extended_json import is_undefined, loses_digits, plain
from analytics.imports.sessions.values import canonical
from analytics.imports.values import Invalid

Json = dict[str, object]

#: How the review tool itself spells what the portal stores; other spellings are kept beside it.
STATUS_SPELLINGS: dict[str, str | None] = {
    "completed": "Completed",
    "partial": "Partially Watched",
    "not_started": "Not Started",
    "unknown": None,
}
SOUND_SPELLINGS: dict[str, str | None] = {"muted": "yes", "unmuted": "no", "unknown": None}

_SEPARATORS = re.compile(r"[\s_-]+")
_STATUSES = {
    "completed": "completed",
    "partial": "partial",
    "partially watched": "partial",
    "not started": "not_started",
}
_SOUNDS = {
    **dict.fromkeys(("yes", "true", "1", "muted"), "muted"),
    **dict.fromkeys(("no", "false", "0", "unmuted"), "unmuted"),
}


def same(value: Any) -> Any:
    """The value as it is."""
    return value


@dataclass(frozen=True, kw_only=True, eq=False)
class FieldType:
    """One type of values, from the document to the database and back.

    ``read`` takes what a JSON parser gave, never null, and raises ``Invalid``; ``original`` says
    what of it must be kept beside the value, None where ``write`` gives it back anyway; ``encode``
    writes the value for COPY, ``load`` takes it from the ORM. ``schema`` is the JSON schema of
    what may be sent. ``spellings`` are what ``write`` gives for a value, where that is not the
    value: for what came in so spelled ``original`` is not asked.
    """

    read: Callable[[Any], Any]
    encode: Callable[[Any], str]
    schema: Json
    write: Callable[[Any], Any] = same
    load: Callable[[Any], Any] | None = None
    original: Callable[[Any, Any], object] | None = None
    spellings: Mapping[Any, object] = field(default_factory=dict)
    #: A column of jsonb is loaded as text, which is parsed only where there is any.
    is_json: bool = False


def fold_status(text: str) -> str:
    """The portal's word for a status; any other text, trimmed, is a status of its own."""
    folded = _SEPARATORS.sub(" ", text).strip().casefold()
    return _STATUSES.get(folded) or text.strip() or "unknown"


_statuses: Remembered[object, str] = Remembered(lambda value: fold_status(values.short_text(value)))


def read_status(value: object) -> str:
    """The status of a view."""
    try:
        return _statuses[value]
    except TypeError:
        # A wrapper, which cannot be looked up.
        return _statuses[values.short_text(value)]


def original_status(raw: object, status: str) -> object:
    """A status in another spelling than the review tool's."""
    text = plain(raw)
    return None if STATUS_SPELLINGS.get(status, status) == text else text


def read_sound(value: object) -> str:
    """Whether the sound was muted."""
    if value == "no":
        return "unmuted"
    if value == "yes":
        return "muted"
    value = plain(value)
    if isinstance(value, str | bool | int | float):
        # A number is written as JavaScript does: 1.0 is 1.
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return _SOUNDS.get(str(value).lower(), "unknown")
    return "unknown"


def original_sound(raw: object, sound: str) -> object:
    """Sound in another spelling than the review tool's, or one that is not understood."""
    if SOUND_SPELLINGS[sound] == plain(raw):
        return None
    return values.preserve_unknown(raw)


def _checked_keys(pressed: tuple[object, ...]) -> tuple[str, ...]:
    return read_each(pressed, values.short_text)


_known_keys = Remembered(_checked_keys)


def read_keys(value: object) -> tuple[str, ...]:
    """The keys pressed, in order."""
    pressed = tuple(value) if type(value) is list else tuple(values.items(value))
    try:
        return _known_keys[pressed]
    except TypeError:
        # Something that is no text, and cannot be looked up.
        return _checked_keys(pressed)


def original_name(raw: object, name: str) -> object:
    """A name that had to be normalised."""
    return None if name == raw or name == (text := plain(raw)) else text


def original_time(raw: object, _moment: datetime) -> object:
    """A time that says more than microseconds."""
    if not values.is_finer(raw):
        return None
    return raw["$date"] if isinstance(raw, dict) else raw


def original_number(raw: object, _number: float) -> object:
    """A decimal of MongoDB that says more than a float."""
    return raw if loses_digits(raw) else None


def original_seconds(raw: object, duration_us: int) -> object:
    """A duration that says more than microseconds."""
    if loses_digits(raw):
        return raw
    if type(raw) is int or values.seconds(duration_us) == (exact := plain(raw)):
        return None
    return exact


def read_subqueues(value: object) -> str:
    """The items by subqueue as canonical JSON; null is an unknown number of them.

    Names that differ in what normalising takes away are one subqueue.
    """
    counts: dict[str, int | None] = {}
    for raw_name, items in as_object(value).items():
        name = at(raw_name, values.any_name, raw_name)
        unknown = items is None or is_undefined(items)
        number = None if unknown else at(raw_name, values.count, items)
        before = counts.get(name)
        counts[name] = number if before is None else before + (number or 0)
    return canonical(counts)


def original_subqueues(raw: object, subqueues: str) -> object:
    """Subqueues of which a name had to be normalised."""
    if isinstance(raw, dict) and raw.keys() == orjson.loads(subqueues).keys():
        return None
    return values.preserve_unknown(raw)


@lru_cache(maxsize=4096)
def canonical_text(text: str) -> str:
    """The canonical form of the text of a jsonb column."""
    return canonical(json.loads(text))


def write_number(value: float | None) -> float | None:
    """A whole number as such: 2, not 2.0."""
    return int(value) if value is not None and value.is_integer() else value


def write_time(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return None if moment is None else values.time_text(moment)


def write_seconds(duration_us: int | None) -> float | None:
    """Microseconds as seconds."""
    return None if duration_us is None else values.seconds(duration_us)


def as_object(value: object) -> Json:
    """An object's fields. Raises Invalid for anything else."""
    if type(value) is dict and (len(value) != 1 or plain(value) is value):
        return value
    raise values.expected("an object", plain(value))


def read_each(elements: Iterable[Any], check: Callable[[object], Any]) -> tuple[Any, ...]:
    """``check`` of every element. Raises Invalid with the element's position as its path."""
    result: list[Any] = []
    append = result.append
    try:
        for value in elements:
            append(check(value))
    except Invalid as reason:
        raise reason.under(f"[{len(result)}]") from None
    return tuple(result)


def at(path: str, check: Callable[[Any], Any], value: object) -> Any:
    """``check(value)``. Raises Invalid about ``path``."""
    try:
        return check(value)
    except Invalid as reason:
        raise reason.under(path) from None


CONTENT_ID = FieldType(
    read=values.optional_text,
    encode=encoding.encode_text,
    schema={"type": "string"},
)
NAME = FieldType(
    read=values.optional_name,
    original=original_name,
    encode=encoding.encode_label,
    schema={"type": "string"},
)
REQUIRED_NAME = FieldType(
    read=values.name,
    original=original_name,
    encode=encoding.encode_label,
    schema={"type": "string", "minLength": 1},
)
STATUS = FieldType(
    read=read_status,
    original=original_status,
    spellings=STATUS_SPELLINGS,
    write=lambda status: STATUS_SPELLINGS.get(status, status),
    encode=encoding.encode_label,
    schema={"type": "string"},
)
SOUND = FieldType(
    read=read_sound,
    original=original_sound,
    spellings=SOUND_SPELLINGS,
    write=SOUND_SPELLINGS.__getitem__,
    encode=same,
    schema={},
)
KEYS = FieldType(
    read=read_keys,
    write=list,
    encode=encoding.encode_keys,
    load=tuple,
    schema={"type": "array", "items": {"type": "string"}},
)
BOOLEAN = FieldType(read=values.boolean, encode=encoding.encode_boolean, schema={"type": "boolean"})
NUMBER = FieldType(
    read=values.number,
    original=original_number,
    write=write_number,
    encode=encoding.encode_float,
    schema={"type": "number", "minimum": 0},
)
SPEED = FieldType(
    read=values.positive,
    original=original_number,
    write=write_number,
    encode=encoding.encode_float,
    schema={"type": "number", "exclusiveMinimum": 0},
)
COUNT = FieldType(
    read=values.count, encode=encoding.encode_number, schema={"type": "integer", "minimum": 0}
)
SECONDS = FieldType(
    read=values.microseconds,
    original=original_seconds,
    write=write_seconds,
    encode=encoding.encode_number,
    schema={"type": "number", "minimum": 0},
)
TIME = FieldType(
    read=values.instant,
    original=original_time,
    write=write_time,
    encode=encoding.encode_time,
    schema={"type": "string"},
)
SUBQUEUES = FieldType(
    read=read_subqueues,
    original=original_subqueues,
    write=json.loads,
    encode=encoding.encode_text,
    load=canonical_text,
    is_json=True,
    schema={
        "type": "object",
        "additionalProperties": {"type": ["integer", "object", "null"], "minimum": 0},
    },
)
