"""The data in the admin: each module registers the models of its subject."""

from analytics.admin import people

__all__ = ["people"]
