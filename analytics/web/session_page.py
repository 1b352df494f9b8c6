"""One session: its timeline, its numbers, queues, idle intervals and views."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from analytics import formatting
from analytics.access import Viewer
from analytics.figures.labels import value_label
from analytics.imports.sessions.fields import Field
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Row
from analytics.metrics.row_keys import COLUMN, key_names
from analytics.models import (
    Inactivity,
    PlaybackSpeed,
    QueueAssignment,
    Session,
    VideoView,
)
from analytics.presentation import periods
from analytics.presentation.card_builder import FOLDED, FOLDS_FROM
from analytics.presentation.cells import Cell, Heading, body_html
from analytics.presentation.kpis import Footnote, RenderedKpi, column_value
from analytics.presentation.row_links import RowLinks, link_to_rows, passport_address
from analytics.presentation.session_table import length_label
from analytics.presentation.tables import sort_key, swatch, video_link
from analytics.presentation.video_fields import PLAIN_FIELDS
from analytics.scope import Scope, visible_session, visible_sessions
from analytics.viewer import viewer_of
from analytics.web.conditional import kept_page
from analytics.web.session_picture import anchor, count_in, timeline_context
from analytics.web.views import handle_scope_errors

MAX_VIEWS = 500

VIEW_COLUMNS = ("#", "Video", "Watched", "Decision", "Keys", "Speeds", "Sound", "Loops")
QUEUE_COLUMNS = ("Queue and subqueue", "Items")


@require_safe
@handle_scope_errors
@kept_page
def session_page(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one session of those that the viewer may see."""
    viewer = viewer_of(request)
    session = visible_session(public_id, viewer)
    views = list(ordered_views(session))
    idle = list(session.inactivity.order_by("position"))
    scope = Scope(viewer, session.moderator, session)
    summary = METRICS["review-summary"](scope).rows[0]
    bounds = METRICS["moderator-review"](scope).rows
    context = {
        "title": session.public_id,
        "subtitle": subtitle(session),
        "as_of": periods.as_of(),
        "session": session,
        **links_context(session, viewer),
        "kpis": [
            with_rows(each, scope)
            for each in session_kpis(session, summary, views, idle, bounds[0] if bounds else {})
        ],
        **timeline_context(session, summary, views, idle, scope),
        **videos_context(views),
        **queues_context(session, scope),
    }
    return render(request, "portal/session.html", context)


def links_context(session: Session, viewer: Viewer) -> dict[str, str]:
    """The addresses that a session's page leads to."""
    neighbours = visible_sessions(viewer).filter(moderator=session.moderator)
    query = urlencode({"moderator": session.moderator.username, "session": session.public_id})
    return {
        "previous": neighbour(neighbours, session, forwards=False),
        "next": neighbour(neighbours, session, forwards=True),
        "csv_url": f"{reverse('portal:videos-csv')}?{query}",
        "review_url": f"{reverse('portal:review')}?{query}",
        "person_url": reverse("portal:person", args=[session.moderator.username]),
    }


def queues_context(session: Session, scope: Scope) -> dict[str, Any]:
    """The table of the queues that were active."""
    queues = list(session.queues.filter(active=True).order_by("position"))
    return {
        "queue_columns": headings(QUEUE_COLUMNS, numeric=("Items",)),
        "queue_body": body_html(queue_rows(queues, scope)),
        "queue_items": sum(queue.item_count or 0 for queue in queues),
    }


def videos_context(views: Sequence[VideoView]) -> dict[str, Any]:
    """The table of videos: the first of them, folded, with what is left for the CSV."""
    fields = known_fields(views)
    count = min(len(views), MAX_VIEWS)
    return {
        "views_count": len(views),
        # Further columns need the page's whole width.
        "is_wide": bool(fields),
        "view_columns": headings(
            (*VIEW_COLUMNS, *(field.label for field in fields)), numeric=("Loops",)
        ),
        "view_body": body_html(view_row(view, fields) for view in views[:MAX_VIEWS]),
        "views_folded": f"{FOLDED} of {formatting.plural(count, 'video')}"
        if len(views) > FOLDS_FROM
        else "",
        "views_left": len(views) - count,
    }


def ordered_views(session: Session) -> QuerySet[VideoView]:
    """A session's views in order, with their videos and speeds."""
    speeds = Prefetch("speeds", PlaybackSpeed.objects.order_by("position"))
    return session.views.select_related("video").prefetch_related(speeds).order_by("position")


def subtitle(session: Session) -> str:
    """When a session was: ``Saturday 21 Nov 2026, 17:31–18:02 UTC``."""
    start = session.started_at
    hours = formatting.time_of_day(start)
    if session.ended_at is not None:
        hours = f"{hours}–{formatting.time_of_day(session.ended_at)}"
    day = formatting.long_day(formatting.local_day(start))
    when = f"{day}, {hours} {formatting.zone_name(start)}"
    ended = "" if session.ended_at is not None else " · open, without an end"
    return f"{when}{ended}"


def neighbour(sessions: QuerySet[Session], session: Session, *, forwards: bool) -> str:
    """The address of the moderator's session after, or before, this one; empty without one."""
    at, own_id = session.started_at, session.public_id
    if forwards:
        later = Q(started_at__gt=at) | Q(started_at=at, public_id__gt=own_id)
        near = sessions.filter(later).order_by("started_at", "public_id")
    else:
        earlier = Q(started_at__lt=at) | Q(started_at=at, public_id__lt=own_id)
        near = sessions.filter(earlier).order_by("-started_at", "-public_id")
    public_id = near.values_list("public_id", flat=True).first()
    return "" if public_id is None else reverse("portal:session", args=[public_id])


def session_kpis(
    session: Session,
    summary: Row,
    views: list[VideoView],
    idle: list[Inactivity],
    person: Row,
) -> list[RenderedKpi]:
    """The session's numbers, as a strip."""
    videos, unique = count_in(summary, "videos"), count_in(summary, "unique_videos")
    statuses = Counter(view.status for view in views)
    decided = count_in(summary, "accepted") + count_in(summary, "rejected")
    handle = column_value("handle_seconds")(summary)
    return [
        kpi("Length", length_label(session), start_and_end(session)),
        kpi(
            "Videos",
            formatting.count(videos),
            f"{formatting.count(unique)} unique",
            f"{statuses['completed']} completed, {statuses['partial']} partial",
        ),
        *decision_kpis(summary, person),
        kpi("Handle time", formatting.duration(handle), formatting.plural(decided, "decision")),
        idle_kpi(session, summary, idle),
    ]


def decision_kpis(summary: Row, person: Row) -> Iterator[RenderedKpi]:
    """What was accepted and rejected; the interval is that of the person's reject rate."""
    accepted, rejected = count_in(summary, "accepted"), count_in(summary, "rejected")
    decided = accepted + rejected
    undecided = count_in(summary, "videos") - decided
    low, high = column_value("reject_low")(person), column_value("reject_high")(person)
    interval = formatting.share_interval(low, high)
    yield kpi(
        "Accepted",
        formatting.count(accepted),
        f"{formatting.share(accepted / decided)} of {decided} decided" if decided else "",
    )
    yield kpi(
        "Rejected",
        formatting.count(rejected),
        f"{formatting.share(rejected / decided)} of {decided} decided" if decided else "",
        f"95 %: {interval} %" if decided and low is not None else "",
        f"{undecided} without a decision" if undecided > 0 else "",
    )


def idle_kpi(session: Session, summary: Row, idle: Sequence[Inactivity]) -> RenderedKpi:
    """How long the session was idle, and by which kinds most; unknown while it is open."""
    logged = column_value("logged_seconds")(summary)
    seconds = column_value("idle_seconds")(summary)
    kinds = Counter(interval.kind for interval in idle).most_common(3)
    return kpi(
        "Idle",
        formatting.MISSING if session.duration_us is None else formatting.duration(seconds),
        f"{formatting.share(seconds / logged)} of the session"
        if logged and seconds is not None
        else "",
        ", ".join(f"{n} {value_label('kind', kind).lower()}" for kind, n in kinds),
    )


#: The columns of the summary behind the session's numbers.
KPI_COLUMNS = {
    "Length": "logged_seconds",
    "Videos": "videos",
    "Accepted": "accepted",
    "Rejected": "rejected",
    "Handle time": "handle_seconds",
    "Idle": "idle_seconds",
}


def with_rows(figure: RenderedKpi, scope: Scope) -> RenderedKpi:
    """A number with the address of the records behind it."""
    column = KPI_COLUMNS.get(figure.label)
    if column is None or figure.value == formatting.MISSING:
        return figure
    opened = link_to_rows("review-summary", column, scope)
    return replace(figure, rows_url=opened, passport_url=passport_address(opened))


def kpi(label: str, text: str, *footnotes: str) -> RenderedKpi:
    """A figure without a comparison."""
    value, _, unit = text.partition(formatting.NBSP)
    notes = [Footnote(note) for note in footnotes if note]
    return RenderedKpi(label, value, unit.replace(formatting.NBSP, " "), footnotes=notes)


def start_and_end(session: Session) -> str:
    """When a session began and ended: ``17:31 → 18:02 UTC``."""
    end = "open" if session.ended_at is None else formatting.time_of_day(session.ended_at)
    start = session.started_at
    return f"{formatting.time_of_day(start)} → {end} {formatting.zone_name(start)}"


def headings(labels: tuple[str, ...], *, numeric: tuple[str, ...]) -> list[Heading]:
    """A table's headings."""
    return [Heading(label, label in numeric, barred=label == "Items") for label in labels]


def known_fields(views: Sequence[VideoView]) -> list[Field]:
    """The plain fields that any of the views has a value of."""
    return [
        field
        for field in PLAIN_FIELDS
        if any(getattr(view, field.attribute) is not None for view in views)
    ]


def view_row(view: VideoView, fields: Sequence[Field]) -> list[Cell]:
    """The row of a view; ``fields`` come last, as they are."""
    speeds = [formatting.speed(speed.value) for speed in view.speeds.all()]
    loops = formatting.MISSING if view.loop_time is None else formatting.as_given(view.loop_time)
    return [
        Cell(str(view.position + 1), sort=sort_key(view.position), anchor=anchor(view)),
        Cell(view.video.public_id, href=video_link(view.video.public_id))
        if view.video
        else Cell(formatting.MISSING),
        Cell(value_label("status", view.status), swatch=swatch("status", view.status)),
        Cell(
            value_label("decision", view.decision),
            swatch=swatch("decision", view.decision),
            pill=True,
        ),
        Cell(" ".join(view.keys) or formatting.MISSING),
        Cell(", ".join(speeds) or formatting.MISSING),
        Cell(value_label("sound", view.sound)),
        Cell(loops, numeric=True, sort=sort_key(view.loop_time)),
        *(plain_cell(field, view) for field in fields),
    ]


def plain_cell(field: Field, view: VideoView) -> Cell:
    """The cell of a field that has no drawing of its own."""
    value = getattr(view, field.attribute)
    if isinstance(value, datetime):
        return Cell(formatting.time_of_day(value), sort=value.isoformat())
    if value is None and field.attribute in key_names():
        return Cell(formatting.UNKNOWN, sort="")
    return Cell(formatting.MISSING if value is None else str(value))


def queue_rows(queues: list[QueueAssignment], scope: Scope) -> list[list[Cell]]:
    """The rows of the active queues, most items first, each with its subqueues."""
    rows: list[list[Cell]] = []
    queue_links = RowLinks(METRICS["queues"], scope)
    subqueue_links = RowLinks(METRICS["queue-details"], scope)
    counts = [queue.item_count or 0 for queue in queues]
    counts += [int(n or 0) for queue in queues for n in queue.subqueues.values()]
    max_items = max(counts, default=0) or 1
    for queue in sorted(queues, key=lambda queue: (-(queue.item_count or 0), queue.name)):
        opened = queue_links.address({"queue": queue.name, COLUMN: "items"})
        rows.append([Cell(queue.name), items_cell(queue.item_count, max_items, opened)])
        for name, n in sorted(queue.subqueues.items()):
            params = {"queue": queue.name, "subqueue": name, COLUMN: "subqueue_items"}
            opened = subqueue_links.address(params)
            rows.append([Cell(name, indent=True), items_cell(n, max_items, opened)])
    return rows


def items_cell(n: int | None, max_items: int, opened: str) -> Cell:
    """A number of items with its bar; ``opened`` is the address of what it is made of."""
    return Cell(
        formatting.count(n),
        numeric=True,
        barred=True,
        bar=(n or 0) / max_items,
        href=opened if n is not None else "",
        opens=True,
    )
