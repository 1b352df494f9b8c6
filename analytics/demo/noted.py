"""What the demo's people noted about its days: some of what really happens on them."""

from datetime import UTC, datetime, timedelta

from analytics.demo.world import DAYS, HOLIDAYS, POLICY, SPAM, WAVE
from analytics.imports.rows.fields import ANNOTATIONS
from analytics.imports.rows.store import store_records

#: First and last day, the text, the queue.
NOTES = (
    (WAVE.first, WAVE.last, "Spam wave from one network", SPAM),
    (POLICY.first, POLICY.first, "Policy 4.2: stricter about reuploads", ""),
    *((day.first, day.last, "Public holiday", "") for day in HOLIDAYS),
)


def rows() -> list[str]:
    """The notes as docs/demo.md has them."""
    return [
        f"| {DAYS - first}{f' to {DAYS - last}' if last > first else ''} | {text} |"
        f" {f'{queue} ' if queue else ''}|"
        for first, last, text, queue in NOTES
    ]


def load_annotations(now: datetime) -> None:
    """Store the annotations of the days up to ``now`` (aware)."""
    first = now.astimezone(UTC).date() - timedelta(days=DAYS - 1)
    store_records(
        ANNOTATIONS,
        [
            {
                "start": first + timedelta(days=start),
                "end": first + timedelta(days=end),
                "text": text,
                "queue": queue,
            }
            for start, end, text, queue in NOTES
        ],
    )
