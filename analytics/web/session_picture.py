"""The picture of a session: its videos in order, with idle gaps, and the table of these."""

from typing import Any

from analytics import formatting
from analytics.figures import Legend
from analytics.figures.labels import value_label
from analytics.metrics.registry import METRICS
from analytics.metrics.results import Row, number_in
from analytics.metrics.row_keys import COLUMN
from analytics.models import SECOND_US, Decision, Inactivity, Session, VideoView
from analytics.presentation.cells import Cell, Heading, body_html
from analytics.presentation.row_links import RowLinks
from analytics.presentation.tables import sort_key, swatch, video_link
from analytics.scope import Scope
from analytics.web.timeline import Timeline, TimelineIdle, TimelineVideo, draw_timeline

IDLE_COLUMNS = [Heading("Video"), Heading("Kind"), Heading("Length", numeric=True)]


def timeline_context(
    session: Session,
    summary: Row,
    views: list[VideoView],
    idle: list[Inactivity],
    scope: Scope,
) -> dict[str, Any]:
    """The drawing of a session, and the table of its idle intervals, which the drawing places."""
    timeline = draw_timeline(
        [timeline_video(view) for view in views],
        [timeline_interval(interval) for interval in idle],
        started=session.started_at,
        seconds=None if session.duration_us is None else session.duration_us / SECOND_US,
    )
    return {
        "timeline": timeline,
        "timeline_kinds": ["inactivity", "pause", "none", "other"],
        "timeline_legend": linked_legend(timeline_legend(summary, views, idle), scope),
        "timeline_label": timeline_label(session, summary, idle),
        "gaps_count": sum(1 for place in timeline.places if place is not None),
        "idle_columns": IDLE_COLUMNS,
        "idle_body": body_html(idle_rows(idle, timeline, len(views))),
        "idle_count": len(idle),
    }


def anchor(view: VideoView) -> str:
    """The id of a view's row in the table of videos."""
    return f"video-{view.position + 1}"


def view_words(view: VideoView) -> str:
    """What the picture says of a view: ``12: vid-7, Rejected, Completed, Muted, 1.5×``."""
    speeds = [formatting.speed(speed.value) for speed in view.speeds.all()]
    parts = (
        view.video.public_id if view.video else "unknown video",
        value_label("decision", view.decision),
        value_label("status", view.status),
        value_label("sound", view.sound),
        ", ".join(speeds),
        view.queue or "",
        view.reason or "",
    )
    return f"{view.position + 1}: {', '.join(filter(None, parts))}"


def timeline_video(view: VideoView) -> TimelineVideo:
    """What the picture needs of a view."""
    speeds = list(view.speeds.all())
    times = [speed.chosen_at for speed in speeds if speed.chosen_at is not None]
    return TimelineVideo(
        decision=view.decision,
        muted=view.sound == "muted",
        speeds=[speed.value for speed in speeds],
        speed_chosen_at=min(times, default=None),
        words=view_words(view),
        href=video_link(view.video.public_id) if view.video else f"#{anchor(view)}",
    )


def timeline_interval(interval: Inactivity) -> TimelineIdle:
    """What the picture needs of an idle interval."""
    seconds = None if interval.duration_us is None else interval.duration_us / SECOND_US
    return TimelineIdle(interval.kind, seconds, interval.started_at)


def timeline_legend(summary: Row, views: list[VideoView], idle: list[Inactivity]) -> Legend:
    """The legend of the picture, with counts."""
    decided = count_in(summary, "accepted") + count_in(summary, "rejected")
    entries = [
        ("accepted", "Accepted", formatting.count(count_in(summary, "accepted"))),
        ("rejected", "Rejected", formatting.count(count_in(summary, "rejected"))),
        ("none", "No decision", formatting.count(count_in(summary, "videos") - decided)),
    ]
    lengths: dict[str, int] = {}
    for interval in idle:
        lengths[interval.kind] = lengths.get(interval.kind, 0) + (interval.duration_us or 0)
    entries += [
        (swatch("idle", kind), value_label("kind", kind), formatting.duration(us / SECOND_US))
        for kind, us in sorted(lengths.items())
        if us
    ]
    muted = sum(1 for view in views if view.sound == "muted")
    return [*entries, ("muted", "Muted", formatting.count(muted))]


def linked_legend(legend: Legend, scope: Scope) -> list[tuple[str, ...]]:
    """The legend of the picture with the addresses of the decisions' records."""
    links = RowLinks(METRICS["decisions"], scope)
    decisions = {decision.value for decision in Decision}
    return [
        (*entry[:3], links.address({"decision": entry[0], COLUMN: "videos"}))
        if entry[0] in decisions
        else entry[:3]
        for entry in legend
    ]


def timeline_label(session: Session, summary: Row, idle: list[Inactivity]) -> str:
    """The picture in words, for those who do not see it."""
    return (
        f"{formatting.plural(count_in(summary, 'videos'), 'video')} in order: "
        f"{count_in(summary, 'accepted')} accepted, {count_in(summary, 'rejected')} rejected; "
        f"{formatting.plural(len(idle), 'idle interval')}. The tables below list them."
    )


def idle_rows(idle: list[Inactivity], timeline: Timeline, count: int) -> list[list[Cell]]:
    """The rows of the idle intervals, each with its place in the timeline, if known."""
    rows: list[list[Cell]] = []
    for interval, place in zip(idle, timeline.places, strict=True):
        position = formatting.MISSING
        if place is not None:
            position = "after the last" if place > count else f"before {place}"
        seconds = None if interval.duration_us is None else interval.duration_us / SECOND_US
        rows.append(
            [
                Cell(position, sort=str(count + 2 if place is None else place)),
                Cell(value_label("kind", interval.kind), swatch=swatch("idle", interval.kind)),
                Cell(formatting.duration(seconds), numeric=True, sort=sort_key(seconds)),
            ]
        )
    return rows


def count_in(row: Row, name: str) -> int:
    """A count of a row; 0 where it is missing."""
    return int(number_in(row, name) or 0)
