"""Columns that several review metrics share."""

from analytics.metrics.results import Column

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
REJECT_LOW = Column("reject_low", "Reject rate, low", "share", "95 % interval")
REJECT_HIGH = Column("reject_high", "Reject rate, high", "share", "95 % interval")
COMPLETION_RATE = Column("completion_rate", "Completion rate", "share", "of the videos")
NO_DECISION = Column("none", "No decision", "integer", "videos")
MODERATOR = Column("moderator", "Moderator", "text")
SESSION = Column("session", "Session", "text")
STARTED = Column("started_at", "Started", "datetime")
DAY = Column("day", "Day", "date")
QUEUE = Column("queue", "Queue", "text")
ASSIGNMENTS = Column("assignments", "Assignments", "integer", "sessions")
ITEMS = Column("items", "Items", "integer", "items")
KIND = Column("kind", "Kind", "text")
INTERVALS = Column("intervals", "Intervals", "integer", "intervals")
