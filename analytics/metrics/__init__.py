"""The metrics, a module a group; importing the package registers them all."""

from analytics.metrics import review, review_hours, idle, review_sessions  # isort: skip
from analytics.metrics import decisions_by_name, moderator_comparison, speed_and_care  # isort: skip
from analytics.metrics import engagement, recommendations, moderators  # isort: skip
from analytics.metrics import quality, agreement, disputed_videos  # isort: skip

__all__ = [
    "agreement",
    "decisions_by_name",
    "disputed_videos",
    "engagement",
    "idle",
    "moderator_comparison",
    "moderators",
    "quality",
    "recommendations",
    "review",
    "review_hours",
    "review_sessions",
    "speed_and_care",
]
