"""The data in the admin: each module registers the models of its subject."""

from analytics.admin import engagement, libraries, people, review, review_rows

__all__ = ["engagement", "libraries", "people", "review", "review_rows"]
