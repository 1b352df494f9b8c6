"""The records behind a number as a table for people: a list of columns for each kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from analytics import formatting
from analytics.figures.labels import format_value, value_label
from analytics.metrics.records import Ratio
from analytics.models import SECOND_US, VideoView
from analytics.presentation.cells import Cell, Heading
from analytics.presentation.kpis import two_places
from analytics.presentation.tables import SWATCHES, session_link, sort_key, swatch, video_link
from analytics.rows.lists import Entry, RecordList
from analytics.rows.things import ThingList


@dataclass(frozen=True)
class RecordColumn:
    """A column: its heading, and the cell of a record; ``is_linked``: names lead to people.

    ``is_detail``: for the page only, not for the narrow panel. ``orders``: long lists come in its
    order.
    """

    label: str
    cell: Callable[[Any, bool], Cell]
    numeric: bool = False
    is_detail: bool = False
    orders: bool = False


def detail(column: RecordColumn) -> RecordColumn:
    """A column for the page only."""
    return replace(column, is_detail=True)


def order(column: RecordColumn) -> RecordColumn:
    """The column in whose order long lists come."""
    return replace(column, orders=True)


def text(label: str, value: Callable[[Any], str | None]) -> RecordColumn:
    """A column of texts; none is a dash."""
    return RecordColumn(label, lambda record, _: Cell(value(record) or formatting.MISSING))


def key(label: str, value: Callable[[Any], str | None]) -> RecordColumn:
    """A column of names, such as queues: as where rows are named by them, none is "unknown"."""

    def cell(record: Any, _: bool) -> Cell:
        known = value(record)
        return Cell(known) if known else Cell(formatting.UNKNOWN, sort="")

    return RecordColumn(label, cell)


def number(
    label: str, value: Callable[[Any], float | None], write: Callable[[float | None], str]
) -> RecordColumn:
    """A column of numbers, each written out by ``write``."""

    def cell(record: Any, _: bool) -> Cell:
        known = value(record)
        return Cell(write(known), numeric=True, sort=sort_key(known))

    return RecordColumn(label, cell, numeric=True)


def moment(label: str, value: Callable[[Any], datetime | None]) -> RecordColumn:
    """A column of times."""

    def cell(record: Any, _: bool) -> Cell:
        known = value(record)
        if known is None:
            return Cell(formatting.MISSING, sort="")
        return Cell(formatting.short_moment(known), sort=sort_key(known))

    return RecordColumn(label, cell)


def day(value: Callable[[Any], date]) -> RecordColumn:
    """The column of days, in whose order rows of days come."""

    def cell(record: Any, _: bool) -> Cell:
        return Cell(formatting.day(value(record)), sort=sort_key(value(record)))

    return order(RecordColumn("Day", cell))


def session_column(value: Callable[[Any], str]) -> RecordColumn:
    """A column of sessions, which lead to their pages."""
    return RecordColumn(
        "Session", lambda record, _: Cell(value(record), href=session_link(value(record)))
    )


def video_column(value: Callable[[Any], str | None]) -> RecordColumn:
    """A column of videos, which lead to their pages; a view may be of none that is known."""

    def cell(record: Any, _: bool) -> Cell:
        public_id = value(record)
        if public_id is None:
            return Cell(formatting.MISSING)
        return Cell(public_id, href=video_link(public_id))

    return RecordColumn("Video", cell)


def moderator_column(value: Callable[[Any], str]) -> RecordColumn:
    """A column of moderators, who lead to their pages for those who may open them."""

    def cell(record: Any, is_linked: bool) -> Cell:
        name = value(record)
        return Cell(name, href=reverse("portal:person", args=[name]) if is_linked else "")

    return RecordColumn("Moderator", cell)


def colored(label: str, family: str, value: Callable[[Any], str]) -> RecordColumn:
    """A column of values that have a colour."""

    def cell(record: Any, _: bool) -> Cell:
        known = value(record)
        return Cell(value_label(family, known), swatch=swatch(SWATCHES[family], known))

    return RecordColumn(label, cell)


def length(label: str, value: Callable[[Any], int | None]) -> RecordColumn:
    """A column of lengths, of microseconds."""

    def seconds(record: Any) -> float | None:
        us = value(record)
        return None if us is None else us / SECOND_US

    return number(label, seconds, formatting.duration)


def last_speed(view: VideoView) -> float | None:
    """The playback speed that was chosen last."""
    speeds = list(view.speeds.all())
    return speeds[-1].value if speeds else None


def speed(value: float | None) -> str:
    """A playback speed; unknown is a dash."""
    return formatting.MISSING if value is None else formatting.speed(value)


#: The columns of each kind of records.
COLUMNS: Mapping[str, Sequence[RecordColumn]] = {
    "sessions": (
        session_column(lambda session: str(session.public_id)),
        moderator_column(lambda session: str(session.moderator.username)),
        order(moment("Started", lambda session: session.started_at)),
        length("Length", lambda session: session.duration_us),
    ),
    "videos": (
        video_column(lambda view: view.video and view.video.public_id),
        moderator_column(lambda view: str(view.session.moderator.username)),
        order(moment("Seen", lambda view: view.started_at or view.session.started_at)),
        detail(session_column(lambda view: str(view.session.public_id))),
        key("Queue", lambda view: view.queue),
        detail(key("Reason", lambda view: view.reason)),
        detail(colored("Decision", "decision", lambda view: str(view.decision))),
        detail(colored("Watched", "status", lambda view: str(view.status))),
        detail(colored("Sound", "sound", lambda view: str(view.sound))),
        detail(number("Speed", last_speed, speed)),
    ),
    "inactivity": (
        colored("Kind", "kind", lambda gap: str(gap.kind)),
        moderator_column(lambda gap: str(gap.session.moderator.username)),
        moment("Began", lambda gap: gap.started_at),
        detail(session_column(lambda gap: str(gap.session.public_id))),
        detail(order(moment("Session began", lambda gap: gap.session.started_at))),
        length("Length", lambda gap: gap.duration_us),
    ),
    "queues": (
        key("Queue", lambda queue: queue.name),
        moderator_column(lambda queue: str(queue.session.moderator.username)),
        session_column(lambda queue: str(queue.session.public_id)),
        order(moment("Session began", lambda queue: queue.session.started_at)),
        number("Items", lambda queue: queue.item_count, formatting.count),
    ),
    "speeds": (
        video_column(lambda speed: speed.view.video and speed.view.video.public_id),
        moderator_column(lambda speed: str(speed.view.session.moderator.username)),
        moment("Chosen", lambda speed: speed.chosen_at),
        detail(session_column(lambda speed: str(speed.view.session.public_id))),
        detail(order(moment("Session began", lambda speed: speed.view.session.started_at))),
        number("Speed", lambda chosen: chosen.value, speed),
    ),
    "user-activity": (
        text("Chat session", lambda chat: chat.session_id),
        detail(text("User", lambda chat: chat.user_id)),
        day(lambda chat: chat.date),
        number("Length", lambda chat: chat.length_minutes, formatting.minutes),
        number("Messages", lambda chat: chat.messages_sent, formatting.count),
        number("Rating", lambda chat: chat.feedback_rating, formatting.count),
        detail(number("Resources clicked", lambda chat: chat.resources_clicked, formatting.count)),
    ),
    "recommendations": (
        text("Recommendation", lambda row: row.recommendation_id),
        detail(text("User", lambda row: row.user_id)),
        day(lambda row: row.date),
        text("Type", lambda row: row.recommendation_type),
        number("Click-through rate", lambda row: row.click_through_rate, formatting.share),
        detail(number("Feedback", lambda row: row.feedback_score, formatting.number)),
    ),
    "moderator-performance": (
        moderator_column(lambda row: str(row.moderator.username)),
        day(lambda row: row.date),
        number("Sessions moderated", lambda row: row.sessions_moderated, formatting.count),
        number("Response time", lambda row: row.average_response_time, formatting.minutes),
        number("Satisfaction", lambda row: row.satisfaction_score, two_places),
    ),
    "quality-checks": (
        video_column(lambda check: check.video or None),
        moderator_column(lambda check: str(check.moderator_name)),
        order(moment("Checked", lambda check: check.checked_at)),
        detail(session_column(lambda check: str(check.session_id))),
        key("Queue", lambda check: check.queue_name),
        colored("Decided", "decision", lambda check: str(check.decision)),
        detail(text("Should be", lambda check: check.get_verdict_display())),
        detail(text("Reason", lambda check: check.reason)),
    ),
    "moderators": (moderator_column(lambda person: str(person.username)),),
}
#: The columns of things, by the names of their fields.
THING_COLUMNS: Mapping[str, RecordColumn] = {
    "videoId": video_column(lambda thing: thing["videoId"]),
    "queue": key("Queue", lambda thing: thing["queue"]),
    "views": number("Views", lambda thing: thing["views"], formatting.count),
    "sessions": number("Sessions", lambda thing: thing["sessions"], formatting.count),
    "moderators": number("Moderators", lambda thing: thing["moderators"], formatting.count),
    "assignments": number("Assignments", lambda thing: thing["assignments"], formatting.count),
    "items": number("Items", lambda thing: thing["items"], formatting.count),
}


def record_columns(records: RecordList, *, is_brief: bool = False) -> Sequence[RecordColumn]:
    """The columns of a list's kind; ``is_brief``: those for the panel.

    There what a record adds to the number has the room of the record's own numbers.
    """
    if isinstance(records, ThingList):
        return [THING_COLUMNS[name] for name in records.columns]
    columns = COLUMNS[records.kind.name]
    if not is_brief:
        return columns
    return [
        column
        for column in columns
        if not (column.is_detail or (column.numeric and records.extras))
    ]


def record_headings(
    records: RecordList, *, is_brief: bool = False, is_whole: bool = False, order_url: str = ""
) -> list[Heading]:
    """The headings of the table: the record's, then those of what it adds to the number.

    ``is_whole``: the table has all records, so that a browser can sort them. ``order_url`` turns
    the order of a longer list around.
    """
    selection = records.selection
    direction = "descending" if records.ordering.descending else "ascending"
    headings = [
        Heading(
            column.label,
            column.numeric,
            sortable=is_whole,
            sorted=direction if column.orders else "",
            href=order_url if column.orders and not is_whole else "",
        )
        for column in record_columns(records, is_brief=is_brief)
    ]
    labels = {"counted": "Counted", "amount": selection.column.label}
    if isinstance(selection.records, Ratio):
        labels = {
            "amount": selection.records.amount_label,
            "weight": selection.records.weight_label,
        }
    extras = (labels[name] for name in records.extras)
    return [*headings, *(Heading(label, numeric=True, sortable=is_whole) for label in extras)]


def extra_cell(records: RecordList, entry: Entry, name: str) -> Cell:
    """What an entry adds to the number."""
    if name == "counted":
        return Cell("yes" if entry.counted else "no", numeric=True)
    value = getattr(entry, name)
    text = format_value(records.selection.column, value)
    if records.selection.records.how == "ratio":
        text = formatting.number(value, 0 if value is None or value == int(value) else 2)
    return Cell(text, numeric=True, sort=sort_key(value))


def record_cells(
    records: RecordList, entries: Sequence[Entry], *, is_linked: bool, is_brief: bool = False
) -> list[list[Cell]]:
    """A row of cells for each entry."""
    columns = record_columns(records, is_brief=is_brief)
    return [
        [
            *(column.cell(entry.record, is_linked) for column in columns),
            *(extra_cell(records, entry, name) for name in records.extras),
        ]
        for entry in entries
    ]
