"""The records of a selection: how many there are, a page of them, or all.

A page reads the sessions that hold its rows and no others: the summaries say on which days, and in
which sessions of these, how many of them are. So the first page costs the same whatever the size
of the data and however rare the records are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import Avg, BooleanField, Case, Model, Q, QuerySet, When
from django.db.models import Value as Literal
from django.utils import timezone

from analytics.keyset import Ordering, Page, cut_page
from analytics.metrics.formulas import ratio
from analytics.metrics.records import (
    SESSION_ORDER,
    Amount,
    Distinct,
    Extreme,
    Mean,
    Part,
    Rate,
    Ratio,
    Sum,
)
from analytics.metrics.results import Value
from analytics.models import RawTotals, Session, SessionTotals
from analytics.rows.selection import Selection
from analytics.summaries.by_day import SummaryCount, count_by_day, count_by_session
from analytics.summaries.counters import CounterRow
from analytics.summaries.medians import middle_lengths_us
from analytics.summaries.reading import SummaryReader, read_summaries
from analytics.summaries.rollups import COUNTERS
from analytics.summaries.snapshots import repeatable_read, snapshot

ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Entry:
    """A record, with what it adds to the number: an amount, a weight, or whether it is counted.

    Each is None where the number is not made so. ``record`` is a row of the kind's model, or of a
    distinct count the thing as a dict.
    """

    record: Any
    amount: float | None = None
    weight: float | None = None
    counted: bool | None = None


@dataclass(frozen=True)
class EntryPage:
    """Some entries, and the cursors of those after them and, where asked for, before them."""

    entries: list[Entry]
    cursor: str | None
    previous: str | None = None


class RecordList:
    """The records of a selection that are rows of a table; used inside a snapshot.

    ``is_reversed``: the oldest first, where the newest are otherwise.
    """

    def __init__(self, selection: Selection, *, is_reversed: bool = False) -> None:
        self.selection = selection
        self.kind = selection.records.kind
        self.ordering = self.kind.ordering.reversed if is_reversed else self.kind.ordering

    @property
    def extras(self) -> tuple[str, ...]:
        """The fields of an ``Entry`` beside the record that the number is made of."""
        match self.selection.records.how:
            case "rate":
                return ("counted",)
            case "ratio":
                return ("amount", "weight")
            case "sum" | "mean":
                return ("amount",)
        return ()

    @property
    def reader(self) -> SummaryReader:
        """The summaries of the selection's scope."""
        return read_summaries(self.selection.scope)

    @property
    def summary(self) -> SummaryCount | None:
        """How the summaries count the records; None where the table itself is asked."""
        if self.selection.scope.session is not None:
            return None
        return self.selection.part.summary

    @cached_property
    def count(self) -> int:
        """How many records there are."""
        return self.count_of(self.selection.part)

    @cached_property
    def numerator(self) -> int:
        """How many of them a rate counts."""
        part = self.selection.numerator
        return 0 if part is None else self.count_of(part)

    @cached_property
    def shown(self) -> Value:
        """The number: the metric's, or, of a whole scope that it shows none of, computed here."""
        if self.selection.shown is not None or self.selection.keys:
            return self.selection.shown
        records = self.selection.records
        if isinstance(records, Distinct):
            return self.count
        if isinstance(records, Rate) and records.counted is not None:
            return ratio(self.count_of(records.part & records.counted), self.count)
        if isinstance(records, Ratio) and callable(records.amount) and callable(records.weight):
            days = self.reader.by_day.values()
            weight = sum(map(records.weight, days))
            return ratio(sum(map(records.amount, days)) * records.unit, weight)
        if isinstance(records, Mean) and self.kind.session is None:
            mean: Value = self.rows.aggregate(mean=Avg(str(records.amount)))["mean"]
            return mean
        return None

    def count_of(self, part: Part) -> int:
        """How many records of a part there are."""
        summary = None if self.summary is None else part.summary
        if summary is None:
            return self.rows.filter(part.condition).count()
        if part is self.selection.part:
            return sum(self.n_by_day.values())
        return sum(count_by_day(self.reader, summary).values())

    @cached_property
    def n_by_day(self) -> dict[date, int]:
        """How many records there are on each day that has any, as the summaries say."""
        assert self.summary is not None
        return count_by_day(self.reader, self.summary)

    @property
    def rows(self) -> QuerySet[Any]:
        """The records, in no order."""
        selection = self.selection
        rows: QuerySet[Any] = self.kind.rows(selection.scope)
        rows = rows.annotate(**selection.part.annotations)
        return rows.filter(selection.part.condition)

    @property
    def detailed_rows(self) -> QuerySet[Any]:
        """The same with what a list shows of each."""
        return self.detailed(self.rows, self.selection.counted)

    def detailed(self, rows: QuerySet[Any], counted: Part | None) -> QuerySet[Any]:
        """Rows with what a list shows of each; ``counted`` are those that a rate counts."""
        rows = rows.select_related(*self.kind.related)
        rows = rows.prefetch_related(*self.kind.prefetched)
        if counted is not None:
            is_counted = Case(
                When(counted.condition, then=Literal(value=True)),
                default=Literal(value=False),
                output_field=BooleanField(),
            )
            rows = rows.annotate(is_counted=is_counted)
        return rows

    def page(self, size: int, cursor: str | None = None, before: str | None = None) -> EntryPage:
        """The ``size`` entries after a cursor, or before one; raises ``ScopeError``.

        What comes before is read in the other direction, and turned around.
        """
        if before is None:
            page = self.read_page(self.ordering, size, cursor)
            previous = None
            if cursor is not None and page.rows:
                previous = self.ordering.reversed.encode_cursor(page.rows[0])
            return EntryPage(self.entries(page.rows), page.cursor, previous)
        page = self.read_page(self.ordering.reversed, size, before)
        rows = page.rows[::-1]
        following = self.ordering.encode_cursor(rows[-1]) if rows else None
        return EntryPage(self.entries(rows), following, page.cursor)

    def read_page(self, ordering: Ordering, size: int, cursor: str | None) -> Page[Any]:
        """The ``size`` rows after a cursor in an order."""
        rows = self.detailed_rows
        if self.summary is not None:
            # One more than a page tells whether there is another.
            sessions = self.sessions_of_page(self.summary, size + 1, cursor, ordering)
            rows = rows.filter(Q((f"{self.kind.session}pk__in", sessions)))
        return cut_page(rows, ordering, size, cursor)

    def sessions_of_page(
        self,
        counted: SummaryCount,
        wanted: int,
        cursor: str | None,
        ordering: Ordering | None = None,
    ) -> list[int]:
        """The sessions that hold the ``wanted`` records after a cursor, in their order."""
        ordering = ordering or self.ordering
        since = began_at(cursor, ordering)
        first_day = since and timezone.localtime(since).date()
        days, so_far = [], 0
        for day, n in sorted(self.n_by_day.items(), reverse=ordering.descending):
            if so_far >= wanted:
                break
            if first_day is None or (day <= first_day) is ordering.descending or day == first_day:
                days.append(day)
                so_far += n if day != first_day else 0
        n_by_session = count_by_session(self.reader, counted, days)
        return first_sessions(n_by_session, wanted, since, ordering)

    def all_entries(self) -> Iterator[Entry]:
        """Yield every entry, in order, by a server-side cursor in one state of the data."""
        with repeatable_read():
            rows = self.ordering.apply(self.detailed_rows)
            read = rows.iterator(chunk_size=ROWS_AT_ONCE)
            while some := list(islice(read, ROWS_AT_ONCE)):
                # Not open while the rows are sent: another request may come between.
                with snapshot():
                    entries = self.entries(some)
                yield from entries

    def entries(self, rows: Sequence[Model]) -> list[Entry]:
        """The rows with what each adds to the number."""
        records = self.selection.records
        if isinstance(records, Ratio):
            amounts, weights = (
                self.amounts(records.amount, rows),
                self.amounts(records.weight, rows),
            )
            return [
                Entry(row, amount, weight)
                for row, amount, weight in zip(rows, amounts, weights, strict=True)
            ]
        if isinstance(records, Sum | Mean):
            amounts = self.amounts(records.amount, rows)
            return [Entry(row, amount) for row, amount in zip(rows, amounts, strict=True)]
        if self.selection.counted is not None:
            return [Entry(row, counted=getattr(row, "is_counted")) for row in rows]  # noqa: B009  # an annotation, unknown to the type
        return [Entry(row) for row in rows]

    def amounts(self, amount: Amount, rows: Sequence[Model]) -> list[float | None]:
        """The amount of each row: a field, an annotation, or made of a session's counters."""
        if not callable(amount):
            return [getattr(row, str(amount)) for row in rows]
        counters = self.counters([row.pk for row in rows])
        return [amount(counters[row.pk]) for row in rows]

    def counters(self, sessions: Sequence[int]) -> dict[int, CounterRow]:
        """The counters of these sessions, by their keys."""
        return {
            row["session_id"]: row
            for source in self.reader.session_sources(SessionTotals, RawTotals)
            for row in source.filter(session_id__in=sessions).values("session_id", *COUNTERS)
        }


def began_at(cursor: str | None, ordering: Ordering) -> datetime | None:
    """When the session of a cursor's record began."""
    if cursor is None:
        return None
    began = ordering.decode_cursor(cursor)[0]
    assert isinstance(began, datetime)
    return began


def first_sessions(
    n_by_session: Mapping[int, int], wanted: int, since: datetime | None, ordering: Ordering
) -> list[int]:
    """The first sessions that hold ``wanted`` records, in an order, from a time on.

    Sessions that began at that time are among them, and what they hold is not counted: some of it
    has been shown.
    """
    sessions = Session.objects.filter(pk__in=n_by_session)
    if since is not None:
        side = "lte" if ordering.descending else "gte"
        sessions = sessions.filter(Q((f"started_at__{side}", since)))
    chosen, so_far = [], 0
    in_order = Ordering("", SESSION_ORDER, descending=ordering.descending).apply(sessions)
    for key, started_at in in_order.values_list("pk", "started_at"):
        if so_far >= wanted:
            break
        chosen.append(key)
        so_far += n_by_session[key] if started_at != since else 0
    return chosen


class MiddleList(RecordList):
    """The interval in the middle of the lengths, or, of an even number, the two."""

    summary = None

    @property
    def rows(self) -> QuerySet[Any]:
        """Those, of equals the ones with the lowest ids."""
        rows = super().rows
        kind = str(self.selection.keys["kind"])
        counts = self.reader.values.get("idle", {})
        middle = middle_lengths_us(self.reader, counts).get(kind, [])
        chosen: list[int] = []
        for us in dict.fromkeys(middle):
            equal = rows.filter(duration_us=us).order_by("pk").values_list("pk", flat=True)
            chosen.extend(equal[: middle.count(us)])
        return rows.filter(pk__in=chosen)


class ExtremeList(RecordList):
    """The records that have the least or the greatest value."""

    @property
    def rows(self) -> QuerySet[Any]:
        """All of them."""
        records = self.selection.records
        assert isinstance(records, Extreme)
        return super().rows.filter(Q((str(records.amount), self.selection.shown)))
