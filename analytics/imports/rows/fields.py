"""The three kinds of rows (user activity, recommendations, moderators' performance), validated.

A kind is declared once: its columns, the headers they go by, what their values must be, and the
table they end in. CSV files, the REST API and the admin's import all come through ``validate``,
so all of them refuse the same things in the same words.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import date

from django.db.models import Model

from analytics.imports.fields import BaseField
from analytics.imports.report import cut, quoted
from analytics.imports.values import (
    MAX_TEXT_LENGTH,
    Invalid,
    check_filled,
    check_short_text,
    kind_of,
)
from analytics.models import ChatSession, ModeratorPerformance, Recommendation
from analytics.names import normalise

Value = str | int | float | date | None
Record = dict[str, Value]
RowIdentity = tuple[Value, ...]

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# As Power BI and pandas write days.
MIDNIGHT = re.compile(r"[T ]00:00(:00([.,]0+)?)?(Z|[+-]00(:?00)?)?$", re.ASCII)
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

#: PostgreSQL's integer.
MAX_WHOLE = 2**31 - 1
#: Far above anything measured, and far below what would overflow a sum.
MAX_NUMBER = 1e12
#: What is wrong with one row, as far as its rejection tells.
MAX_REASONS = 20
FIRST_DAY, LAST_DAY = date(2, 1, 1), date(9998, 12, 31)


def identifier(value: object) -> str:
    """An id, exactly as it is."""
    if not isinstance(value, str):
        raise Invalid(f"expected a text, got {described(value)}")
    return check_short_text(check_filled(value))


def name_value(value: object) -> str:
    """A normalised name (see ``analytics.names``)."""
    return check_filled(normalise(identifier(value)))


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
        found = as_number(value, expected)
        if not low <= found <= greatest:
            limit = f" and at most {greatest:g}" if high is None and found > greatest else ""
            raise Invalid(f"expected {expected}{limit}, got {described(value)}")
        # Not the negative zero, which would be written back as -0.
        return found + 0.0

    return number


def whole_between(low: int, high: int | None) -> Callable[[object], int]:
    """The reader of a whole number from ``low`` to ``high``; 5.0 is whole."""
    expected = f"a whole number ≥ {low}" if high is None else f"a whole number from {low} to {high}"
    greatest = MAX_WHOLE if high is None else high

    def whole(value: object) -> int:
        found = as_number(value, expected)
        if not found.is_integer() or not low <= found <= greatest:
            limit = f" and at most {greatest}" if high is None and found > greatest else ""
            raise Invalid(f"expected {expected}{limit}, got {described(value)}")
        return int(found)

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


@dataclass(frozen=True)
class Column(BaseField):
    """A column: what it holds, and what else its header may be.

    ``empty`` is what a missing value becomes, where one may be missing. ``unit`` is the unit that
    a header may name; another one is an error.
    """

    read: Callable[[object], Value]
    _: KW_ONLY
    optional: bool = False
    empty: Value = None
    unit: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def help_text(self) -> str:
        """The column for who reads the API's description."""
        return self.description or (f"{self.unit.capitalize()}." if self.unit else "")


@dataclass(frozen=True)
class RowKind:
    """A kind of rows. ``identity`` are the attributes that tell one row from another."""

    name: str
    model: type[Model]
    columns: tuple[Column, ...]
    identity: tuple[str, ...]

    def key(self, record: Mapping[str, Value]) -> RowIdentity:
        """What identifies a record."""
        return tuple(record[attribute] for attribute in self.identity)

    def named(self, values: Mapping[str, object]) -> str | None:
        """The name of a row for messages, from values that may be wrong."""
        parts = [
            str(values.get(column.name, ""))[:MAX_TEXT_LENGTH].strip()
            for column in self.columns
            if column.attribute in self.identity
        ]
        return " ".join(parts) if any(parts) else None


class InvalidRow(ValueError):
    """A row that is not taken in: why, the ``path`` of each reason being a column."""

    def __init__(self, reasons: list[Invalid]) -> None:
        shown = [f"column {reason.path}: {reason.message}" for reason in reasons[:MAX_REASONS]]
        super().__init__("; ".join(shown))
        self.reasons = reasons

    @property
    def column(self) -> str:
        """The first column that is wrong."""
        return self.reasons[0].path

    @property
    def message(self) -> str:
        """What is wrong with it, and with the columns after it."""
        first, *others = self.reasons[:MAX_REASONS]
        parts = [first.message, *(f"column {other.path}: {other.message}" for other in others)]
        if len(self.reasons) > MAX_REASONS:
            parts.append(f"and {len(self.reasons) - MAX_REASONS:,} more")
        return "; ".join(parts)


def validate(kind: RowKind, values: Mapping[str, object], *, only_first: bool = False) -> Record:
    """The record of a row, by attribute; raises ``InvalidRow`` with everything wrong.

    ``only_first``: with the first reason alone, for rejections that are only counted.

    ``values`` are by the contract's column names: texts from a file, or what JSON gave. Missing,
    None and blank all mean empty.
    """
    record: Record = {}
    reasons = []
    for column in kind.columns:
        value = values.get(column.name)
        try:
            if value is None or (isinstance(value, str) and not value.strip()):
                if not column.optional:
                    raise Invalid("is empty")
                record[column.attribute] = column.empty
            else:
                record[column.attribute] = column.read(value)
        except Invalid as reason:
            reasons.append(reason.under(column.name))
            if only_first:
                raise InvalidRow(reasons) from None
    known = {column.name for column in kind.columns}
    reasons += [
        Invalid("is no column of this kind", cut(str(name))) for name in values if name not in known
    ]
    if reasons:
        raise InvalidRow(reasons)
    return record


USER_ACTIVITY = RowKind(
    name="user-activity",
    model=ChatSession,
    identity=("session_id",),
    columns=(
        Column("user_id", identifier, aliases=("user", "user no", "userid")),
        Column(
            "session_id",
            identifier,
            aliases=("session", "session no", "chat id", "chat session id"),
        ),
        Column("date", date_value, aliases=("day", "session date", "activity date")),
        Column(
            "session_length",
            number_between(0, None),
            attribute="length_minutes",
            unit="minutes",
            aliases=("length", "duration", "session duration", "average session length"),
        ),
        Column(
            "messages_sent",
            whole_between(0, None),
            aliases=("messages", "sent messages", "messages sent per session"),
        ),
        Column(
            "feedback_rating",
            whole_between(1, 6),
            description="1 to 6.",
            optional=True,
            aliases=("rating", "feedback", "user rating", "session rating", "user feedback rating"),
        ),
        Column(
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
    columns=(
        Column("recommendation_id", identifier, aliases=("recommendation",)),
        Column("user_id", identifier, optional=True, empty="", aliases=("user",)),
        Column("date", date_value, aliases=("day", "recommendation date")),
        Column(
            "recommendation_type",
            folded_text,
            aliases=("type", "content type", "resource type", "kind"),
        ),
        Column(
            "click_through_rate",
            number_between(0, 1),
            unit="a rate from 0 to 1",
            aliases=("ctr", "click through", "click rate"),
        ),
        Column(
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
    columns=(
        Column(
            "moderator",
            name_value,
            reference="username",
            aliases=("moderator id", "moderator name", "username", "moderator username"),
        ),
        Column("date", date_value, aliases=("day", "performance date")),
        Column(
            "sessions_moderated",
            whole_between(0, None),
            aliases=("chats moderated", "sessions", "chats", "moderated sessions"),
        ),
        Column(
            "average_response_time",
            number_between(0, None),
            unit="minutes",
            aliases=("response time",),
        ),
        Column(
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
