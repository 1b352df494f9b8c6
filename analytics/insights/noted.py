"""What people noted about the days on which something changed."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from analytics.formatting import named_day
from analytics.insights.timelines import Timeline
from analytics.models import Annotation

#: An annotation of so many days before or after a change may be about it.
NEAR = timedelta(days=3)
#: So many stand beside a finding, and so many are looked at.
MAX_NOTED, MAX_READ = 3, 200

Days = tuple[date, date]


def changed_days(line: Timeline) -> list[Days]:
    """The days of each change of a timeline: shifts, waves, days outside."""
    return [
        *((shift.first, shift.last) for shift in line.shifts),
        *((wave.first, wave.last) for wave in line.waves),
        *((line.days[at], line.days[at]) for at in line.days_outside),
    ]


def noted(lines: Sequence[Timeline], *, are_queues: bool) -> str:
    """``Noted for 17 October: new spam policy.``; empty where nothing is noted near a change.

    ``are_queues``: each line is a queue's, for which annotations of other queues say nothing.
    """
    changes = [(line, days) for line in lines for days in changed_days(line)]
    if not changes:
        return ""
    first = min(days[0] for _, days in changes) - NEAR
    last = max(days[1] for _, days in changes) + NEAR
    nearby = [
        row
        for row in Annotation.objects.of_days(first, last)[:MAX_READ]
        if any(
            row.start <= days[1] + NEAR
            and row.end >= days[0] - NEAR
            and (not are_queues or row.queue in ("", line.name))
            for line, days in changes
        )
    ]
    return " ".join(note_words(nearby[:MAX_NOTED], last))


def note_words(rows: Sequence[Annotation], beside: date) -> Iterator[str]:
    """A sentence for each."""
    for row in rows:
        when = named_day(row.start, beside=beside)
        if row.end != row.start:
            when += f" to {named_day(row.end, beside=beside)}"
        queue = f" ({row.queue})" if row.queue else ""
        yield f"Noted for {when}{queue}: {row.text.rstrip('.')}."
