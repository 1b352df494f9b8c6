"""The kinds of rows of tables, validated.

A kind is declared once: its columns, the headers they go by, what their values must be, and the
table they end in. CSV files, the REST API and the admin's import all come through ``validate``,
so all of them refuse the same things in the same words.
"""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import date

from django.db.models import Model
from django.utils.text import capfirst

from accounts.models import User
from analytics.access import ScopeError
from analytics.imports.fields import BaseField
from analytics.imports.report import cut
from analytics.imports.rows.readers import (
    date_value,
    folded_text,
    identifier,
    line_of_text,
    name_value,
    number_between,
    one_of,
    text_up_to,
    whole_between,
)
from analytics.imports.values import MAX_TEXT_LENGTH, Invalid
from analytics.models import (
    MAX_ANNOTATION_LENGTH,
    MAX_CHECK_NOTE_LENGTH,
    MAX_CHECK_REASON_LENGTH,
    RECOMMENDATION_TYPES,
    Annotation,
    ChatSession,
    ModeratorPerformance,
    QualityCheck,
    Recommendation,
    Verdict,
    VideoView,
)
from analytics.quality.checking import Change, Opinion, find_decided, keep_opinion, why_not_kept

Value = str | int | float | date | None
Record = dict[str, Value]
RowIdentity = tuple[Value, ...]

#: What is wrong with one row, as far as its rejection tells.
MAX_REASONS = 20


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
        return self.description or (f"{capfirst(self.unit)}." if self.unit else "")


@dataclass(frozen=True)
class RowKind:
    """A kind of rows. ``identity`` are the attributes that tell one row from another.

    ``complete`` looks at a record as a whole: it may fill in values, and raises ``Invalid`` with
    the column as its path. ``colored``: attributes whose values have lasting colours, and what
    ``SeenValue`` calls them. ``keep`` stores a record of a kind that is more than a row of its
    table, for the account of a key (None: nobody known); it raises ``ScopeError``. ``refuse``
    says why a record that is right in itself is not taken from that account, by raising
    ``Invalid``.
    """

    name: str
    model: type[Model]
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    complete: Callable[[Record], None] = lambda record: None
    colored: tuple[tuple[str, str], ...] = ()
    keep: Callable[[Record, int | None], Change] | None = None
    refuse: Callable[[Record, int | None], None] | None = None

    @property
    def updatable(self) -> list[str]:
        """The attributes that a row of the same identity changes; empty: there is no such row."""
        return [each.attribute for each in self.columns if each.attribute not in self.identity]

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
        sentences = [f"column {reason.path}: {reason.message}" for reason in reasons[:MAX_REASONS]]
        super().__init__("; ".join(sentences))
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
    if not reasons:
        try:
            kind.complete(record)
        except Invalid as reason:
            reasons.append(reason)
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
    colored=(("recommendation_type", RECOMMENDATION_TYPES),),
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


def complete_annotation(record: Record) -> None:
    """Let a note without a last day be about its first day alone."""
    start, end = record["start"], record["end"] or record["start"]
    assert isinstance(start, date)
    assert isinstance(end, date)
    if end < start:
        raise Invalid(f"{end} is before the first day, {start}", "end")
    record["end"] = end


ANNOTATIONS = RowKind(
    name="annotations",
    model=Annotation,
    # All of it: sent again it is unchanged, and what differs is another note.
    identity=("start", "end", "queue", "text"),
    columns=(
        Column("start", date_value, description="The first day.", aliases=("date", "day", "from")),
        Column(
            "end",
            date_value,
            description="The last day, inclusive; the first one where left out.",
            optional=True,
            aliases=("to", "until"),
        ),
        Column(
            "text",
            line_of_text,
            description=f"One line of at most {MAX_ANNOTATION_LENGTH} characters, about no person.",
            aliases=("annotation", "note"),
        ),
        Column(
            "queue",
            name_value,
            description="The queue that it concerns; null: all of them.",
            optional=True,
            empty="",
        ),
    ),
    complete=complete_annotation,
)


def complete_check(record: Record) -> None:
    """Refuse a check of what nobody decided."""
    try:
        find_decided(str(record["session"]), int(str(record["position"])))
    except ScopeError as error:
        raise Invalid(error.message, error.field) from None


def keep_check(record: Record, checked_by: int | None) -> Change:
    """Store a check as whose who sent it."""
    view, opinion, reviewer = read_check(record, checked_by)
    return keep_opinion(view, opinion, by=reviewer).change


def refuse_check(record: Record, checked_by: int | None) -> None:
    """Refuse a check of an own view, and another verdict than one that was disputed."""
    view, opinion, reviewer = read_check(record, checked_by)
    if (refusal := why_not_kept(view, opinion, by=reviewer)) is not None:
        raise Invalid(refusal.reason, refusal.field)


def read_check(record: Record, checked_by: int | None) -> tuple[VideoView, Opinion, User | None]:
    """The view that a check is about, what it says, and whose it is, if known."""
    reviewer = None if checked_by is None else User.objects.get(pk=checked_by)
    view = find_decided(str(record["session"]), int(str(record["position"])))
    return view, Opinion(*(str(record[name]) for name in ("verdict", "reason", "note"))), reviewer


QUALITY_CHECKS = RowKind(
    name="quality-checks",
    model=QualityCheck,
    identity=("session", "position"),
    columns=(
        Column("session", identifier, aliases=("session id",)),
        Column("position", whole_between(0, None), description="From 0."),
        Column(
            "verdict",
            one_of(Verdict.values),
            description="What should have been decided: accepted, rejected, or unsure.",
        ),
        Column("reason", text_up_to(MAX_CHECK_REASON_LENGTH), optional=True, empty=""),
        Column("note", text_up_to(MAX_CHECK_NOTE_LENGTH), optional=True, empty=""),
    ),
    complete=complete_check,
    keep=keep_check,
    refuse=refuse_check,
)

ALL_KINDS = (
    USER_ACTIVITY,
    RECOMMENDATIONS,
    MODERATOR_PERFORMANCE,
    ANNOTATIONS,
    QUALITY_CHECKS,
)
KINDS: dict[str, RowKind] = {kind.name: kind for kind in ALL_KINDS}
