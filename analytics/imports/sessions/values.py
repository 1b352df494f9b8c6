"""Single values of documents: types and limits checked, whatever Extended JSON wraps them in.

Every function takes what a JSON parser gave and returns what the portal works with, or raises
Invalid with the reason. The limits keep anything that comes in within what PostgreSQL and
Python can hold and add up.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime

import orjson

from analytics.imports.report import quoted
from analytics.imports.sessions.extended_json import (
    is_undefined,
    loses_digits,
    parse_time,
    plain,
    why_not,
)
from analytics.imports.values import (
    MAX_TEXT_LENGTH,
    NUL,
    Invalid,
    check_filled,
    check_short_text,
    check_text,
    kind_of,
)
from analytics.models import SECOND_US
from analytics.names import normalise

#: The longest duration, in seconds (three years): 90,000 of them add up to what a bigint of
#: microseconds holds.
MAX_DURATION = 100_000_000
#: The largest count of items: a table of nine million such counts can still be summed.
LARGEST_COUNT = 10**12
#: The largest plain number (a loop time, a playback speed).
LARGEST_NUMBER = 10**12
#: The years of which times are accepted.
YEARS = range(1900, 2201)
#: How deep lists and objects of unknown fields may be nested.
MAX_DEPTH = 100

# More digits than PostgreSQL's microseconds.
_FINER = re.compile(r"[.,][0-9]{6}[0-9]*[1-9]")


def expected(type_words: str, value: object) -> Invalid:
    """The error about a value of another type than ``type_words`` ("a list")."""
    return Invalid(why_not(value) or f"expected {type_words}, got {kind_of(value)}")


def plain_text(value: object) -> str:
    """A text, out of its wrapper."""
    if type(value) is not str:
        value = plain(value)
        if type(value) is not str:
            raise expected("a string", value)
    return value


def text(value: object) -> str:
    """A text that PostgreSQL can hold; empty is allowed."""
    return check_text(plain_text(value))


def short_text(value: object) -> str:
    """A text of at most MAX_TEXT_LENGTH characters; empty is allowed."""
    # Most are short and of ASCII: of those nothing more need be asked.
    if (
        type(value) is str
        and len(value) <= MAX_TEXT_LENGTH
        and value.isascii()
        and NUL not in value
    ):
        return value
    return check_short_text(plain_text(value))


def identifier(value: object) -> str:
    """An id, exactly as it is: not missing, not blank, not too long."""
    if value is None or is_undefined(value):
        raise Invalid("missing")
    return check_filled(short_text(value))


def name(value: object) -> str:
    """A name that must be there, normalised (see ``analytics.names``)."""
    result = normalise(identifier(value))
    if not result:
        raise Invalid("is empty")
    return result


def optional_text(value: object) -> str | None:
    """A text exactly as it is; None when it is empty."""
    # As in ``short_text``, without the call: every view has an id.
    if (
        type(value) is str
        and 0 < len(value) <= MAX_TEXT_LENGTH
        and value.isascii()
        and NUL not in value
    ):
        return value
    return short_text(value) or None


def any_name(value: object) -> str:
    """A normalised name, which may be empty."""
    return normalise(short_text(value))


def optional_name(value: object) -> str | None:
    """A normalised name; None when it is blank."""
    return any_name(value) or None


def items(value: object) -> list[object]:
    """A list; null is an empty one."""
    if type(value) is list:
        return value
    if value is None or is_undefined(value):
        return []
    raise expected("a list", plain(value))


def boolean(value: object) -> bool:
    """True or false."""
    if value is True or value is False:
        return value
    raise expected("true or false", plain(value))


def number(value: object) -> float:
    """A finite number from 0 to LARGEST_NUMBER, as a float."""
    if type(value) is not int and type(value) is not float:
        value = plain(value)
        if type(value) is not int and type(value) is not float:
            raise expected("a number", value)
    if 0 <= value <= LARGEST_NUMBER:
        return float(value)
    raise _out_of_range(value, LARGEST_NUMBER)


def positive(value: object) -> float:
    """A finite number above 0, up to LARGEST_NUMBER."""
    if (type(value) is float or type(value) is int) and 0 < value <= LARGEST_NUMBER:
        return float(value)
    result = number(value)
    if result <= 0:
        raise Invalid("must be above 0")
    return result


def count(value: object) -> int:
    """A whole number from 0 to LARGEST_COUNT; 40.0 is whole."""
    value = plain(value)
    if type(value) is not int and type(value) is not float:
        raise expected("a whole number", value)
    if not 0 <= value <= LARGEST_COUNT:
        raise _out_of_range(value, LARGEST_COUNT)
    if value != int(value):
        raise Invalid(f"expected a whole number, got {value}")
    return int(value)


def _out_of_range(value: float, most: int) -> Invalid:
    if not isinstance(value, int) and not math.isfinite(value):
        return Invalid(f"not a finite number ({value})")
    if value < 0:
        return Invalid(f"must not be negative ({_shown(value)})")
    return Invalid(f"larger than {most:,} ({_shown(value)})")


def _shown(value: float) -> str:
    return str(value) if not isinstance(value, int) or abs(value) < 10**30 else "a huge number"


def microseconds(value: object) -> int:
    """A duration given in seconds as whole microseconds, to the nearest."""
    if type(value) is not int and type(value) is not float:
        value = plain(value)
        if type(value) is not int and type(value) is not float:
            raise expected("a number of seconds", value)
    if not 0 <= value <= MAX_DURATION:
        raise _out_of_range(value, MAX_DURATION)
    if type(value) is int:
        return value * SECOND_US
    return round(value * SECOND_US)


def within_duration(duration_us: int) -> None:
    """Raise Invalid when a duration that was computed is longer than MAX_DURATION."""
    if duration_us > MAX_DURATION * SECOND_US:
        raise Invalid(f"comes to more than {MAX_DURATION:,} seconds")


def seconds(duration_us: int) -> int | float:
    """Microseconds as seconds, a whole number where it is one.

    The inverse of ``microseconds``: the division is correctly rounded.
    """
    whole, rest = divmod(duration_us, SECOND_US)
    return whole if not rest else duration_us / SECOND_US


def instant(value: object) -> datetime:
    """An ISO 8601 time in UTC; without an offset it is UTC already."""
    if type(value) is str:
        try:
            moment = parse_time(value)
        except ValueError:
            raise Invalid(f"not a time in ISO 8601: {quoted(value)}") from None
    else:
        inner = plain(value)
        if not isinstance(inner, datetime):
            raise expected("a time", inner)
        moment = inner if inner.tzinfo is not None else inner.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
    if moment.year not in YEARS:
        raise Invalid(f"the year {moment.year} is not within {YEARS[0]}-{YEARS[-1]}")
    return moment


def is_finer(value: object) -> bool:
    """Whether an accepted time says more than microseconds, so that its text is kept."""
    if type(value) is dict:
        value = value.get("$date")
    return type(value) is str and _FINER.search(value) is not None


def time_text(moment: datetime) -> str:
    """An aware time as ISO 8601 in UTC: ``2025-10-17T10:00:00Z``."""
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def preserve_unknown(value: object, depth: int = 0) -> object:
    """A value that the portal does not know as it is kept: plain JSON that jsonb holds.

    Raises Invalid for what cannot be held: NaN, infinities, NUL characters, lone surrogates.
    """
    if loses_digits(value):
        return value
    value = plain(value)
    match value:
        case None | bool():
            return value
        case str():
            return text(value)
        case int() | float():
            return _kept_number(value)
        case datetime():
            return time_text(value)
        case list() | dict() if depth >= MAX_DEPTH:
            raise Invalid(f"nested deeper than {MAX_DEPTH}")
        case list():
            return [_kept_at(f"[{at}]", inner, depth) for at, inner in enumerate(value)]
        case dict():
            kept = {_kept_key(key): _kept_at(key, inner, depth) for key, inner in value.items()}
            # A wrapper within a wrapper: what is kept must be what reading it again gives.
            again = plain(kept)
            return kept if again is kept else preserve_unknown(again, depth)
        case _:
            raise expected("JSON", value)


def _kept_at(path: str, value: object, depth: int) -> object:
    try:
        return preserve_unknown(value, depth + 1)
    except Invalid as reason:
        raise reason.under(path) from None


def _kept_key(key: object) -> str:
    try:
        return text(key)
    except Invalid as reason:
        raise Invalid(f"the name {quoted(str(key))} {reason.message}") from None


def _kept_number(value: float) -> float:
    """A number that compares equal once jsonb, which knows decimals only, gives it back."""
    if isinstance(value, int):
        # What no float could hold either: 309 digits.
        if value.bit_length() > 1024:
            raise Invalid("a number of too many digits")
        return value
    if not math.isfinite(value):
        raise Invalid(f"not a finite number ({value})")
    return int(value) if value.is_integer() else value


def canonical(value: object) -> str:
    """JSON text that is the same for equal values, whatever the order of the keys."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:
        # A whole number beyond 64 bits.
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def compact(value: object) -> str:
    """JSON text of what documents are made of, keys in their order."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def parsed(text: str | None) -> dict[str, object]:
    """The fields that a record's ``extra`` holds."""
    fields: dict[str, object] = json.loads(text) if text else {}
    return fields
