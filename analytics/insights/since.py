"""Since when something changed, where its days show it: the levels and growth by day."""

from collections.abc import Iterator, Mapping

from analytics.formatting import number, short_day
from analytics.insights.change_counts import window
from analytics.insights.period_changes import Comparison, PeriodChanges
from analytics.insights.timelines import DAY_MEASURES, Timeline, queue_timelines, timelines
from analytics.metrics.coverage import first_day
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot

#: By metric and name of a comparison: ``from 17 Oct``, ``doubles in 45 days``.
Since = Mapping[tuple[str, str], str]


def since_words(changes: PeriodChanges) -> Since:
    """When the figures and queues that changed beyond chance did so, where that is known."""
    found: dict[tuple[str, str], str] = {}
    with snapshot():
        days = watched_days(changes)
        if days is None:
            return found
        for comparison in changes.changed:
            line = timeline_of(comparison, days)
            words = "" if line is None else when(line, comparison, changes)
            if words:
                found[comparison.candidate.metric, comparison.candidate.name] = words
    return found


def watched_days(changes: PeriodChanges) -> Scope | None:
    """The days of both periods and of the weeks before them that have data."""
    if changes.before is None or first_day("review", changes.scope) is None:
        return None
    return window(changes.scope, changes.before, "review")


def timeline_of(comparison: Comparison, days: Scope) -> Timeline | None:
    """The days of a figure of all work, or of a queue's items; None where none are watched."""
    candidate = comparison.candidate
    if candidate.metric == "queues" and candidate.keys:
        return queue_timelines(days).get(str(candidate.keys["queue"]))
    if candidate.keys is None and candidate.measure in DAY_MEASURES:
        return timelines(days).get(candidate.measure)
    return None


def when(line: Timeline, comparison: Comparison, changes: PeriodChanges) -> str:
    """When a measure's level went the comparison's way."""
    return next(moments(line, comparison, changes), "")


def moments(line: Timeline, comparison: Comparison, changes: PeriodChanges) -> Iterator[str]:
    """Yield what its days say, the most lasting first."""
    assert changes.before is not None
    assert changes.before.start is not None
    assert comparison.change is not None
    rises = comparison.change > 0
    if line.growth is not None and line.growth.rises == rises:
        how = "doubles" if rises else "halves"
        yield f"{how} in {number(line.growth.days, 0)} days"
    for shift in line.shifts:
        if (shift.after > shift.before) == rises and shift.day >= changes.before.start:
            yield f"from {short_day(shift.day)}"
    for wave in line.waves:
        if (wave.level > wave.usual) == rises and wave.last >= changes.before.start:
            yield f"{short_day(wave.first)} to {short_day(wave.last)}"
