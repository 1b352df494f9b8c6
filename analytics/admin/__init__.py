"""The data in the admin: each module registers the models of its subject."""

from analytics.admin import (
    annotations,
    engagement,
    libraries,
    notes,
    people,
    quality,
    review,
    review_rows,
    saved_views,
)

__all__ = [
    "annotations",
    "engagement",
    "libraries",
    "notes",
    "people",
    "quality",
    "review",
    "review_rows",
    "saved_views",
]
