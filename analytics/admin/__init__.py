"""The data in the admin: each module registers the models of its subject."""

from analytics.admin import libraries, people, review, review_rows

__all__ = ["libraries", "people", "review", "review_rows"]
