"""The terms that review metrics share: formulas of the field, and columns with their units."""

from math import sqrt

from analytics.metrics.results import Column
from analytics.models import SECOND_US
from analytics.summaries.reading import SummaryReader

# The normal distribution's 97.5 % point: 95 % of it lies within, two-sided.
Z_95 = 1.959963984540054
Z2 = Z_95**2

HOUR_US = 3600 * SECOND_US

# The buckets of session lengths, as the view analytics_rawvalue names them.
LENGTH_BUCKETS = (
    "0-30s",
    "31-60s",
    "61-120s",
    "121-300s",
    "301-600s",
    "601-1800s",
    "1801-3600s",
    "3601-7200s",
    ">7200s",
)


def seconds(us: int | float) -> float:
    """Return microseconds as seconds."""
    return us / SECOND_US


def ratio(numerator: float | None, denominator: float | None) -> float | None:
    """None, never 0, where the denominator is 0 or one of the two is unknown."""
    return numerator / denominator if numerator is not None and denominator else None


def wilson(successes: int, n: int) -> tuple[float | None, float | None]:
    """The Wilson score interval (95 %) of a share; (None, None) for n = 0.

    E. B. Wilson, Probable Inference, JASA 22 (1927); no continuity correction.
    """
    if not n:
        return None, None
    share = successes / n
    centre = share + Z2 / (2 * n)
    margin = Z_95 * sqrt(share * (1 - share) / n + Z2 / (4 * n * n))
    scale = 1 + Z2 / n
    return max(0.0, (centre - margin) / scale), min(1.0, (centre + margin) / scale)


def handle_seconds(active_us: int, timed_decided: int) -> float | None:
    """The average handle time: active time over decided views, of the timed sessions."""
    return ratio(seconds(active_us), timed_decided)


def count_note(n: int, one: str, many: str) -> list[str]:
    """A note that says how many things something holds for; none for 0."""
    return [f"{n:,} {one if n == 1 else many}"] if n else []


def unknown_duration_note(summaries: SummaryReader) -> list[str]:
    """The note on sessions whose duration is unknown."""
    untimed = summaries.totals["sessions"] - summaries.totals["timed_sessions"]
    return count_note(
        untimed,
        "session has no duration and is not in times and handle time",
        "sessions have no duration and are not in times and handle time",
    )


def unknown_video_note(summaries: SummaryReader) -> list[str]:
    """The note on views whose video is unknown."""
    return count_note(
        summaries.totals["unnamed"],
        "view has no video id and is not among the unique videos",
        "views have no video id and are not among the unique videos",
    )


SESSIONS = Column("sessions", "Sessions", "integer", "sessions")
MODERATORS = Column("moderators", "Moderators", "integer", "people")
VIDEOS = Column("videos", "Videos", "integer", "videos")
UNIQUE = Column("unique_videos", "Unique videos", "integer", "videos")
ACCEPTED = Column("accepted", "Accepted", "integer", "videos")
REJECTED = Column("rejected", "Rejected", "integer", "videos")
SHARE = Column("share", "Share", "share")
ACTIVE = Column("active_seconds", "Active time", "seconds", "s")
HANDLE = Column("handle_seconds", "Handle time", "seconds", "s a decided video")
REJECT_RATE = Column("reject_rate", "Reject rate", "share", "of the decided")
MODERATOR = Column("moderator", "Moderator", "text")
SESSION = Column("session", "Session", "text")
STARTED = Column("started_at", "Started", "datetime")
DAY = Column("day", "Day", "date")
QUEUE = Column("queue", "Queue", "text")
ASSIGNMENTS = Column("assignments", "Assignments", "integer", "sessions")
ITEMS = Column("items", "Items", "integer", "items")
KIND = Column("kind", "Kind", "text")
INTERVALS = Column("intervals", "Intervals", "integer", "intervals")
