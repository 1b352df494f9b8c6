"""The metrics, a module a group; importing the package registers them all."""

from analytics.metrics import review, review_sessions  # isort: skip
from analytics.metrics import engagement, recommendations, moderators  # isort: skip

__all__ = ["engagement", "moderators", "recommendations", "review", "review_sessions"]
