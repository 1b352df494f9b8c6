"""The metrics of group ``review`` by session, speed, queue and moderator."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from operator import itemgetter
from typing import Any

from django.db.models import BigIntegerField, F, Func, Q, Value
from django.db.models.functions import Cast

from analytics.metrics import drawing
from analytics.metrics.columns import (
    ACCEPTED,
    ACTIVE_QUEUES,
    ASSIGNMENTS,
    COMPLETION_RATE,
    DAY,
    HANDLE,
    ITEMS,
    MODERATOR,
    QUEUE,
    REJECT_HIGH,
    REJECT_LOW,
    REJECT_RATE,
    REJECTED,
    SESSION,
    SESSIONS,
    STARTED,
    TIMED_SESSIONS,
    UNIQUE,
    VIDEOS,
    active_seconds,
    counter,
    seconds_of,
)
from analytics.metrics.formulas import ratio
from analytics.metrics.grains import Step
from analytics.metrics.moderator_rows import moderator_rows
from analytics.metrics.notes import count_note, unknown_video_note
from analytics.metrics.rate_intervals import design_effect_note, people_design_effect
from analytics.metrics.records import (
    QUEUES,
    SPEEDS,
    Count,
    Distinct,
    Key,
    Mean,
    Part,
    Ratio,
    RowValues,
    Sum,
)
from analytics.metrics.records import SESSIONS as SESSION_RECORDS
from analytics.metrics.registry import metric
from analytics.metrics.results import Column, Result, Row
from analytics.metrics.row_keys import step_keys
from analytics.metrics.seen_values import seen_values
from analytics.metrics.step_counters import step_counters
from analytics.models import QueueAssignment, Subject
from analytics.scope import Scope
from analytics.summaries.counters import CounterRow
from analytics.summaries.kept_rollups import made_anew
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot

CHOSEN_SPEEDS = Part(counter=counter("speed_changes"))
HOUR_SECONDS = 3600
NO_ITEMS = Value(None, BigIntegerField())


@metric(
    title="Unique videos",
    group="review",
    counted="videos",
    drawing=drawing.KpiStrip(span=4),
    columns=(UNIQUE,),
)
def unique_videos(scope: Scope) -> Result:
    """How many different videos were seen, each counted once, by its id."""
    with snapshot():
        summaries = read_summaries(scope)
        row: Row = {"unique_videos": summaries.unique_videos}
        return Result([row], notes=unknown_video_note(summaries), n=summaries.totals["videos"])


def unique_videos_by_day(scope: Scope) -> Result:
    """The unique videos per session, condensed by day."""
    with snapshot():
        summaries = read_summaries(scope)
        rows: list[Row] = summaries.made_of_days(
            "unique videos by day", lambda day, row: {"day": day, **unique_values(row)}
        )
        return Result(rows, n=summaries.totals["sessions"])


def unique_values(row: CounterRow) -> Row:
    """The mean, the least and the most unique videos of some sessions."""
    return {
        "sessions": row["sessions"],
        "mean": ratio(row["unique_sum"], row["sessions"]),
        "low": row["unique_low"],
        "high": row["unique_high"],
    }


def unique_videos_by_step(scope: Scope, steps: Sequence[Step]) -> list[Row | None]:
    """The unique videos per session of each step."""
    return [
        None
        if counters is None
        else {**step_keys(step), "day": step.first, **unique_values(counters)}
        for step, counters in zip(steps, step_counters(scope, steps), strict=True)
    ]


@metric(
    title="Unique videos per session",
    group="review",
    counted="sessions",
    drawing=drawing.SessionLine(time="started_at", value="unique_videos"),
    columns=(SESSION, MODERATOR, STARTED, UNIQUE),
    names_people=True,
    condensed=unique_videos_by_day,
    by_step=unique_videos_by_step,
)
def unique_videos_per_session(scope: Scope) -> Result:
    """How many different videos each session showed, in order of time."""
    with snapshot():
        sessions = read_summaries(scope).session_rows
    rows: list[Row] = [
        {
            "session": row["public_id"],
            "moderator": row["username"],
            "started_at": row["started_at"],
            "unique_videos": row["unique_videos"],
        }
        for row in sessions
    ]
    return Result(rows, n=len(rows))


@metric(
    title="Playback speeds chosen",
    group="review",
    counted="changes",
    drawing=drawing.Bars(label="speed", value="changes"),
    columns=(
        Column(
            "speed",
            "Speed",
            "number",
            "×",
            key=Key(
                lambda row: Part(
                    Q(value=row["speed"]), values=Q(subject=Subject.SPEED, number=row["speed"])
                )
            ),
        ),
        Column("changes", "Times chosen", "integer", "changes", Count(SPEEDS, CHOSEN_SPEEDS)),
    ),
)
def playback_speeds(scope: Scope) -> Result:
    """How often each playback speed was chosen; 1 is the normal speed."""
    with snapshot():
        counts = read_summaries(scope).values.get("speed", {})
    rows: list[Row] = [
        {"speed": speed, "changes": n} for (_, speed), (n, _amount) in sorted(counts.items())
    ]
    return Result(rows, n=sum(n for n, _amount in counts.values()))


def average_speed_by_day(scope: Scope) -> Result:
    """The average speed per session, condensed by day: the mean of the sessions' means."""
    with snapshot():
        by_day = read_summaries(scope).by_day
    rows: list[Row] = [
        {"day": day, **speed_values(row)} for day, row in by_day.items() if row["speed_sessions"]
    ]
    n = sum(row["speed_sessions"] for row in by_day.values())
    sessions = sum(row["sessions"] for row in by_day.values())
    return Result(rows, notes=without_speed_note(sessions - n), n=n)


def without_speed_note(sessions: int) -> list[str]:
    """How many sessions have no average."""
    return count_note(sessions, "session chose no speed", "sessions chose no speed")


def speed_values(row: CounterRow) -> Row:
    """The mean, the lowest and the highest of the average speeds of some sessions."""
    return {
        "sessions": row["speed_sessions"],
        "mean": ratio(row["speed_mean_sum"], row["speed_sessions"]),
        "low": row["speed_mean_low"],
        "high": row["speed_mean_high"],
    }


def average_speed_by_step(scope: Scope, steps: Sequence[Step]) -> list[Row | None]:
    """The average speed per session of each step: the mean of its sessions' means."""
    return [
        {**step_keys(step), "day": step.first, **speed_values(counters)}
        if counters is not None and counters["speed_sessions"]
        else None
        for step, counters in zip(steps, step_counters(scope, steps), strict=True)
    ]


@metric(
    title="Average playback speed per session",
    group="review",
    counted="sessions",
    drawing=drawing.SessionLine(time="started_at", value="average_speed", reference=1),
    columns=(
        SESSION,
        MODERATOR,
        STARTED,
        Column(
            "average_speed",
            "Average speed",
            "number",
            "×",
            Mean(SPEEDS, CHOSEN_SPEEDS, amount="value"),
        ),
    ),
    names_people=True,
    condensed=average_speed_by_day,
    by_step=average_speed_by_step,
)
def playback_speed_per_session(scope: Scope) -> Result:
    """The mean of the playback speeds chosen in each session that chose any, in order of time.

    Each choice counts once, however long it was kept.
    """
    with snapshot():
        summaries = read_summaries(scope)
        sessions = summaries.session_rows
    rows: list[Row] = [
        {
            "session": row["public_id"],
            "moderator": row["username"],
            "started_at": row["started_at"],
            "average_speed": row["speed_sum"] / row["speed_changes"],
        }
        for row in sessions
        if row["speed_changes"]
    ]
    return Result(rows, notes=without_speed_note(len(sessions) - len(rows)), n=len(rows))


@metric(
    title="Items by queue",
    group="review",
    counted="items",
    drawing=drawing.Bars(label="queue", value="items", horizontal=True, span=6),
    columns=(QUEUE, ASSIGNMENTS, ITEMS),
    summary=(
        ASSIGNMENTS,
        ITEMS,
        Column("queues", "Queues", "integer", "queues", Distinct(QUEUES, ACTIVE_QUEUES)),
    ),
)
def queues(scope: Scope) -> Result:
    """The active queues that sessions worked on.

    An assignment is one session's queue; items are its count, where it is known.
    """
    with snapshot():
        counts = read_summaries(scope).values.get("queue", {})
    largest_first = sorted((-items, queue, n) for (queue, _), (n, items) in counts.items())
    rows: list[Row] = [
        {"queue": queue, "assignments": n, "items": -items} for items, queue, n in largest_first
    ]
    summary: Row = {
        "assignments": sum(n for n, _items in counts.values()),
        "items": sum(items for _n, items in counts.values()),
        "queues": len(rows),
    }
    return Result(rows, summary, n=sum(items for _n, items in counts.values()))


def assignments_with_subqueue(row: RowValues) -> Part:
    """The assignments that have a subqueue; for a row without one, those that have none."""
    name = row["subqueue"]
    if name is None:
        return Part(Q(subqueues={}), annotations={"subqueue_items": NO_ITEMS})
    items = Func(F("subqueues"), Value(name), function="jsonb_extract_path_text")
    return Part(
        Q(subqueues__has_key=name), annotations={"subqueue_items": Cast(items, BigIntegerField())}
    )


@metric(
    title="Queue details",
    group="review",
    counted="items",
    drawing=drawing.Table(bars=("items", "subqueue_items"), span=6),
    columns=(
        QUEUE,
        ITEMS,
        Column(
            "subqueue",
            "Subqueue",
            "text",
            key=Key(assignments_with_subqueue, null_label="no subqueue"),
        ),
        Column(
            "subqueue_items",
            "Subqueue items",
            "integer",
            "items",
            Sum(QUEUES, ACTIVE_QUEUES, amount="subqueue_items", needs_key=True),
        ),
    ),
    needs=("session",),
)
def queue_details(scope: Scope) -> Result:
    """The active queues of one session with the items of their subqueues."""
    with snapshot():
        active = scope.queues().filter(active=True)
        active_queues = list(active)
    rows: list[Row] = []
    for queue in sorted(active_queues, key=queue_order):
        whole: Row = {"queue": queue.name, "items": queue.item_count}
        subqueues: list[tuple[str | None, Any]] = sorted(queue.subqueues.items())
        for name, items in subqueues or [(None, None)]:
            rows.append({**whole, "subqueue": name, "subqueue_items": items})
    return Result(rows, n=sum(queue.item_count or 0 for queue in active_queues))


def queue_order(queue: QueueAssignment) -> tuple[int, str, int]:
    """The order of a session's queues: most items first, then by name."""
    return (-(queue.item_count or 0), queue.name, queue.position)


@metric(
    title="Queues by day",
    group="review",
    counted="items",
    drawing=drawing.SmallMultiples(time="day", value="items", series="queue", n="assignments"),
    columns=(DAY, QUEUE, ASSIGNMENTS, ITEMS),
)
def queue_by_day(scope: Scope) -> Result:
    """The active queues of each day, where there are any, by the day the session started."""
    with snapshot():
        rows: list[Row] = read_summaries(scope).queue_rows
        seen = seen_values(Subject.QUEUE)
    return Result(rows, n=sum(map(itemgetter("items"), rows)), seen=seen)


@metric(
    title="Moderators",
    group="review",
    counted="moderators",
    drawing=drawing.Table(
        bars=("sessions", "reject_rate", "completion_rate", "occupancy"), span=12
    ),
    columns=(
        MODERATOR,
        SESSIONS,
        VIDEOS,
        ACCEPTED,
        REJECTED,
        REJECT_RATE,
        REJECT_LOW,
        REJECT_HIGH,
        COMPLETION_RATE,
        HANDLE,
        Column(
            "throughput_per_hour",
            "Throughput",
            "number",
            "decided an active hour",
            Ratio(
                SESSION_RECORDS,
                TIMED_SESSIONS,
                amount=counter("timed_decided"),
                weight=active_seconds,
                unit=HOUR_SECONDS,
                amount_label="Decided videos",
                weight_label="Active seconds",
            ),
        ),
        Column(
            "occupancy",
            "Occupancy",
            "share",
            "of the logged time",
            Ratio(
                SESSION_RECORDS,
                TIMED_SESSIONS,
                amount=active_seconds,
                weight=seconds_of("logged_us"),
                amount_label="Active seconds",
                weight_label="Logged seconds",
            ),
        ),
    ),
    names_people=True,
)
def moderator_review(scope: Scope) -> Result:
    """What each moderator reviewed; by name, not a ranking.

    Reject rate: rejected over decided, with Wilson's 95 % interval for n / D decided videos,
    since those of one session are alike: D is how much more the rates of the sessions vary than
    those of independent videos would, one over everybody in the dates. Completion rate: completed
    over all videos. Handle time: active time over decided videos. Throughput: decided
    videos an active hour. Occupancy: active over logged time. Times are over the sessions of
    known duration.
    """
    everybody = replace(scope, moderator=None, session=None)
    with snapshot():
        summaries = read_summaries(scope)
        people = summaries.people
        effect = people_design_effect(read_summaries(everybody).people_rows)
        # By content, not by state: whatever they were made of last, what is equal is used again.
        name = ("moderators", summaries.whose, scope.start, scope.end)
        rows = made_anew(name, partial(moderator_rows, people, effect)).rows
    return Result(rows, notes=[design_effect_note(effect)] if rows else [], n=len(rows))
