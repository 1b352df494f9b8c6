"""The readers of a row's values: each takes what JSON or a file gave, or says why not."""

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date

from analytics.imports.report import quoted
from analytics.imports.values import (
    MAX_TEXT_LENGTH,
    Invalid,
    check_filled,
    check_short_text,
    check_text,
    kind_of,
)
from analytics.models import MAX_ANNOTATION_LENGTH
from analytics.names import normalise

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# As Power BI and pandas write days.
MIDNIGHT = re.compile(r"[T ]00:00(:00([.,]0+)?)?(Z|[+-]00(:?00)?)?$", re.ASCII)
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

#: PostgreSQL's integer.
MAX_WHOLE = 2**31 - 1
#: Far above anything measured, and far below what would overflow a sum.
MAX_NUMBER = 1e12
FIRST_DAY, LAST_DAY = date(2, 1, 1), date(9998, 12, 31)
#: What tells text to run the other way, over what stands behind it too; also ends of lines.
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def identifier(value: object) -> str:
    """An id, exactly as it is."""
    if not isinstance(value, str):
        raise Invalid(f"expected a text, got {described(value)}")
    return check_short_text(check_filled(value))


def name_value(value: object) -> str:
    """A normalised name (see ``analytics.names``)."""
    return check_filled(normalise(identifier(value)))


def line_of_text(value: object) -> str:
    """A normalised text of one line, as long as a note may be."""
    text = text_up_to(MAX_ANNOTATION_LENGTH)(value)
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text):
        raise Invalid("contains a line break or a control character; it is one line of text")
    return text


def text_up_to(longest: int) -> Callable[[object], str]:
    """The reader of a normalised text of at most so many characters."""

    def text_of(value: object) -> str:
        if not isinstance(value, str):
            raise Invalid(f"expected a text, got {described(value)}")
        # Normalising may make three characters of one.
        if len(value) > max(MAX_TEXT_LENGTH, longest):
            raise Invalid(too_long(value, longest))
        text = check_filled(normalise(check_text(value)))
        if not BIDI_CONTROLS.isdisjoint(text):
            raise Invalid("contains a control of writing direction")
        if len(text) > longest:
            raise Invalid(too_long(text, longest))
        return text

    return text_of


def too_long(text: str, longest: int) -> str:
    """Why a text is refused."""
    return f"longer than {longest:,} characters ({len(text):,})"


def one_of(values: Sequence[str]) -> Callable[[object], str]:
    """The reader of one of some words, whatever their case."""

    def word(value: object) -> str:
        text = folded_text(value)
        if text not in values:
            raise Invalid(f"expected {' or '.join(values)}, got {described(value)}")
        return text

    return word


def folded_text(value: object) -> str:
    """A trimmed text in lower case."""
    return identifier(value).strip().lower()


def date_value(value: object) -> date:
    """The day written as YYYY-MM-DD, or as its midnight."""
    text = MIDNIGHT.sub("", value.strip()) if isinstance(value, str) else ""
    try:
        if not ISO_DATE.fullmatch(text):
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"expected a date as YYYY-MM-DD, got {described(value)}") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Invalid(f"expected a date from {FIRST_DAY} to {LAST_DAY}, got {described(value)}")
    return day


def number_between(low: float, high: float | None) -> Callable[[object], float]:
    """The reader of a number from ``low`` to ``high`` (None: no limit that matters)."""
    expected = f"a number ≥ {low:g}" if high is None else f"a number from {low:g} to {high:g}"
    greatest = MAX_NUMBER if high is None else high

    def number(value: object) -> float:
        parsed = as_number(value, expected)
        if not low <= parsed <= greatest:
            limit = f" and at most {greatest:g}" if high is None and parsed > greatest else ""
            raise Invalid(f"expected {expected}{limit}, got {described(value)}")
        # Not the negative zero, which would be written back as -0.
        return parsed + 0.0

    return number


def whole_between(low: int, high: int | None) -> Callable[[object], int]:
    """The reader of a whole number from ``low`` to ``high``; 5.0 is whole."""
    expected = f"a whole number ≥ {low}" if high is None else f"a whole number from {low} to {high}"
    greatest = MAX_WHOLE if high is None else high

    def whole(value: object) -> int:
        parsed = as_number(value, expected)
        if not parsed.is_integer() or not low <= parsed <= greatest:
            limit = f" and at most {greatest}" if high is None and parsed > greatest else ""
            raise Invalid(f"expected {expected}{limit}, got {described(value)}")
        return int(parsed)

    return whole


def as_number(value: object, expected: str) -> float:
    """A finite number given as one or as its text."""
    number = math.nan
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
    elif isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        number = float(value)
    if not math.isfinite(number):
        raise Invalid(f"expected {expected}, got {described(value)}{advice(value)}")
    return number


def advice(value: object) -> str:
    """What to write instead, where that is plain from the value."""
    text = value.strip() if isinstance(value, str) else ""
    if text.endswith("%"):
        return "; write 0.5 for 50 %"
    if "," in text and NUMBER.fullmatch(text.replace(",", "")):
        return "; write decimals with a point and no thousands separators"
    return ""


def described(value: object) -> str:
    """A value in the words of a message."""
    if isinstance(value, str):
        return quoted(value)
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return "a huge number" if abs(value) >= 10**15 else str(value)
    return kind_of(value)
