"""Storing rows: every way in ends here, and all count the same.

Rows are compared with what is stored, so that importing again changes nothing and says so. An
advisory lock makes writers of rows take turns: two importers of the same file at once count
every row once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from analytics.imports.report import Counts, Rejection
from analytics.imports.rows.fields import Record, RowFaults, RowIdentity, RowKind, Value, validate
from analytics.models import Moderator

#: Rows a transaction of a file that is not imported as a whole.
BATCH = 1000
#: Any constant of its own: names the lock.
ROWS_LOCK = 5_470_221_917


@contextmanager
def writing() -> Iterator[None]:
    """Open a transaction in which nobody else stores rows."""
    with transaction.atomic():
        lock_rows()
        yield


def lock_rows() -> None:
    """Wait until nobody else stores rows, and make others wait to the transaction's end."""
    with connection.cursor() as cursor:
        # Advisory locks are PostgreSQL's own: the ORM has no word for them.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ROWS_LOCK])


def store_records(kind: RowKind, records: Sequence[Record]) -> Counts:
    """Store validated records in order and return what became of each.

    A row whose key occurs twice counts twice: the second one updates the first, or is unchanged.
    """
    counts = Counts()
    if not records:
        return counts
    with writing():
        known = stored(kind, records)
        changed: dict[RowIdentity, Record] = {}
        for record in records:
            key = kind.key(record)
            before = known.get(key)
            if before == record:
                counts.unchanged += 1
                continue
            if before is None:
                counts.created += 1
            else:
                counts.updated += 1
            known[key] = changed[key] = record
        write(kind, list(changed.values()))
    return counts


def candidates(kind: RowKind, records: Sequence[Record]) -> QuerySet[Model]:
    """Return the rows that may have one of the records' keys: some others, too."""
    conditions = {
        f"{column_of(attribute)}__in": {record[attribute] for record in records}
        for attribute in kind.identity
    }
    return kind.model._default_manager.filter(**conditions).order_by()


def stored(kind: RowKind, records: Sequence[Record]) -> dict[RowIdentity, Record]:
    """Return what the table holds under the keys of these records."""
    columns = {field.attribute: column_of(field.attribute) for field in kind.fields}
    wanted = {kind.key(record) for record in records}
    found: dict[RowIdentity, Record] = {}
    for values in candidates(kind, records).values_list(*columns.values()):
        record: Record = dict(zip(columns, values, strict=True))
        key = kind.key(record)
        if key in wanted:
            found[key] = record
    return found


def rows_of(kind: RowKind, records: Sequence[Record]) -> Iterator[tuple[RowIdentity, Model]]:
    """Yield the rows that may have one of the records' keys, each with its own key."""
    rows = candidates(kind, records)
    if "moderator" in kind.identity:
        rows = rows.select_related("moderator")
    for row in rows:
        yield tuple(text_of(getattr(row, attribute)) for attribute in kind.identity), row


def text_of(value: Value | Moderator) -> Value:
    """Return a value as records have it: a moderator as the username."""
    return value.username if isinstance(value, Moderator) else value


def column_of(attribute: str) -> str:
    """Return where a record's attribute is found by a query: a moderator by the username."""
    return "moderator__username" if attribute == "moderator" else attribute


def write(kind: RowKind, records: Sequence[Record]) -> None:
    """Insert or update the rows, one a key; moderators that are new are created."""
    if not records:
        return
    moderators = moderators_of(records)
    rows = [
        kind.model(
            **{
                attribute: moderators[str(value)] if attribute == "moderator" else value
                for attribute, value in record.items()
            }
        )
        for record in records
    ]
    attributes = [field.attribute for field in kind.fields]
    kind.model._default_manager.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=list(kind.identity),
        update_fields=[name for name in attributes if name not in kind.identity],
    )


def moderators_of(records: Sequence[Mapping[str, Value]]) -> dict[str, Moderator]:
    """Return the moderators that records name, by username; creates those that are new."""
    names = sorted({str(record["moderator"]) for record in records if "moderator" in record})
    found = Moderator.objects.in_bulk(names, field_name="username")
    new = [name for name in names if name not in found]
    if new:
        Moderator.objects.bulk_create(
            (Moderator(username=name) for name in new), ignore_conflicts=True
        )
        found |= Moderator.objects.in_bulk(new, field_name="username")
    return found


def store_all(kind: RowKind, records: Iterable[Record]) -> Counts:
    """Store records in batches as they come, each batch in a transaction of its own."""
    counts = Counts()
    rest = iter(records)
    while batch := list(islice(rest, BATCH)):
        counts += store_records(kind, batch)
    return counts


def store_rows(
    kind: RowKind, items: Sequence[object], *, partial: bool = False
) -> tuple[Counts, list[Rejection]]:
    """Store rows that a program sent, by the contract's names, in one transaction.

    Returns the counts and the rejections, each with its index. With anything rejected nothing is
    stored and all other counts are zero, unless ``partial``.
    """
    records: list[Record] = []
    rejections: list[Rejection] = []
    for index, item in enumerate(items):
        if not isinstance(item, Mapping):
            rejections.append(Rejection("expected an object", index=index, kind="row"))
            continue
        try:
            records.append(validate(kind, item))
        except RowFaults as faults:
            rejections.append(
                Rejection(
                    faults.message,
                    path=faults.faults[0][0],
                    key=kind.named(item),
                    index=index,
                    kind="row",
                )
            )
    counts = Counts()
    if partial or not rejections:
        counts += store_records(kind, records)
    counts.rejected = len(rejections)
    return counts, rejections
