"""The version of the data: whether anything changed, and when."""

from datetime import datetime

from django.db.models import Count, Max, Subquery

from analytics.models import DataChange

# Kept so that the count stays a cheap query; a change older than these is no longer told apart.
KEPT_CHANGES = 1000


def data_version() -> tuple[str, datetime | None]:
    """Return a text that differs whenever committed data differ, and the last change's time.

    The count catches a transaction that began before the newest change and was committed after.
    """
    row = DataChange.objects.aggregate(newest=Max("pk"), n=Count("pk"), at=Max("changed_at"))
    return f"{row['newest'] or 0}-{row['n']}", row["at"]


def forget_old_changes() -> None:
    """Delete all but the newest changes, in one query."""
    oldest_kept = DataChange.objects.order_by("-pk").values("pk")[KEPT_CHANGES - 1 : KEPT_CHANGES]
    DataChange.objects.filter(pk__lt=Subquery(oldest_kept)).delete()
