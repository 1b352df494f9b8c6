"""Decisions by the queue that a video came from and by the reason that its decision names."""

from dataclasses import replace

from django.db.models import Q

from analytics.metrics import drawing
from analytics.metrics.columns import (
    ACCEPTED,
    NO_DECISION,
    REJECT_HIGH,
    REJECT_LOW,
    REJECT_RATE,
    REJECTED,
    VIDEOS,
)
from analytics.metrics.formulas import ratio, wilson
from analytics.metrics.rate_intervals import design_effect_note, reject_design_effect
from analytics.metrics.records import Key, Part, RowValues
from analytics.metrics.registry import metric
from analytics.metrics.results import Column, Result, Row
from analytics.models import UNKNOWN_VALUE, Subject
from analytics.scope import Scope
from analytics.summaries.decided import DecisionCounts, decisions_by_name
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot

COUNTS = (VIDEOS, ACCEPTED, REJECTED, NO_DECISION, REJECT_RATE, REJECT_LOW, REJECT_HIGH)


def name_column(name: str, label: str, subject: Subject) -> Column:
    """The column of the names of a subject: those of the field ``name`` of views."""

    def views_of(row: RowValues) -> Part:
        value = row[name]
        if value is None:
            return Part(Q((f"{name}__isnull", True)), values=Q(subject=subject), is_rest=True)
        return Part(Q((name, value)), values=Q(subject=subject, value=value))

    return Column(name, label, "text", key=Key(views_of))


def by_name(scope: Scope, subject: Subject, column: str) -> Result:
    """The rows of a subject: most videos first, the unknown last."""
    everybody = replace(scope, moderator=None, session=None)
    with snapshot():
        decided = decisions_by_name(read_summaries(scope), subject)
        groups = (
            decided if scope == everybody else decisions_by_name(read_summaries(everybody), subject)
        )
    effect = reject_design_effect(groups.values())
    order = sorted(decided, key=lambda name: (name == UNKNOWN_VALUE, -decided[name].videos, name))
    rows = [{column: name or None, **counts_of(decided[name], effect)} for name in order]
    notes = [design_effect_note(effect)] if rows else []
    return Result(rows, notes=notes, n=sum(counts.videos for counts in decided.values()))


def counts_of(counts: DecisionCounts, effect: float) -> Row:
    """The columns after the name."""
    low, high = wilson(counts.rejected, counts.decided, design_effect=effect)
    return {
        "videos": counts.videos,
        "accepted": counts.accepted,
        "rejected": counts.rejected,
        "none": counts.none,
        "reject_rate": ratio(counts.rejected, counts.decided),
        "reject_low": low,
        "reject_high": high,
    }


@metric(
    title="Decisions by queue",
    group="review",
    counted="videos",
    drawing=drawing.Bars(label="queue", value="videos", horizontal=True, span=6),
    columns=(name_column("queue", "Queue", Subject.VIDEO_QUEUE), *COUNTS),
    named_by="queue",
)
def decisions_by_queue(scope: Scope) -> Result:
    """What was decided on the videos of each queue, where session documents say a video's queue.

    Without a name: the videos whose own queue is unknown. Reject rate: rejected over decided,
    with Wilson's 95 % interval for n / D decided videos, since those of one session are alike: D
    is how much more the rates of the sessions vary, over all queues of the dates.
    """
    return by_name(scope, Subject.VIDEO_QUEUE, "queue")


@metric(
    title="Decisions by reason",
    group="review",
    counted="videos",
    drawing=drawing.Bars(label="reason", value="videos", horizontal=True, span=6),
    columns=(name_column("reason", "Reason", Subject.VIDEO_REASON), *COUNTS),
    named_by="reason",
)
def decisions_by_reason(scope: Scope) -> Result:
    """What was decided on the videos by the policy or reason that the decision names.

    Without a name: the videos whose decision names none. Reject rate and interval as by queue, D
    over all reasons of the dates.
    """
    return by_name(scope, Subject.VIDEO_REASON, "reason")
