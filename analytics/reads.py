"""What is read of the database to make something: read again, it tells whether that is still good.

A change of the data makes a new version of all of them, and most answers would be made the same
again. While an answer is made, the functions marked ``@read`` note what they were asked and what
they gave. An answer whose reads all give the same again is the same again (``analytics.
kept_answers``), whatever else has changed.

Nothing can be forgotten here: a statement to the database, or a look at its version, outside of a
marked function makes the reads incomplete, and what was made of them is good for one version only.
To mark one more function makes more answers last; it can make none wrong.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, is_dataclass
from functools import wraps
from math import isfinite
from typing import Any, ParamSpec, TypeVar

import numpy as np
import orjson
from django.db import connections
from django.db.models import Model
from django.utils.functional import Promise

P = ParamSpec("P")
R = TypeVar("R")

JSON_OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_NON_STR_KEYS
DIGEST_BYTES = 16


@dataclass(frozen=True)
class Call:
    """A read that was made: the function, and what it was asked."""

    function: Callable[..., Any]
    args: tuple[Hashable, ...]
    kwargs: tuple[tuple[str, Hashable], ...]

    def again(self) -> Any:
        """What it gives now."""
        return self.function(*self.args, **dict(self.kwargs))


@dataclass
class Reads:
    """What was read, in its order; ``is_complete``: and nothing besides."""

    values: dict[Call, Any] = field(default_factory=dict)
    is_complete: bool = True


#: Reads with the digests of what they gave.
ReadBefore = tuple[tuple[Call, bytes], ...]

_current: ContextVar[Reads | None] = ContextVar("reads", default=None)


def read(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a function that reads the database, by its arguments and the viewer's formats alone.

    What it gives must be data: rows, results, objects of the ORM.
    """

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        noted = _current.get()
        if noted is None:
            return function(*args, **kwargs)
        can_repeat = is_value((*args, *kwargs.values()))
        token = _current.set(None)
        is_answered = False
        try:
            value = function(*args, **kwargs)
            is_answered = True
        finally:
            _current.reset(token)
            # What was refused may be answered next time.
            noted.is_complete &= can_repeat and is_answered
        if can_repeat:
            noted.values[Call(wrapper, args, tuple(kwargs.items()))] = value
        return value

    return wrapper


def is_value(argument: object) -> bool:
    """Whether an argument is nothing but what it says: no object that may hold what was read."""
    if isinstance(argument, tuple):
        return all(map(is_value, argument))
    if argument is None or callable(argument):
        return True
    return type(argument).__hash__ not in (None, object.__hash__)


def note_unmarked_read() -> None:
    """Say that something is read that nobody notes: what is made is of this version only."""
    noted = _current.get()
    if noted is not None:
        noted.is_complete = False


@contextmanager
def noting_reads() -> Iterator[Reads]:
    """Note what is read inside; it is noted for whatever is made around it, too."""
    around, noted = _current.get(), Reads()
    with ExitStack() as stack:
        if around is None:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(_note_statement))
        token = _current.set(noted)
        stack.callback(_current.reset, token)
        yield noted
    if around is not None:
        around.values |= noted.values
        around.is_complete &= noted.is_complete


def _note_statement(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
    """Around each statement to the database, those apart that only mark a place."""
    if not sql.startswith(("SAVEPOINT ", "RELEASE SAVEPOINT ")):
        note_unmarked_read()
    return execute(sql, *args)


def read_before(noted: Reads) -> ReadBefore | None:
    """The reads to be made again; None where they are not all that something was made of.

    To be asked when it is made: what the ORM has loaded meanwhile of an object belongs to it.
    """
    if not noted.is_complete:
        return None
    try:
        return tuple((call, digest(value)) for call, value in noted.values.items())
    except orjson.JSONEncodeError:
        return None


def reads_the_same(before: ReadBefore) -> bool:
    """Whether the reads give the same again; raises what any of them raises."""
    return all(digest(call.again()) == known for call, known in before)


def digest(value: object) -> bytes:
    """A digest of data; raises ``orjson.JSONEncodeError`` of anything else.

    JSON writes None, NaN and infinities alike: arrays and dataclasses, which hold what is computed,
    are written so that they differ. Rows have None alone.
    """
    text = orjson.dumps(value, plain, JSON_OPTIONS)
    return hashlib.blake2b(text, digest_size=DIGEST_BYTES).digest()


def told_apart(value: object) -> object:
    """A value, as text where it is NaN or an infinity."""
    return repr(value) if isinstance(value, float) and not isfinite(value) else value


def plain(value: object) -> object:
    """A value that JSON does not know, of those that it does."""
    if is_dataclass(value) and not isinstance(value, type):
        return [
            type(value).__qualname__,
            *(told_apart(getattr(value, each.name)) for each in fields(value)),
        ]
    if isinstance(value, Model):
        # With the objects that it refers to, where they have been loaded.
        return [value._meta.label, value.__dict__ | {"_state": value._state.fields_cache}]
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            return value.tolist()
        content = hashlib.blake2b(value.tobytes(), digest_size=DIGEST_BYTES)
        return [str(value.dtype), value.shape, content.hexdigest()]
    if isinstance(value, np.generic):
        return told_apart(value.item())
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(type(value))
