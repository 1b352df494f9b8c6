"""The three kinds of rows (user activity, recommendations, moderators' performance), validated.

A kind is declared once: its columns, the headers they go by, what their values must be, and the
table they end in. CSV files, the REST API and the admin's import all come through ``validate``,
so all of them refuse the same things in the same words.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Model

from analytics.imports.report import cut, quoted
from analytics.models import ChatSession, ModeratorPerformance, Recommendation
from analytics.names import normalise

Value = str | int | float | date | None
Record = dict[str, Value]
RowIdentity = tuple[Value, ...]

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# As Power BI and pandas write days.
MIDNIGHT = re.compile(r"[T ]00:00(:00([.,]0+)?)?(Z|[+-]00(:?00)?)?$", re.ASCII)
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
NOT_TEXT = re.compile("[\ud800-\udfff]")

#: What a btree index of PostgreSQL holds (2704 bytes), in characters of any language.
MAX_TEXT_LENGTH = 500
#: PostgreSQL's integer.
MAX_WHOLE = 2**31 - 1
#: Far above anything measured, and far below what would overflow a sum.
MAX_NUMBER = 1e12
#: Faults of one row that its rejection tells.
MAX_FAULTS = 20
FIRST_DAY, LAST_DAY = date(2, 1, 1), date(9998, 12, 31)


class Fault(ValueError):
    """A value that is not what its column holds; the message says what was expected."""


def identifier(value: object) -> str:
    """An id, exactly as it is; raises ``Fault``."""
    if not isinstance(value, str):
        raise Fault(f"expected a text, got {described(value)}")
    text = value
    if not text.strip():
        raise Fault("is empty")
    if "\0" in text:
        raise Fault("holds a NUL character")
    if NOT_TEXT.search(text):
        raise Fault(f"is not UTF-8: {quoted(text)}; save the file as UTF-8")
    if len(text) > MAX_TEXT_LENGTH:
        raise Fault(f"is longer than {MAX_TEXT_LENGTH} characters: {quoted(text)}")
    return text


def name_value(value: object) -> str:
    """A normalised name (see ``analytics.names``); raises ``Fault``."""
    name = normalise(identifier(value))
    if not name:
        raise Fault("is empty")
    return name


def folded_text(value: object) -> str:
    """A trimmed text in lower case; raises ``Fault``."""
    return identifier(value).strip().lower()


def date_value(value: object) -> date:
    """The day written as YYYY-MM-DD, or as its midnight; raises ``Fault``."""
    text = MIDNIGHT.sub("", value.strip()) if isinstance(value, str) else ""
    try:
        if not ISO_DATE.fullmatch(text):
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        raise Fault(f"expected a date as YYYY-MM-DD, got {described(value)}") from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Fault(f"expected a date from {FIRST_DAY} to {LAST_DAY}, got {described(value)}")
    return day


def number_between(low: float, high: float | None) -> Callable[[object], float]:
    """Return the reader of a number from ``low`` to ``high`` (None: no limit that matters)."""
    expected = f"a number ≥ {low:g}" if high is None else f"a number from {low:g} to {high:g}"
    greatest = MAX_NUMBER if high is None else high

    def number(value: object) -> float:
        found = as_number(value, expected)
        if not low <= found <= greatest:
            limit = f" and at most {greatest:g}" if high is None and found > greatest else ""
            raise Fault(f"expected {expected}{limit}, got {described(value)}")
        # Not the negative zero, which would be written back as -0.
        return found + 0.0

    return number


def whole_between(low: int, high: int | None) -> Callable[[object], int]:
    """Return the reader of a whole number from ``low`` to ``high``; 5.0 is whole."""
    expected = f"a whole number ≥ {low}" if high is None else f"a whole number from {low} to {high}"
    greatest = MAX_WHOLE if high is None else high

    def whole(value: object) -> int:
        found = as_number(value, expected)
        if not found.is_integer() or not low <= found <= greatest:
            limit = f" and at most {greatest}" if high is None and found > greatest else ""
            raise Fault(f"expected {expected}{limit}, got {described(value)}")
        return int(found)

    return whole


def as_number(value: object, expected: str) -> float:
    """Return a finite number given as one or as its text; raises ``Fault``."""
    number = math.nan
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
    elif isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        number = float(value)
    if not math.isfinite(number):
        raise Fault(f"expected {expected}, got {described(value)}{advice(value)}")
    return number


def advice(value: object) -> str:
    """Return what to write instead, where that is plain from the value."""
    text = value.strip() if isinstance(value, str) else ""
    if text.endswith("%"):
        return "; write 0.5 for 50 %"
    if "," in text and NUMBER.fullmatch(text.replace(",", "")):
        return "; write decimals with a point and no thousands separators"
    return ""


def described(value: object) -> str:
    """Return a value in the words of a message."""
    if isinstance(value, str):
        return quoted(value)
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return "a huge number" if abs(value) >= 10**15 else str(value)
    if isinstance(value, Mapping):
        return "an object"
    return "a list" if isinstance(value, list) else f"a {type(value).__name__}"


@dataclass(frozen=True)
class Field:
    """A column: its name in the contract, where it goes, what it holds, what else it is called.

    ``attribute`` is the model's field. ``empty`` is what a missing value becomes, where one may
    be missing. ``unit`` is the unit that a header may name; another one is an error.
    """

    name: str
    attribute: str
    read: Callable[[object], Value]
    optional: bool = False
    empty: Value = None
    unit: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class RowKind:
    """A kind of rows. ``identity`` are the attributes that tell one row from another."""

    name: str
    model: type[Model]
    fields: tuple[Field, ...]
    identity: tuple[str, ...]

    def key(self, record: Mapping[str, Value]) -> RowIdentity:
        """Return what identifies a record."""
        return tuple(record[attribute] for attribute in self.identity)

    def named(self, values: Mapping[str, object]) -> str | None:
        """Return the name of a row for messages, from values that may be wrong."""
        parts = [
            str(values.get(field.name, ""))[:MAX_TEXT_LENGTH].strip()
            for field in self.fields
            if field.attribute in self.identity
        ]
        return " ".join(parts) if any(parts) else None


class RowFaults(ValueError):
    """A row that can't be taken in: the faults as (column, message)."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        shown = faults[:MAX_FAULTS]
        super().__init__("; ".join(f"column {name}: {message}" for name, message in shown))
        self.faults = faults

    @property
    def path(self) -> str:
        """Return the first column at fault, as ``column date``."""
        return f"column {self.faults[0][0]}"

    @property
    def message(self) -> str:
        """Return what is wrong with it, and with the columns after it."""
        first, *others = self.faults[:MAX_FAULTS]
        parts = [first[1], *(f"column {name}: {text}" for name, text in others)]
        if len(self.faults) > MAX_FAULTS:
            parts.append(f"and {len(self.faults) - MAX_FAULTS:,} more")
        return "; ".join(parts)


def validate(kind: RowKind, values: Mapping[str, object], *, only_first: bool = False) -> Record:
    """Return the record of a row, by attribute; raises ``RowFaults`` with everything wrong.

    ``only_first``: with the first fault alone, for rejections that are only counted.

    ``values`` are by the contract's column names: texts from a file, or what JSON gave. Missing,
    None and blank all mean empty.
    """
    record: Record = {}
    faults = []
    for field in kind.fields:
        value = values.get(field.name)
        try:
            if value is None or (isinstance(value, str) and not value.strip()):
                if not field.optional:
                    raise Fault("is empty")
                record[field.attribute] = field.empty
            else:
                record[field.attribute] = field.read(value)
        except Fault as fault:
            faults.append((field.name, str(fault)))
            if only_first:
                raise RowFaults(faults) from None
    known = {field.name for field in kind.fields}
    faults += [
        (cut(str(name)), "is no column of this kind") for name in values if name not in known
    ]
    if faults:
        raise RowFaults(faults)
    return record


USER_ACTIVITY = RowKind(
    name="user-activity",
    model=ChatSession,
    identity=("session_id",),
    fields=(
        Field("user_id", "user_id", identifier, aliases=("user", "user no", "userid")),
        Field(
            "session_id",
            "session_id",
            identifier,
            aliases=("session", "session no", "chat id", "chat session id"),
        ),
        Field("date", "date", date_value, aliases=("day", "session date", "activity date")),
        Field(
            "session_length",
            "length_minutes",
            number_between(0, None),
            unit="minutes",
            aliases=("length", "duration", "session duration", "average session length"),
        ),
        Field(
            "messages_sent",
            "messages_sent",
            whole_between(0, None),
            aliases=("messages", "sent messages", "messages sent per session"),
        ),
        Field(
            "feedback_rating",
            "feedback_rating",
            whole_between(1, 6),
            optional=True,
            aliases=("rating", "feedback", "user rating", "session rating", "user feedback rating"),
        ),
        Field(
            "resources_clicked",
            "resources_clicked",
            whole_between(0, None),
            optional=True,
            aliases=("resources", "resource clicks", "clicked resources", "clicks"),
        ),
    ),
)

RECOMMENDATIONS = RowKind(
    name="recommendations",
    model=Recommendation,
    identity=("recommendation_id",),
    fields=(
        Field("recommendation_id", "recommendation_id", identifier, aliases=("recommendation",)),
        Field("user_id", "user_id", identifier, optional=True, empty="", aliases=("user",)),
        Field("date", "date", date_value, aliases=("day", "recommendation date")),
        Field(
            "recommendation_type",
            "recommendation_type",
            folded_text,
            aliases=("type", "content type", "resource type", "kind"),
        ),
        Field(
            "click_through_rate",
            "click_through_rate",
            number_between(0, 1),
            unit="a rate from 0 to 1",
            aliases=("ctr", "click through", "click rate"),
        ),
        Field(
            "feedback_score",
            "feedback_score",
            number_between(0, None),
            optional=True,
            aliases=("feedback", "score", "user feedback score", "feedback rating"),
        ),
    ),
)

MODERATOR_PERFORMANCE = RowKind(
    name="moderator-performance",
    model=ModeratorPerformance,
    identity=("moderator", "date"),
    fields=(
        Field(
            "moderator",
            "moderator",
            name_value,
            aliases=("moderator id", "moderator name", "username", "moderator username"),
        ),
        Field("date", "date", date_value, aliases=("day", "performance date")),
        Field(
            "sessions_moderated",
            "sessions_moderated",
            whole_between(0, None),
            aliases=("chats moderated", "sessions", "chats", "moderated sessions"),
        ),
        Field(
            "average_response_time",
            "average_response_time",
            number_between(0, None),
            unit="minutes",
            aliases=("response time",),
        ),
        Field(
            "satisfaction_score",
            "satisfaction_score",
            number_between(0, None),
            optional=True,
            aliases=("satisfaction", "user satisfaction", "user satisfaction score"),
        ),
    ),
)

KINDS: dict[str, RowKind] = {
    kind.name: kind for kind in (USER_ACTIVITY, RECOMMENDATIONS, MODERATOR_PERFORMANCE)
}
