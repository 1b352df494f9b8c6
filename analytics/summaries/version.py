"""The version of the data: whether anything changed, and when."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Max, Subquery
from django.db.models.functions import Now

from analytics.models import DataChange
from analytics.summaries.standbys import reading_connection

# Kept so that the count stays a cheap query; a change older than these is no longer told apart.
MAX_CHANGES = 1000


class DataVersion(NamedTuple):
    """The version of the data and when they last changed; and that of what people add to them.

    ``edits`` is no part of ``data``: results hold as long as the data do.
    """

    data: str
    changed_at: datetime | None
    edits: str

    @property
    def everything(self) -> str:
        """The version of all that answers show."""
        return f"{self.data} {self.edits}"


def data_version() -> DataVersion:
    """The versions as they are: texts that differ whenever what is committed, or TIME_ZONE, does.

    A transaction that began before the newest change and was committed after it shows in the
    count. Old changes are forgotten from the oldest on, by a transaction that adds one itself, so
    the oldest and newest tell counts before and after apart; the time tells a restored backup's
    changes from those made after it.
    """
    with reading_connection().cursor() as cursor:
        # Asked of every request: the ORM takes longer to write this than PostgreSQL to answer.
        cursor.execute(
            "SELECT coalesce(min(id), 0), coalesce(max(id), 0), count(*), max(changed_at),"
            " (SELECT coalesce(string_agg(version::text, ' ' ORDER BY \"table\"), '')"
            " FROM analytics_editversion)"
            " FROM analytics_datachange"
        )
        oldest, newest, n, at, edits = cursor.fetchone()
    changed = at.timestamp() if at else 0
    data = f"{oldest}-{newest}-{n}-{changed:.6f}-{settings.TIME_ZONE}"
    return DataVersion(data, at, edits)


def renew_version() -> None:
    """Make another version of data that are as they were, and changed when they did."""
    newest = DataChange.objects.aggregate(at=Max("changed_at"))["at"]
    DataChange.objects.create(changed_at=newest or Now())


def delete_old_changes() -> None:
    """Delete all but the newest changes, where there are too many.

    With a new version: an old change that was committed late would otherwise go without a trace,
    and leave the version that the data had before it.
    """
    newest_first = DataChange.objects.order_by("-pk")
    if newest_first[MAX_CHANGES:].exists():
        renew_version()
        oldest_kept = newest_first.values("pk")[MAX_CHANGES - 1 : MAX_CHANGES]
        DataChange.objects.filter(pk__lt=Subquery(oldest_kept)).delete()
