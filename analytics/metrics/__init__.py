"""The metrics, a module a group; importing the package registers them all."""

from analytics.metrics import review, review_sessions

__all__ = ["review", "review_sessions"]
