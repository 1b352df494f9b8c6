"""The insights: findings computed from the data; importing the package registers them all.

The order of the imports is the order in which findings of the same weight are told.
"""

from analytics.insights import against_targets  # isort: skip
from analytics.insights import activity, months, types  # isort: skip
from analytics.insights import changes, response, spread, newcomers  # isort: skip
from analytics.insights import coaching, low_ratings, segments  # isort: skip

from analytics.insights.registry import FINDINGS, insights  # isort: skip

__all__ = [
    "FINDINGS",
    "activity",
    "against_targets",
    "changes",
    "coaching",
    "insights",
    "low_ratings",
    "months",
    "newcomers",
    "response",
    "segments",
    "spread",
    "types",
]
