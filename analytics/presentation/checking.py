"""The view that somebody has before them to check, and how their work goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from analytics import formatting
from analytics.models import (
    UNKNOWN_VALUE,
    Annotation,
    Decision,
    QualityCheck,
    QualitySample,
    SampledView,
    Subject,
    Verdict,
    VideoView,
)
from analytics.presentation.samples import progress_bar, squares
from analytics.scope import Scope
from analytics.summaries.decided import decisions_by_name
from analytics.summaries.reading import read_summaries
from analytics.summaries.snapshots import snapshot
from analytics.video_links import video_link

#: Value, words, key and swatch.
VERDICTS = (
    (Verdict.ACCEPTED.value, "Accept", "A", "accepted"),
    (Verdict.REJECTED.value, "Reject", "Q", "rejected"),
    (Verdict.UNSURE.value, "Unsure", "U", "none"),
)
#: The reasons that keys choose.
MAX_REASONS = 9
#: A sample of more views has a bar, but no square for each.
MAX_SQUARES = 400
#: A longer time between two checks was a break.
BREAK = timedelta(minutes=10)
#: So many of the last checks tell the pace.
PACE_OF = 30


@dataclass(frozen=True)
class Fact:
    """What is said of the view."""

    label: str
    text: str
    is_quiet: bool = False
    swatch: str = ""


def stage_context(sample: QualitySample, shown: SampledView, viewer: User) -> dict[str, Any]:
    """The view that is before somebody, in a sample that may be blind."""
    own = QualityCheck.objects.filter(sampled=shown, checked_by=viewer).first()
    bar = progress_bar(sample, viewer)
    return {
        "view": shown,
        "verdicts": VERDICTS,
        "own": own,
        "facts": facts(sample, shown),
        "video_url": video_link(shown.video),
        "reasons": common_reasons(sample, viewer),
        "back": previous_number(sample, viewer, own),
        "progress": bar,
        "squares": list(squares(sample, viewer, shown.number))
        if sample.views.count() <= MAX_SQUARES
        else [],
        "pace": pace_words(sample, viewer, bar.wanted - bar.done),
    }


def facts(sample: QualitySample, shown: SampledView) -> list[Fact]:
    """What a checker is told: the queue, the day, what was noted before; the rest if not blind."""
    view = (
        VideoView.objects.filter(session__public_id=shown.session_id, position=shown.position)
        .select_related("session__moderator")
        .first()
    )
    if view is None:
        return []
    zone = timezone.get_default_timezone()
    at = view.started_at or view.session.started_at
    found = [
        Fact("Queue", view.queue or "unknown", is_quiet=not view.queue),
        Fact("Seen", formatting.long_day(at.astimezone(zone).date())),
    ]
    if (annotation := last_annotation(at, view.queue)) is not None:
        since = formatting.short_day(annotation.start)
        found.append(Fact("Noted before", f"{annotation.text}, {since}"))
    if sample.is_blind:
        return [*found, Fact("First decision", "shown when the sample is done", is_quiet=True)]
    reason = f", {view.reason}" if view.reason else ""
    return [
        *found,
        Fact("First decision", f"{Decision(view.decision).label}{reason}", swatch=view.decision),
        Fact("By", view.session.moderator.username),
    ]


def last_annotation(at: datetime, queue: str | None) -> Annotation | None:
    """What was noted last before a view, of its queue or of all."""
    day = timezone.localdate(at)
    rows = Annotation.objects.filter(Q(queue="") | Q(queue=queue or ""), start__lte=day)
    return rows.order_by("-start", "-pk").first()


def common_reasons(sample: QualitySample, viewer: User) -> Sequence[str]:
    """The reasons that most rejects name in the days of a sample, the commonest first."""
    scope = Scope(viewer, start=sample.start, end=sample.end)
    with snapshot():
        found = decisions_by_name(read_summaries(scope), Subject.VIDEO_REASON)
    names = [name for name in found if name != UNKNOWN_VALUE]
    return sorted(names, key=lambda name: (-found[name].rejected, name))[:MAX_REASONS]


def previous_number(
    sample: QualitySample, viewer: User, current: QualityCheck | None
) -> int | None:
    """The number of the view that somebody checked before; None where there is none."""
    checks = QualityCheck.objects.filter(sampled__sample=sample, checked_by=viewer)
    if current is not None:
        checks = checks.filter(
            Q(checked_at__lt=current.checked_at)
            | Q(checked_at=current.checked_at, pk__lt=current.pk)
        )
    rows = checks.order_by("-checked_at", "-pk").values_list("sampled__number", flat=True)
    return rows.first()


def pace_words(sample: QualitySample, viewer: User, left: int) -> str:
    """How long the rest takes at somebody's pace; empty where that is not known."""
    rows = QualityCheck.objects.filter(sampled__sample=sample, checked_by=viewer)
    times = list(rows.order_by("-checked_at").values_list("checked_at", flat=True)[: PACE_OF + 1])
    gaps = [later - earlier for later, earlier in pairwise(times) if later - earlier < BREAK]
    if not gaps or not left:
        return ""
    seconds = max(1.0, median(gap.total_seconds() for gap in gaps))
    took = formatting.round_duration(seconds * left)
    return f"About {took} left at your pace ({formatting.seconds(seconds, 0)} a view)"
