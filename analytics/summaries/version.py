"""The version of the data: whether anything changed, and when."""

from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Subquery

from analytics.models import DataChange

# Kept so that the count stays a cheap query; a change older than these is no longer told apart.
MAX_CHANGES = 1000


def data_version() -> tuple[str, datetime | None]:
    """A text that differs whenever committed data or TIME_ZONE do, and the last change's time.

    A transaction that began before the newest change and was committed after it shows in the
    count. Old changes are forgotten from the oldest on, so the oldest tells counts before and
    after apart; the time tells a restored backup's changes from those made after it.
    """
    with connection.cursor() as cursor:
        # Asked of every request: the ORM takes longer to write this than PostgreSQL to answer.
        cursor.execute(
            "SELECT coalesce(min(id), 0), coalesce(max(id), 0), count(*), max(changed_at)"
            " FROM analytics_datachange"
        )
        oldest, newest, n, at = cursor.fetchone()
    changed = at.timestamp() if at else 0
    return f"{oldest}-{newest}-{n}-{changed:.6f}-{settings.TIME_ZONE}", at


def delete_old_changes() -> None:
    """Delete all but the newest changes, in one query."""
    oldest_kept = DataChange.objects.order_by("-pk").values("pk")[MAX_CHANGES - 1 : MAX_CHANGES]
    DataChange.objects.filter(pk__lt=Subquery(oldest_kept)).delete()
