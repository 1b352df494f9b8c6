"""The records behind a number as a table for people: a list of columns for each kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils import timezone

from analytics import formatting
from analytics.figures.labels import format_value, value_label
from analytics.metrics.records import Ratio
from analytics.models import SECOND_US, VideoView
from analytics.presentation.cells import Cell, Heading
from analytics.presentation.tables import SWATCHES, session_link, swatch, video_link
from analytics.rows.lists import Entry, RecordList
from analytics.rows.things import ThingList


@dataclass(frozen=True)
class RecordColumn:
    """A column: its heading, and the cell of a record; ``is_linked``: names lead to people.

    ``is_detail``: for the page only, not for the narrow panel.
    """

    label: str
    cell: Callable[[Any, bool], Cell]
    numeric: bool = False
    is_detail: bool = False


def detail(column: RecordColumn) -> RecordColumn:
    """A column for the page only."""
    return replace(column, is_detail=True)


def text(label: str, value: Callable[[Any], str | None]) -> RecordColumn:
    """A column of texts; unknown is a dash."""
    return RecordColumn(label, lambda record, _: Cell(value(record) or formatting.MISSING))


def number(label: str, value: Callable[[Any], str]) -> RecordColumn:
    """A column of numbers, written out."""
    return RecordColumn(label, lambda record, _: Cell(value(record), numeric=True), numeric=True)


def moment(label: str, value: Callable[[Any], Any]) -> RecordColumn:
    """A column of times."""
    return text(
        label,
        lambda record: formatting.short_moment(value(record), timezone.get_default_timezone()),
    )


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


def seconds_long(us: int | None) -> str:
    """A length of microseconds in words; unknown is a dash."""
    return formatting.MISSING if us is None else formatting.duration(us / SECOND_US)


def last_speed(view: VideoView) -> str:
    """The playback speed that was chosen last."""
    speeds = list(view.speeds.all())
    return formatting.speed(speeds[-1].value) if speeds else formatting.MISSING


#: The columns of each kind of records.
COLUMNS: Mapping[str, Sequence[RecordColumn]] = {
    "sessions": (
        session_column(lambda session: str(session.public_id)),
        moderator_column(lambda session: str(session.moderator.username)),
        moment("Started", lambda session: session.started_at),
        number("Length", lambda session: seconds_long(session.duration_us)),
    ),
    "videos": (
        video_column(lambda view: view.video and view.video.public_id),
        moderator_column(lambda view: str(view.session.moderator.username)),
        moment("Seen", lambda view: view.started_at or view.session.started_at),
        detail(session_column(lambda view: str(view.session.public_id))),
        text("Queue", lambda view: view.queue),
        detail(text("Reason", lambda view: view.reason)),
        detail(colored("Decision", "decision", lambda view: str(view.decision))),
        detail(colored("Watched", "status", lambda view: str(view.status))),
        detail(colored("Sound", "sound", lambda view: str(view.sound))),
        detail(number("Speed", last_speed)),
    ),
    "inactivity": (
        colored("Kind", "kind", lambda gap: str(gap.kind)),
        moderator_column(lambda gap: str(gap.session.moderator.username)),
        moment("Began", lambda gap: gap.started_at),
        detail(session_column(lambda gap: str(gap.session.public_id))),
        detail(moment("Session began", lambda gap: gap.session.started_at)),
        number("Length", lambda gap: seconds_long(gap.duration_us)),
    ),
    "queues": (
        text("Queue", lambda queue: queue.name),
        moderator_column(lambda queue: str(queue.session.moderator.username)),
        session_column(lambda queue: str(queue.session.public_id)),
        moment("Session began", lambda queue: queue.session.started_at),
        number("Items", lambda queue: formatting.count(queue.item_count)),
    ),
    "speeds": (
        video_column(lambda speed: speed.view.video and speed.view.video.public_id),
        moderator_column(lambda speed: str(speed.view.session.moderator.username)),
        moment("Chosen", lambda speed: speed.chosen_at),
        detail(session_column(lambda speed: str(speed.view.session.public_id))),
        detail(moment("Session began", lambda speed: speed.view.session.started_at)),
        number("Speed", lambda speed: formatting.speed(speed.value)),
    ),
    "user-activity": (
        text("Chat session", lambda chat: chat.session_id),
        detail(text("User", lambda chat: chat.user_id)),
        text("Day", lambda chat: formatting.day(chat.date)),
        number("Length", lambda chat: formatting.minutes(chat.length_minutes)),
        number("Messages", lambda chat: formatting.count(chat.messages_sent)),
        number("Rating", lambda chat: formatting.count(chat.feedback_rating)),
        detail(number("Resources clicked", lambda chat: formatting.count(chat.resources_clicked))),
    ),
    "recommendations": (
        text("Recommendation", lambda row: row.recommendation_id),
        detail(text("User", lambda row: row.user_id)),
        text("Day", lambda row: formatting.day(row.date)),
        text("Type", lambda row: row.recommendation_type),
        number("Click-through rate", lambda row: formatting.share(row.click_through_rate)),
        detail(number("Feedback", lambda row: formatting.number(row.feedback_score))),
    ),
    "moderator-performance": (
        moderator_column(lambda row: str(row.moderator.username)),
        text("Day", lambda row: formatting.day(row.date)),
        number("Sessions moderated", lambda row: formatting.count(row.sessions_moderated)),
        number("Response time", lambda row: formatting.minutes(row.average_response_time)),
        number("Satisfaction", lambda row: formatting.number(row.satisfaction_score, 2)),
    ),
    "moderators": (moderator_column(lambda person: str(person.username)),),
}
#: The columns of things, by the names of their fields.
THING_COLUMNS: Mapping[str, RecordColumn] = {
    "videoId": video_column(lambda thing: thing["videoId"]),
    "queue": text("Queue", lambda thing: thing["queue"]),
    "views": number("Views", lambda thing: formatting.count(thing["views"])),
    "sessions": number("Sessions", lambda thing: formatting.count(thing["sessions"])),
    "moderators": number("Moderators", lambda thing: formatting.count(thing["moderators"])),
    "assignments": number("Assignments", lambda thing: formatting.count(thing["assignments"])),
    "items": number("Items", lambda thing: formatting.count(thing["items"])),
}


def record_columns(records: RecordList, *, is_brief: bool = False) -> Sequence[RecordColumn]:
    """The columns of a list's kind; ``is_brief``: those for the panel."""
    if isinstance(records, ThingList):
        return [THING_COLUMNS[name] for name in records.columns]
    columns = COLUMNS[records.kind.name]
    return [column for column in columns if not (is_brief and column.is_detail)]


def record_headings(records: RecordList, *, is_brief: bool = False) -> list[Heading]:
    """The headings of the table: the record's, then those of what it adds to the number."""
    selection = records.selection
    headings = [
        Heading(column.label, column.numeric, sortable=False)
        for column in record_columns(records, is_brief=is_brief)
    ]
    labels = {"counted": "Counted", "amount": selection.column.label}
    if isinstance(selection.records, Ratio):
        labels = {
            "amount": selection.records.amount_label,
            "weight": selection.records.weight_label,
        }
    extras = (labels[name] for name in records.extras)
    return [*headings, *(Heading(label, numeric=True, sortable=False) for label in extras)]


def extra_text(records: RecordList, entry: Entry, name: str) -> str:
    """What an entry adds to the number, as people read it."""
    if name == "counted":
        return "yes" if entry.counted else "no"
    value = getattr(entry, name)
    if records.selection.records.how == "ratio":
        return formatting.number(value, 0 if value is None or value == int(value) else 2)
    return format_value(records.selection.column, value)


def record_cells(
    records: RecordList, entries: Sequence[Entry], *, is_linked: bool, is_brief: bool = False
) -> list[list[Cell]]:
    """A row of cells for each entry."""
    columns = record_columns(records, is_brief=is_brief)
    return [
        [
            *(column.cell(entry.record, is_linked) for column in columns),
            *(Cell(extra_text(records, entry, name), numeric=True) for name in records.extras),
        ]
        for entry in entries
    ]
