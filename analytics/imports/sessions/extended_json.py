"""MongoDB's Extended JSON, as mongoexport, mongodump's converters and old shells write it.

https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from analytics.imports.report import quoted

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = re.compile(r"-?[0-9]{1,40}")
_DOUBLE = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,5})?")
_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class BadWrapper(ValueError):
    """A wrapper that does not hold what its name says; the message says why."""


def parse_time(text: str) -> datetime:
    """An ISO 8601 time in UTC; without an offset it is UTC already. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    if moment.tzinfo is UTC:
        return moment
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError from None


def _unwrap_date(inner: object) -> datetime:
    if type(inner) is str:
        try:
            return parse_time(inner)
        except ValueError:
            raise BadWrapper(f"not a time in ISO 8601: {quoted(inner)}") from None
    milliseconds = unwrap(inner)
    if type(milliseconds) is not int and type(milliseconds) is not float:
        raise BadWrapper("$date holds neither a text nor a number of milliseconds")
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except (OverflowError, ValueError):
        raise BadWrapper("$date is no time: so many milliseconds are beyond every year") from None


def _unwrap_whole(inner: object) -> int:
    if type(inner) is int:
        return inner
    if type(inner) is str and _DIGITS.fullmatch(inner):
        return int(inner)
    if type(inner) is float and inner.is_integer():
        return int(inner)
    raise BadWrapper("not a whole number" + (f": {quoted(inner)}" if type(inner) is str else ""))


def _unwrap_double(inner: object) -> int | float:
    if type(inner) is int or type(inner) is float:
        return inner
    if type(inner) is str:
        if _DIGITS.fullmatch(inner):
            return int(inner)
        if _DOUBLE.fullmatch(inner):
            return float(inner)
        if inner in _NOT_FINITE:
            return _NOT_FINITE[inner]
    raise BadWrapper("not a number" + (f": {quoted(inner)}" if type(inner) is str else ""))


def _unwrap_text(inner: object) -> str:
    if type(inner) is str:
        return inner
    raise BadWrapper("$oid holds no text")


def _unwrap_undefined(inner: object) -> None:
    """Whatever it holds: nothing."""


_WRAPPERS: dict[str, Callable[[object], object]] = {
    "$oid": _unwrap_text,
    "$date": _unwrap_date,
    "$numberInt": _unwrap_whole,
    "$numberLong": _unwrap_whole,
    "$numberDouble": _unwrap_double,
    "$numberDecimal": _unwrap_double,
    "$undefined": _unwrap_undefined,
}


def unwrap(value: object) -> object:
    """The value in a wrapper; anything else as it is. Raises BadWrapper.

    ``{"$date": ...}`` becomes an aware datetime, ``{"$undefined": true}`` None.
    """
    if type(value) is dict and len(value) == 1:
        ((name, inner),) = value.items()
        read = _WRAPPERS.get(name)
        if read is not None:
            return read(inner)
    return value


def plain(value: object) -> object:
    """The same without errors: a wrapper that holds nonsense stays as it is."""
    if type(value) is dict and len(value) == 1:
        try:
            return unwrap(value)
        except BadWrapper:
            pass
    return value


def is_undefined(value: object) -> bool:
    """Whether a value is MongoDB's way to say that there is none."""
    return type(value) is dict and value.keys() == {"$undefined"}


def why_not(value: object) -> str:
    """The reason why ``plain`` left a wrapper as it is; empty for anything else."""
    try:
        unwrap(value)
    except BadWrapper as reason:
        return str(reason)
    return ""


def loses_digits(value: object) -> bool:
    """Whether a value is a ``$numberDecimal`` of more digits than a float holds."""
    if type(value) is not dict or len(value) != 1:
        return False
    text = value.get("$numberDecimal")
    if type(text) is not str or not _DOUBLE.fullmatch(text) or _DIGITS.fullmatch(text):
        return False
    return Decimal(text) != Decimal(repr(float(text)))
