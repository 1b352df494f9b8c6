"""The columns of the list of sessions: a new one is an entry in ``SESSION_COLUMNS``.

From an entry come its heading, its cell, the order of the list by it and its column in the CSV.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When
from django.urls import reverse
from django.utils import timezone

from analytics import formatting
from analytics.access import ScopeError
from analytics.metrics.formulas import ratio, seconds
from analytics.metrics.ratios import RATIOS
from analytics.metrics.row_keys import COLUMN
from analytics.models import QueueAssignment, RawTotals, Session, StaleSession
from analytics.presentation.cells import Cell, decisions_cell
from analytics.presentation.session_counters import counters_of

#: Sessions that are counted anew to sort a list; with more of them the summaries come first.
MAX_COUNTED_ANEW = 1_000
#: Sessions of an export whose counters and queues are read at a time.
SESSIONS_AT_ONCE = 500


@dataclass(frozen=True)
class ListedSession:
    """A session with its counters (microseconds) and the names of its active queues, in order.

    ``is_linked``: its moderator's name leads to the person's page.
    """

    session: Session
    counters: Mapping[str, Any]
    queues: Sequence[str]
    is_linked: bool = False

    def count(self, name: str) -> int:
        """One of the counters."""
        return int(self.counters.get(name, 0))

    def ratio_of(self, name: str) -> float | None:
        """One of ``RATIOS``; None without a whole."""
        if not self.counters:
            return None
        whole, part = RATIOS[name].of_row(self.counters)
        return ratio(part, whole)

    @property
    def length_seconds(self) -> float | None:
        """How long it took; None where that is not known."""
        length = self.session.duration_us
        return None if length is None else seconds(length)

    @property
    def mean_speed(self) -> float | None:
        """The mean of the playback speeds chosen."""
        return ratio(self.counters.get("speed_sum"), self.counters.get("speed_changes"))


@dataclass(frozen=True)
class SessionColumn:
    """A column of the list.

    ``name`` is its parameter of the order. ``fields`` are the session's that it is sorted by;
    where it has ``counter``, that is: an expression of a row of counters found at a prefix.
    ``descends``: whether the first click on its heading sorts the largest first.
    """

    name: str
    label: str
    cell: Callable[[ListedSession], Cell]
    fields: tuple[str, ...] = ()
    counter: Callable[[str], Any] | None = None
    numeric: bool = False
    descends: bool = False


def session_cell(listed: ListedSession) -> Cell:
    """The session's id, which leads to its page."""
    name = listed.session.public_id
    return Cell(name, href=reverse("portal:session", args=[name]))


def moderator_cell(listed: ListedSession) -> Cell:
    """The name of the session's moderator, for leads and admins a link to the person's page."""
    name = listed.session.moderator.username
    return Cell(name, href=reverse("portal:person", args=[name]) if listed.is_linked else "")


def started_cell(listed: ListedSession) -> Cell:
    """When it began; with the year where that is not this one."""
    started = listed.session.started_at
    is_of_this_year = formatting.local_day(started).year == timezone.localdate().year
    write = formatting.short_moment if is_of_this_year else formatting.moment
    return Cell(write(started))


def length_label(session: Session) -> str:
    """A session's length in words."""
    if session.duration_us is None:
        return formatting.MISSING
    return formatting.duration(seconds(session.duration_us))


def length_cell(listed: ListedSession) -> Cell:
    """How long it took."""
    text = length_label(listed.session)
    return number_cell(text, "review-summary", listed, "logged_seconds")


def queues_cell(listed: ListedSession) -> Cell:
    """The first queue, and how many more there are: ``Spam +2``."""
    if not listed.queues:
        return Cell(formatting.MISSING)
    first, *others = dict.fromkeys(listed.queues)
    return Cell(f"{first} +{len(others)}" if others else first)


def videos_cell(listed: ListedSession) -> Cell:
    """How many videos it held."""
    text = formatting.count(listed.count("videos"))
    return number_cell(text, "review-summary", listed, "videos")


def decided_cell(listed: ListedSession) -> Cell:
    """What was decided, as a bar."""
    counts = {name: listed.count(name) for name in ("videos", "accepted", "rejected")}
    return decisions_cell(**counts)


def number_cell(text: str, metric: str, listed: ListedSession, column: str) -> Cell:
    """A number of a session, leading to its records; a missing one leads nowhere."""
    if text == formatting.MISSING:
        return Cell(text, numeric=True)
    params = {"session": listed.session.public_id, COLUMN: column}
    if metric == "moderator-review":
        params = {"moderator": listed.session.moderator.username, **params}
    href = f"{reverse('portal:metric-rows', args=[metric])}?{urlencode(params)}"
    return Cell(text, numeric=True, href=href, opens=True)


def ratio_column(
    name: str, label: str, figure: str, write: Callable[[float | None], str], *, metric: str
) -> SessionColumn:
    """The column of one of ``RATIOS``; ``metric`` has it as a column of the same name."""
    return SessionColumn(
        name,
        label,
        lambda listed: number_cell(write(listed.ratio_of(figure)), metric, listed, figure),
        counter=RATIOS[figure].quotient,
        numeric=True,
        descends=True,
    )


def whole_percent(value: float | None) -> str:
    """A share without decimals: one session's videos give no more."""
    return formatting.share(value, 0)


def handle_time(value: float | None) -> str:
    """A handle time in words."""
    return formatting.MISSING if value is None else formatting.duration(value)


SESSION_COLUMNS = (
    SessionColumn("session", "Session", session_cell, ("public_id",)),
    SessionColumn("moderator", "Moderator", moderator_cell, ("moderator__username",)),
    SessionColumn("started", "Started", started_cell, ("started_at",), descends=True),
    SessionColumn(
        "length",
        "Length",
        length_cell,
        ("duration_us",),
        numeric=True,
        descends=True,
    ),
    SessionColumn("queues", "Queues", queues_cell, ("first_queue",)),
    SessionColumn(
        "videos",
        "Videos",
        videos_cell,
        counter=lambda prefix: F(f"{prefix}videos"),
        numeric=True,
        descends=True,
    ),
    SessionColumn(
        "decided",
        "Decisions",
        decided_cell,
        counter=lambda prefix: F(f"{prefix}accepted") + F(f"{prefix}rejected"),
        descends=True,
    ),
    ratio_column(
        "reject_rate", "Reject rate", "reject_rate", whole_percent, metric="review-by-day"
    ),
    ratio_column(
        "handle_time", "Handle time", "handle_seconds", handle_time, metric="review-summary"
    ),
    ratio_column("idle", "Idle", "idle_share", whole_percent, metric="review-summary"),
    ratio_column(
        "completed", "Completed", "completion_rate", whole_percent, metric="moderator-review"
    ),
)
BY_NAME = {column.name: column for column in SESSION_COLUMNS}
NEWEST_FIRST = "-started"

#: The columns of the CSV: the name, which tells the unit, and the value.
CSV_COLUMNS: Mapping[str, Callable[[ListedSession], object]] = {
    "session": lambda listed: listed.session.public_id,
    "moderator": lambda listed: listed.session.moderator.username,
    "started": lambda listed: listed.session.started_at,
    "ended": lambda listed: listed.session.ended_at,
    "length_seconds": lambda listed: listed.length_seconds,
    "queues": lambda listed: list(listed.queues),
    "videos": lambda listed: listed.count("videos"),
    "accepted": lambda listed: listed.count("accepted"),
    "rejected": lambda listed: listed.count("rejected"),
    "completed": lambda listed: listed.count("completed"),
    "reject_rate": lambda listed: listed.ratio_of("reject_rate"),
    "handle_seconds": lambda listed: listed.ratio_of("handle_seconds"),
    "idle_share": lambda listed: listed.ratio_of("idle_share"),
    "completion_rate": lambda listed: listed.ratio_of("completion_rate"),
    "average_speed": lambda listed: listed.mean_speed,
}


def list_sessions(sessions: Sequence[Session], *, is_linked: bool = False) -> list[ListedSession]:
    """Sessions with what their rows show; ``is_linked``: names lead to people's pages."""
    keys = [session.pk for session in sessions]
    counters = counters_of(keys)
    queues: dict[int, list[str]] = {}
    assigned = QueueAssignment.objects.filter(session__in=keys, active=True)
    for key, name in assigned.order_by("session", "position").values_list("session", "name"):
        queues.setdefault(key, []).append(name)
    return [
        ListedSession(session, counters.get(key, {}), queues.get(key, ()), is_linked)
        for key, session in zip(keys, sessions, strict=True)
    ]


def csv_rows(sessions: QuerySet[Session]) -> Iterator[list[object]]:
    """Yield the values of ``CSV_COLUMNS`` of every session, in the order of ``sessions``."""
    rows = sessions.select_related("moderator").iterator(chunk_size=SESSIONS_AT_ONCE)
    while some := list(islice(rows, SESSIONS_AT_ONCE)):
        for listed in list_sessions(some):
            yield [value(listed) for value in CSV_COLUMNS.values()]


def ordered(rows: QuerySet[Session], order: str) -> QuerySet[Session]:
    """Sort by a column, ``-`` before its name for descending; what is unknown comes last.

    Raises ``ScopeError`` for an unknown column, and for one of counters while too many sessions
    wait to be summed up.
    """
    column = BY_NAME.get(order.removeprefix("-"))
    if column is None:
        raise ScopeError("order", f"{order!r} is none of {', '.join(BY_NAME)}, with or without -")
    names: tuple[str, ...] = column.fields
    if column.counter is not None:
        rows = rows.annotate(counter=current_counter(column.counter))
        names = ("counter",)
    elif "first_queue" in names:
        rows = rows.annotate(first_queue=first_queue())
    names = (*names, *(name for name in ("started_at", "public_id") if name not in names))
    if order.startswith("-"):
        return rows.order_by(*(F(name).desc(nulls_last=True) for name in names))
    return rows.order_by(*(F(name).asc(nulls_last=True) for name in names))


def first_queue() -> Subquery:
    """The name of a session's first active queue."""
    assigned = QueueAssignment.objects.filter(session=OuterRef("pk"), active=True)
    return Subquery(assigned.order_by("position").values("name")[:1])


def current_counter(counter: Callable[[str], Any]) -> Case:
    """An expression of a session's counters: as summed up where that is fresh, else counted now."""
    stale = StaleSession.objects.values("session_id")
    if stale.distinct()[: MAX_COUNTED_ANEW + 1].count() > MAX_COUNTED_ANEW:
        raise ScopeError("order", "many sessions have just changed; try again in a few minutes")
    raw = RawTotals.objects.filter(session=OuterRef("pk")).annotate(counter=counter(""))
    return Case(
        When(pk__in=stale, then=Subquery(raw.values("counter")[:1])), default=counter("totals__")
    )
