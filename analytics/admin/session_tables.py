"""The tables on a session's page: its views, idle intervals and queues, a few queries in all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.safestring import SafeString

from analytics import formatting
from analytics.admin.formatting import admin_link, keys, length, listed, pill, speeds, yes_or_no
from analytics.imports.sessions.fields import Field
from analytics.models import (
    Decision,
    Inactivity,
    QueueAssignment,
    Session,
    VideoView,
    ViewStatus,
)
from analytics.presentation.video_fields import PLAIN_FIELDS

Row = TypeVar("Row", bound=Model)

#: Rows shown of each table; the list of the kind has them all.
MAX_ROWS = 100


@dataclass(frozen=True)
class Table:
    """One kind of thing that happened in a session."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    total: int
    every: str
    """The address of the list of all of them."""

    @property
    def more(self) -> bool:
        """Whether the page does not show all of them."""
        return self.total > len(self.rows)


def view_cells(view: VideoView) -> tuple[Any, ...]:
    """What is shown of a view."""
    return (
        admin_link(view, str(view.position + 1)),
        formatting.MISSING if view.video is None else admin_link(view.video),
        status_word(view),
        decision_mark(view),
        view.get_sound_display(),
        speeds([speed.value for speed in view.speeds.all()]),
        keys(view.keys),
        formatting.seconds(view.loop_time),
        *(plain_value(view, field) for field in PLAIN_FIELDS),
    )


def plain_value(view: VideoView, field: Field) -> Any:
    """What is shown of a field that has no column of its own making."""
    value = getattr(view, field.attribute)
    return formatting.MISSING if value is None else value


def decision_mark(view: VideoView) -> SafeString:
    """What the keys decided, as a mark."""
    return pill(Decision(view.decision).label)


def status_word(view: VideoView) -> str:
    """The status in words; one that the portal does not know as it was sent."""
    return dict(ViewStatus.choices).get(view.status, view.status)


def idle_cells(gap: Inactivity) -> tuple[Any, ...]:
    """What is shown of an idle interval."""
    return (
        admin_link(gap, str(gap.position + 1)),
        gap.kind,
        length(gap.duration_us),
        gap.started_at,
    )


def queue_cells(queue: QueueAssignment) -> tuple[Any, ...]:
    """What is shown of a queue assignment."""
    return (
        admin_link(queue, queue.name),
        formatting.count(queue.item_count),
        subqueue_words(queue),
        yes_or_no(queue.active),
    )


def subqueue_words(queue: QueueAssignment) -> str:
    """The subqueues with their items: ``high 3, low 9``."""
    parts = (f"{name} {count}" for name, count in queue.subqueues.items())
    return ", ".join(parts) or formatting.MISSING


def table(
    title: str,
    columns: Sequence[str],
    rows: QuerySet[Row],
    cells: Callable[[Row], tuple[Any, ...]],
    session: Session,
) -> Table:
    """The first rows of a session's table, and how many there are."""
    of_session = rows.filter(session=session).order_by("position")
    first_rows = list(of_session[: MAX_ROWS + 1])
    total = len(first_rows) if len(first_rows) <= MAX_ROWS else of_session.count()
    return Table(
        title=title,
        columns=columns,
        rows=[cells(row) for row in first_rows[:MAX_ROWS]],
        total=total,
        every=listed(rows.model, session=session.pk),
    )


def session_tables(session: Session) -> list[Table]:
    """What happened in a session, kind by kind."""
    return [
        table(
            "Views",
            (
                *("#", "Video", "Status", "Decision", "Sound", "Speeds", "Keys", "Loop time"),
                *(field.label for field in PLAIN_FIELDS),
            ),
            VideoView.objects.select_related("video").prefetch_related("speeds"),
            view_cells,
            session,
        ),
        table(
            "Inactivity",
            ("#", "Kind", "Length", "Started"),
            Inactivity.objects.all(),
            idle_cells,
            session,
        ),
        table(
            "Queues",
            ("Queue", "Items", "Subqueues", "Active"),
            QueueAssignment.objects.all(),
            queue_cells,
            session,
        ),
    ]
