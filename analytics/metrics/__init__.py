"""The metrics, a module a group; importing the package registers them all."""

from analytics.metrics import review, review_sessions, moderator_comparison  # isort: skip
from analytics.metrics import engagement, recommendations, moderators  # isort: skip

__all__ = [
    "engagement",
    "moderator_comparison",
    "moderators",
    "recommendations",
    "review",
    "review_sessions",
]
