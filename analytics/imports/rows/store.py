"""Storing rows: every way in ends here, and all count the same.

Rows are compared with what is stored, so that importing again changes nothing and says so. An
advisory lock makes writers of rows take turns: two importers of the same file at once count
every row once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from analytics.imports.memory import InputMemory, Seen, digest
from analytics.imports.modes import Reject, StoreMode
from analytics.imports.refused import refused_ids
from analytics.imports.report import Counts, FirstRejections, Rejection
from analytics.imports.rows.csv_files import CsvRow
from analytics.imports.rows.fields import InvalidRow, Record, RowIdentity, RowKind, Value, validate
from analytics.imports.spool import Spool
from analytics.imports.values import Invalid
from analytics.models import Moderator, RefusedKind, SeenValue
from analytics.quality.checking import Change
from audit import changes
from moderation_portal.advisory_locks import AdvisoryLock, take_turn

#: Rows a transaction of a file that is not imported as a whole.
BATCH = 1000

Item = TypeVar("Item")
Keep = Callable[[Record, int | None], Change]


@contextmanager
def writing(*, bulk: bool) -> Iterator[None]:
    """Open a transaction in which nobody else stores rows (see ``take_turn``)."""
    with transaction.atomic():
        take_turn(AdvisoryLock.ROWS, bulk=bulk)
        yield


def plan(
    kind: RowKind, records: Sequence[Record], known: Mapping[RowIdentity, bytes]
) -> tuple[Counts, dict[RowIdentity, Record]]:
    """What becomes of records in order, and those to write, the last word of each.

    ``known`` are the digests of what is there. A row whose identity occurs twice counts twice:
    the second one updates the first, or is unchanged.
    """
    counts = Counts()
    digests = dict(known)
    changed: dict[RowIdentity, Record] = {}
    for record in records:
        identity = kind.key(record)
        now = digest(record)
        before = digests.get(identity)
        if before == now:
            counts.unchanged += 1
            continue
        if before is None:
            counts.created += 1
        else:
            counts.updated += 1
        digests[identity] = now
        changed[identity] = record
    return counts, changed


def known_digests(kind: RowKind, records: Sequence[Record]) -> dict[RowIdentity, bytes]:
    """The digests of what the table holds under the identities of these records."""
    return {identity: digest(record) for identity, record in stored(kind, records).items()}


def store_records(
    kind: RowKind,
    records: Sequence[Record],
    *,
    bulk: bool = True,
    created_by: int | None = None,
) -> Counts:
    """Store validated records in order and return what became of each.

    ``created_by``: the key of the account whose doing it is, for kinds that keep that.
    """
    if not records:
        return Counts()
    if kind.keep is not None:
        return keep_records(kind, kind.keep, records, created_by)
    with writing(bulk=bulk):
        counts, changed = plan(kind, records, known_digests(kind, records))
        write(kind, list(changed.values()), created_by=created_by)
    return counts


def keep_records(
    kind: RowKind, keep: Keep, records: Sequence[Record], created_by: int | None
) -> Counts:
    """Store records one by one, all or none.

    Everybody stores them in the same order, so that of two at once one waits for the other.
    """
    counts = Counts()
    with transaction.atomic():
        for record in sorted(records, key=lambda record: repr(kind.key(record))):
            change = keep(record, created_by)
            setattr(counts, change, getattr(counts, change) + 1)
    return counts


def judge_records(kind: RowKind, records: Sequence[Record], memory: InputMemory) -> Counts:
    """What storing records would do: nothing is written, and nobody waits."""
    if kind.keep is not None:
        with transaction.atomic():
            counts = keep_records(kind, kind.keep, records, None)
            transaction.set_rollback(True)
        return counts
    known = known_digests(kind, records)
    identities = {repr(identity): identity for identity in map(kind.key, records)}
    for name, seen in memory.recall(identities).items():
        known[identities[name]] = seen.digest
    counts, changed = plan(kind, records, known)
    memory.remember(
        (repr(identity), Seen("", digest(record), "")) for identity, record in changed.items()
    )
    return counts


def candidates(kind: RowKind, records: Sequence[Record]) -> QuerySet[Model]:
    """The rows that may have one of the records' keys: some others, too."""
    conditions = {
        f"{column.lookup}__in": {record[column.attribute] for record in records}
        for column in kind.columns
        if column.attribute in kind.identity
    }
    return kind.model._default_manager.filter(**conditions).order_by()


def stored(kind: RowKind, records: Sequence[Record]) -> dict[RowIdentity, Record]:
    """What the table holds under the keys of these records."""
    lookups = {column.attribute: column.lookup for column in kind.columns}
    wanted = {kind.key(record) for record in records}
    found: dict[RowIdentity, Record] = {}
    for values in candidates(kind, records).values_list(*lookups.values()):
        record: Record = dict(zip(lookups, values, strict=True))
        key = kind.key(record)
        if key in wanted:
            found[key] = record
    return found


def write(kind: RowKind, records: Sequence[Record], *, created_by: int | None = None) -> None:
    """Insert or update the rows, one a key; moderators that are new are created."""
    if not records:
        return
    moderators = moderators_of(records)
    more = {} if created_by is None else {"created_by_id": created_by}
    rows = [
        kind.model(
            **more,
            **{
                attribute: moderators[str(value)] if attribute == "moderator" else value
                for attribute, value in record.items()
            },
        )
        for record in records
    ]
    manager = kind.model._default_manager
    if not kind.updatable:
        # All of them are new, and the audit has each.
        manager.bulk_create(rows)
        return
    keep_seen_values(kind, records)
    # The audit has the import as a whole, from whoever stores.
    with changes.summarised():
        manager.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=list(kind.identity),
            update_fields=kind.updatable,
        )


def keep_seen_values(kind: RowKind, records: Sequence[Record]) -> None:
    """Note the values that were never seen before, those of one import by name, for their colours.

    The lock of those who store rows makes their order one for all.
    """
    for attribute, subject in kind.colored:
        values = sorted({str(record[attribute]) for record in records})
        seen = SeenValue.objects.filter(subject=subject, value__in=values)
        known = set(seen.values_list("value", flat=True))
        SeenValue.objects.bulk_create(
            SeenValue(subject=subject, value=value) for value in values if value not in known
        )


def moderators_of(records: Sequence[Mapping[str, Value]]) -> dict[str, Moderator]:
    """The moderators that records name, by username; creates those that are new."""
    names = sorted({str(record["moderator"]) for record in records if "moderator" in record})
    by_name = Moderator.objects.in_bulk(names, field_name="username")
    new = [name for name in names if name not in by_name]
    if new:
        with changes.summarised():
            Moderator.objects.bulk_create(
                (Moderator(username=name) for name in new), ignore_conflicts=True
            )
        by_name |= Moderator.objects.in_bulk(new, field_name="username")
    return by_name


def in_batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """The same records or rows, some at a time."""
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch


def store_all(
    kind: RowKind, records: Iterable[Record], *, mode: StoreMode = StoreMode.GOOD
) -> Counts:
    """Store records as they come, each batch in a transaction of its own, or judge them only."""
    counts = Counts()
    with InputMemory() as memory:
        for batch in in_batches(records):
            if mode is StoreMode.DRY_RUN:
                counts += judge_records(kind, batch, memory)
            else:
                counts += store_records(kind, batch)
    return counts


def refused_records(kind: RowKind, records: Iterable[Record]) -> dict[str, str]:
    """The ids of those of these records that were deleted for good, each with the reason."""
    if kind.name not in RefusedKind.values:
        return {}
    ids = {id_of(kind, record) for record in records}
    return refused_ids(RefusedKind(kind.name), ids)


def id_of(kind: RowKind, record: Record) -> str:
    """The first, and of kinds with ids the only, value that identifies a record."""
    return str(kind.key(record)[0])


def without_refused(kind: RowKind, rows: Iterable[CsvRow]) -> Iterator[CsvRow]:
    """The rows of a file, of which those that were deleted for good or refused are rejected."""
    for batch in in_batches(rows):
        refused = refused_records(kind, (row.record for row in batch if row.record is not None))
        for row in batch:
            name = "" if row.record is None else id_of(kind, row.record)
            if name in refused:
                path, place = f"column {kind.identity[0]}", f"line {row.number}"
                rejection = Rejection(refused[name], path, name, place=place, kind="row")
                yield CsvRow(row.number, None, rejection)
            else:
                yield judged(kind, row)


def judged(kind: RowKind, row: CsvRow) -> CsvRow:
    """The row of a file, rejected where its kind refuses it."""
    if kind.refuse is None or row.record is None:
        return row
    try:
        kind.refuse(row.record, None)
    except Invalid as reason:
        key = " ".join(map(str, kind.key(row.record)))
        path, place = f"column {reason.path}", f"line {row.number}"
        rejection = Rejection(reason.message, path, key, place=place, kind="row")
        return CsvRow(row.number, None, rejection)
    return row


def import_rows(
    kind: RowKind, rows: Iterable[CsvRow], *, mode: StoreMode, reject: Reject
) -> Counts:
    """Store the good rows of a file and hand on the rejections of the others."""
    rows = without_refused(kind, rows)
    if mode is StoreMode.ALL_OR_NOTHING:
        return import_all_or_nothing(kind, rows, reject=reject)
    rejected = 0

    def records() -> Iterator[Record]:
        nonlocal rejected
        for row in rows:
            if row.rejection is not None:
                rejected += 1
                reject(row.rejection)
            if row.record is not None:
                yield row.record

    counts = store_all(kind, records(), mode=mode)
    counts.rejected = rejected
    return counts


def import_all_or_nothing(kind: RowKind, rows: Iterable[CsvRow], *, reject: Reject) -> Counts:
    """Read and judge the whole file first; then, when nothing is bad, store it in one transaction.

    Other writers wait only while it is stored.
    """
    counts = Counts()
    with Spool[list[CsvRow]]() as spool:
        for batch in in_batches(rows):
            for row in batch:
                if row.rejection is not None:
                    counts.rejected += 1
                    reject(row.rejection)
            if not counts.rejected:
                spool.add(batch)
        if counts.rejected:
            return counts
        with transaction.atomic():
            for batch in spool.batches():
                records = [row.record for row in batch if row.record is not None]
                counts += store_records(kind, records)
    return counts


def store_rows(
    kind: RowKind,
    items: Sequence[object],
    *,
    partial: bool = False,
    created_by: int | None = None,
    check: Callable[[Record], None] = lambda record: None,
) -> tuple[Counts, list[Rejection]]:
    """Store rows that a program sent, by the contract's names, in one transaction.

    ``check`` looks at each record once more and raises ``InvalidRow``.

    Returns the counts and the first rejections, each with its index. With anything rejected
    nothing is stored and all other counts are zero, unless ``partial``.
    """
    records: dict[int, Record] = {}
    rejections = FirstRejections()
    for index, item in enumerate(items):
        if not isinstance(item, Mapping):
            if rejections.wants_more():
                rejections.add(Rejection("expected an object", index=index, kind="row"))
            continue
        try:
            record = validate(kind, item, only_first=rejections.is_full())
            require_accepted(kind, record, created_by)
            check(record)
            records[index] = record
        except InvalidRow as row:
            if rejections.wants_more():
                key = kind.named(item)
                rejections.add(Rejection(row.message, row.column, key, index=index, kind="row"))
    for index, rejection in refused_rows(kind, records).items():
        del records[index]
        rejections.add(rejection)
    counts = Counts()
    if partial or not rejections.count:
        counts += store_records(kind, list(records.values()), bulk=False, created_by=created_by)
    counts.rejected = rejections.count
    return counts, rejections.in_order()


def require_accepted(kind: RowKind, record: Record, created_by: int | None) -> None:
    """Raise ``InvalidRow`` where a kind refuses a record from this account."""
    if kind.refuse is None:
        return
    try:
        kind.refuse(record, created_by)
    except Invalid as reason:
        raise InvalidRow([reason]) from None


def refused_rows(kind: RowKind, records: Mapping[int, Record]) -> dict[int, Rejection]:
    """The rejections of those of these records that were deleted for good, by their index."""
    refused = refused_records(kind, records.values())
    names = {index: id_of(kind, record) for index, record in records.items()}
    return {
        index: Rejection(refused[name], kind.identity[0], name, index=index, kind="row")
        for index, name in names.items()
        if name in refused
    }
