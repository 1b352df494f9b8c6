"""The only way by which an entry goes."""

from datetime import datetime

from django.db import connection, transaction

from audit.models import Entry

ROWS_AT_ONCE = 10_000


def prune(before: datetime) -> int:
    """Delete the entries older than ``before``, in short transactions; returns how many."""
    total = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            # A setting of PostgreSQL's, for this transaction only: its trigger lets it pass.
            cursor.execute("SELECT set_config('portal.audit_retention', 'on', true)")
            old = Entry.objects.filter(at__lt=before).order_by("at")[:ROWS_AT_ONCE]
            ids = list(old.values_list("pk", flat=True))
            count, _ = Entry.objects.filter(pk__in=ids).delete()
        total += count
        if count < ROWS_AT_ONCE:
            return total
