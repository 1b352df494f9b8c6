"""Taking somebody's name out of the audit: what they did stays, as a pseudonym's."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from audit.models import Entry, Person

ROWS_AT_ONCE = 1_000


def erase_person(kind: Person.Kind, number: int, pseudonym: str) -> None:
    """Name an account or a moderator by a pseudonym from now on, whatever is written later."""
    Person.objects.update_or_create(
        kind=kind, number=number, defaults={"name": pseudonym, "is_erased": True}
    )


def replace_names(names: Iterable[str], replace: Callable[[str], str]) -> int:
    """Put every text of entries in which one of ``names`` stands through ``replace``.

    Returns how many entries changed. Upper and lower case are the same.
    """
    condition = Q()
    for name in names:
        condition |= Q(object_key__icontains=name)
        condition |= Q(text__icontains=json.dumps(name, ensure_ascii=False)[1:-1])
    found = Entry.objects.annotate(text=Cast("details", TextField())).filter(condition)
    changed = []
    for entry in found.order_by("pk").iterator(ROWS_AT_ONCE):
        key, details = replace(entry.object_key), replace_texts(entry.details, replace)
        if (key, details) != (entry.object_key, entry.details):
            entry.object_key, entry.details = key[:300], details
            changed.append(entry)
    with transaction.atomic(), connection.cursor() as cursor:
        # A setting of PostgreSQL's, for this transaction only: its trigger lets texts pass.
        cursor.execute("SELECT set_config('portal.audit_erasure', 'on', true)")
        Entry.objects.bulk_update(changed, ["object_key", "details"], batch_size=ROWS_AT_ONCE)
        cursor.execute("SELECT set_config('portal.audit_erasure', 'off', true)")
    return len(changed)


def replace_texts(value: Any, replace: Callable[[str], str]) -> Any:
    """A JSON value with each of its texts replaced, keys too."""
    if isinstance(value, str):
        return replace(value)
    if isinstance(value, list):
        return [replace_texts(each, replace) for each in value]
    if isinstance(value, dict):
        return {replace(key): replace_texts(each, replace) for key, each in value.items()}
    return value
