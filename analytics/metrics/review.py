"""The metrics of group ``review``: what was done in the review tool.

Everything is computed from the summaries of a scope (``analytics.summaries.reading``): sums over
sums, never averages of averages. Durations are summed as whole microseconds and given in seconds.
Terms and formulas: docs/metrics.md.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q

from analytics.metrics import drawing
from analytics.metrics.columns import (
    ACCEPTED,
    ACTIVE,
    DAY,
    HANDLE,
    LENGTH_BUCKETS,
    LENGTH_LIMITS,
    MODERATORS,
    NO_DECISION,
    REJECT_RATE,
    REJECTED,
    SESSIONS,
    SHARE,
    TIMED_SESSIONS,
    UNIQUE,
    VIDEOS,
    seconds_of,
    views_decided,
)
from analytics.metrics.formulas import handle_seconds, ratio, seconds
from analytics.metrics.grains import Step
from analytics.metrics.notes import (
    count_note,
    unknown_duration_note,
    unknown_video_note,
)
from analytics.metrics.ratios import RATIOS
from analytics.metrics.records import SESSIONS as SESSION_RECORDS
from analytics.metrics.records import VIDEOS as VIDEO_RECORDS
from analytics.metrics.records import (
    Count,
    Key,
    Part,
    Rate,
    Ratio,
    Sum,
)
from analytics.metrics.registry import metric
from analytics.metrics.results import Column, Result, Row
from analytics.metrics.row_keys import step_keys
from analytics.metrics.seen_values import seen_values
from analytics.metrics.step_counters import step_counters
from analytics.models import SECOND_US, Decision, Sound, Subject, ViewStatus
from analytics.scope import Scope
from analytics.summaries.counters import CounterRow
from analytics.summaries.reading import SummaryReader, read_summaries
from analytics.summaries.snapshots import snapshot

#: Ratios by step that are no columns of ``review_by_day``.
DRAWN_ALONE = ("completion_rate", "idle_share")


@metric(
    title="Review activity",
    group="review",
    counted="sessions",
    drawing=drawing.KpiStrip(),
    columns=(
        SESSIONS,
        MODERATORS,
        VIDEOS,
        UNIQUE,
        ACCEPTED,
        REJECTED,
        Column(
            "logged_seconds",
            "Logged time",
            "seconds",
            "s",
            Sum(SESSION_RECORDS, TIMED_SESSIONS, amount=seconds_of("logged_us")),
        ),
        Column(
            "idle_seconds",
            "Idle time",
            "seconds",
            "s",
            Sum(SESSION_RECORDS, TIMED_SESSIONS, amount=seconds_of("idle_us")),
        ),
        ACTIVE,
        HANDLE,
    ),
    summary=(
        Column(
            "idle_share",
            "Idle share",
            "share",
            "of the logged time",
            Ratio(
                SESSION_RECORDS,
                TIMED_SESSIONS,
                amount=seconds_of("idle_us"),
                weight=seconds_of("logged_us"),
                amount_label="Idle seconds",
                weight_label="Logged seconds",
            ),
        ),
    ),
)
def review_summary(scope: Scope) -> Result:
    """What was reviewed, and how long it took.

    Videos are views: a video seen twice counts twice; unique videos counts it once. Logged time
    is the sum of the durations D of the sessions whose duration is known. Idle time of a session
    is the union of its placed idle intervals, clipped to the session, plus the sum of the
    unplaced ones, at most D. Idle share is idle over logged time. Active time is logged minus
    idle time. Average handle time (AHT) is the active time over the decided videos of the same
    sessions.
    """
    with snapshot():
        summaries = read_summaries(scope)
        total = summaries.totals
        active_us = total["logged_us"] - total["idle_us"]
        row: Row = {
            "sessions": total["sessions"],
            "moderators": summaries.moderators,
            "videos": total["videos"],
            "unique_videos": summaries.unique_videos,
            "accepted": total["accepted"],
            "rejected": total["rejected"],
            "logged_seconds": seconds(total["logged_us"]),
            "idle_seconds": seconds(total["idle_us"]),
            "active_seconds": seconds(active_us),
            "handle_seconds": handle_seconds(active_us, total["timed_decided"]),
        }
        notes = unknown_duration_note(summaries) + unknown_video_note(summaries)
    summary: Row = {"idle_share": ratio(total["idle_us"], total["logged_us"])}
    return Result([row], notes=notes, n=total["sessions"], summary=summary)


def review_by_step(scope: Scope, steps: Sequence[Step]) -> list[Row | None]:
    """What was reviewed in each step; with the ratios that its chart can show alone."""
    rows: list[Row | None] = []
    for step, counters in zip(steps, step_counters(scope, steps), strict=True):
        row = {**step_keys(step), **day_row(step.first, counters)}
        del row["moderators"]
        rows.append(row | {name: ratio_of(name, counters) for name in DRAWN_ALONE})
    return rows


def ratio_of(name: str, counters: CounterRow | None) -> float | None:
    """One of ``RATIOS`` of some counters; None over nothing."""
    if counters is None:
        return None
    whole, part = RATIOS[name].of_row(counters)
    return ratio(part, whole)


@metric(
    title="Videos by day",
    group="review",
    counted="videos",
    drawing=drawing.ColumnsAndLine(
        time="day",
        stack=("accepted", "rejected", "none"),
        total="videos",
        line="reject_rate",
        color_family="decision",
    ),
    columns=(
        DAY,
        SESSIONS,
        MODERATORS,
        VIDEOS,
        ACCEPTED,
        REJECTED,
        NO_DECISION,
        REJECT_RATE,
        ACTIVE,
        HANDLE,
    ),
    by_step=review_by_step,
)
def review_by_day(scope: Scope) -> Result:
    """What was reviewed on each day, by the day the session started.

    Reject rate: rejected over decided videos. Every day from the first to the last with a
    session has a row. Active and handle time as in the summary.
    """
    with snapshot():
        summaries = read_summaries(scope)
        rows = summaries.of_rollups("every day", lambda: rows_of_every_day(summaries))
        return Result(rows, n=summaries.totals["videos"])


def rows_of_every_day(summaries: SummaryReader) -> list[Row]:
    """A row for every day from the first to the last with a session."""
    rows = summaries.made_of_days("review by day", day_row)
    days = list(summaries.by_day)
    if not days:
        return []
    known = dict(zip(days, rows, strict=True))
    every_day = (days[0] + timedelta(days=at) for at in range((days[-1] - days[0]).days + 1))
    return [known.get(day) or day_row(day, None) for day in every_day]


def day_row(day: date, counters: CounterRow | None) -> Row:
    """A row of ``review_by_day``; ``counters`` is None for a day without sessions."""
    if counters is None:
        zeros = ("sessions", "moderators", "videos", "accepted", "rejected", "none")
        return {
            "day": day,
            **dict.fromkeys(zeros, 0),
            "reject_rate": None,
            "active_seconds": 0.0,
            "handle_seconds": None,
        }
    decided = counters["accepted"] + counters["rejected"]
    active_us = counters["logged_us"] - counters["idle_us"]
    return {
        "day": day,
        "sessions": counters["sessions"],
        "moderators": counters["moderators"],
        "videos": counters["videos"],
        "accepted": counters["accepted"],
        "rejected": counters["rejected"],
        "none": counters["videos"] - decided,
        "reject_rate": ratio(counters["rejected"], decided),
        "active_seconds": seconds(active_us),
        "handle_seconds": handle_seconds(active_us, counters["timed_decided"]),
    }


@metric(
    title="Decisions",
    group="review",
    counted="videos",
    drawing=drawing.Bars(label="decision", value="videos", share="share", color_family="decision"),
    columns=(
        Column(
            "decision",
            "Decision",
            "text",
            key=Key(lambda row: views_decided(Decision(row["decision"]))),
        ),
        VIDEOS,
        SHARE,
    ),
)
def decisions(scope: Scope) -> Result:
    """What was decided on the videos.

    Accepted: any key A was pressed. Else rejected: any key Q. Else no decision. A share is of
    all videos in scope.
    """
    with snapshot():
        total = read_summaries(scope).totals
    counts = {
        Decision.ACCEPTED: total["accepted"],
        Decision.REJECTED: total["rejected"],
        Decision.NONE: total["videos"] - total["accepted"] - total["rejected"],
    }
    rows: list[Row] = [
        {"decision": decision.value, "videos": n, "share": ratio(n, total["videos"])}
        for decision, n in counts.items()
    ]
    return Result(rows, n=total["videos"])


@metric(
    title="How far videos were watched",
    group="review",
    counted="videos",
    drawing=drawing.Pie(label="status", value="videos", color_family="status"),
    columns=(
        Column(
            "status",
            "Status",
            "text",
            key=Key(
                lambda row: Part(
                    Q(status=row["status"]), values=Q(subject=Subject.STATUS, value=row["status"])
                )
            ),
        ),
        VIDEOS,
        SHARE,
    ),
)
def video_status(scope: Scope) -> Result:
    """How far the videos were watched, as the review tool reports it.

    Case, spaces, underscores and hyphens make no difference among completed, partial and not
    started; any other text is a status of its own. Unknown: the tool said nothing. A share is
    of all videos in scope.
    """
    with snapshot():
        summaries = read_summaries(scope)
        counts = {
            value: n for (value, _), (n, _amount) in summaries.values.get("status", {}).items()
        }
        total = summaries.totals["videos"]
        seen = seen_values(Subject.STATUS)
    always = [ViewStatus.COMPLETED.value, ViewStatus.PARTIAL.value, ViewStatus.NOT_STARTED.value]
    unknown = ViewStatus.UNKNOWN.value
    others = sorted(status for status in counts if status not in (*always, unknown))
    last = [unknown] if counts.get(unknown) else []
    rows: list[Row] = [
        {
            "status": status,
            "videos": counts.get(status, 0),
            "share": ratio(counts.get(status, 0), total),
        }
        for status in (*always, *others, *last)
    ]
    return Result(rows, n=total, seen=seen)


def views_with_sound(*sounds: Sound, label: str = "") -> Part:
    """The views whose sound was one of these."""
    return Part(
        Q(sound__in=[sound.value for sound in sounds]),
        counter=lambda row: sum(sound_count(sound, row) for sound in sounds),
        label=label,
    )


def sound_count(sound: Sound, row: CounterRow) -> int:
    """How many views had this sound."""
    if sound == Sound.UNKNOWN:
        return int(row["videos"] - row["muted"] - row["unmuted"])
    return int(row[sound.value])


MUTED_VIEWS = views_with_sound(Sound.MUTED, label="muted videos")
KNOWN_SOUND = views_with_sound(Sound.MUTED, Sound.UNMUTED, label="videos whose sound is known")


@metric(
    title="Sound while watching",
    group="review",
    counted="videos",
    drawing=drawing.PieAndBars(label="sound", value="videos", share="share", color_family="sound"),
    columns=(
        Column(
            "sound", "Sound", "text", key=Key(lambda row: views_with_sound(Sound(row["sound"])))
        ),
        VIDEOS,
        Column(
            "share",
            "Share",
            "share",
            "of the known",
            Rate(VIDEO_RECORDS, KNOWN_SOUND, needs_key=True, label="with known sound"),
        ),
    ),
    summary=(
        Column("known", "Known", "integer", "videos", Count(VIDEO_RECORDS, KNOWN_SOUND)),
        Column("muted", "Muted", "integer", "videos", Count(VIDEO_RECORDS, MUTED_VIEWS)),
        Column(
            "unmuted",
            "Unmuted",
            "integer",
            "videos",
            Count(VIDEO_RECORDS, views_with_sound(Sound.UNMUTED, label="videos with sound")),
        ),
        Column(
            "muted_share",
            "Muted share",
            "share",
            "of the known",
            Rate(
                VIDEO_RECORDS,
                KNOWN_SOUND,
                counted=MUTED_VIEWS,
                counted_label="muted",
                label="with known sound",
            ),
        ),
    ),
)
def sound_status(scope: Scope) -> Result:
    """Whether the sound was on while the videos were watched.

    Shares are among the videos for which it is known; the unknown have none.
    """
    with snapshot():
        total = read_summaries(scope).totals
    muted, unmuted = total["muted"], total["unmuted"]
    known = muted + unmuted
    rows: list[Row] = [
        {"sound": Sound.MUTED.value, "videos": muted, "share": ratio(muted, known)},
        {"sound": Sound.UNMUTED.value, "videos": unmuted, "share": ratio(unmuted, known)},
    ]
    unknown = total["videos"] - known
    if unknown:
        rows.append({"sound": Sound.UNKNOWN.value, "videos": unknown, "share": None})
    summary: Row = {
        "known": known,
        "muted": muted,
        "unmuted": unmuted,
        "muted_share": ratio(muted, known),
    }
    notes = count_note(unknown, "video's sound is unknown", "videos' sound is unknown")
    return Result(rows, summary, notes, n=known)


def sessions_of_length(bucket: str) -> Part:
    """The sessions of a bucket of lengths: above its lower bound, up to its upper."""
    values = Q(subject=Subject.LENGTH, value=bucket)
    if bucket == "unknown":
        return Part(Q(duration_us__isnull=True), values=values)
    at = LENGTH_BUCKETS.index(bucket)
    condition = Q(duration_us__isnull=False)
    if at > 0:
        condition &= Q(duration_us__gt=LENGTH_LIMITS[at - 1] * SECOND_US)
    if at < len(LENGTH_LIMITS):
        condition &= Q(duration_us__lte=LENGTH_LIMITS[at] * SECOND_US)
    return Part(condition, values=values)


@metric(
    title="Session length",
    group="review",
    counted="sessions",
    drawing=drawing.Bars(label="bucket", value="sessions", span=6),
    columns=(
        Column("bucket", "Length", "text", key=Key(lambda row: sessions_of_length(row["bucket"]))),
        SESSIONS,
    ),
)
def session_duration(scope: Scope) -> Result:
    """How long the sessions were.

    Upper bounds belong to the bucket: 30 s is in 0-30s, 30.5 s in 31-60s. A session without an
    end and a duration is unknown.
    """
    with snapshot():
        summaries = read_summaries(scope)
        counts = {
            value: n for (value, _), (n, _amount) in summaries.values.get("length", {}).items()
        }
    rows: list[Row] = [{"bucket": name, "sessions": counts.get(name, 0)} for name in LENGTH_BUCKETS]
    if counts.get("unknown"):
        rows.append({"bucket": "unknown", "sessions": counts["unknown"]})
    return Result(rows, n=sum(counts.values()))
