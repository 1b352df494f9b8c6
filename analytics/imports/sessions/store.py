"""The one way into the database for session documents, wherever they come from.

Sessions are stored in batches, one transaction each, and summed up in it: a process killed in
the middle leaves whole sessions only, and everybody sees the figures move with the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from analytics.imports.ahead import prepared
from analytics.imports.memory import InputMemory
from analytics.imports.modes import Reject, RolledBack, StoreMode
from analytics.imports.report import Counts, FirstRejections, Rejection
from analytics.imports.sessions.batch import BatchOutcome, Entry, store_batch
from analytics.imports.sessions.dry_run import DryRun
from analytics.imports.sessions.lines import lines_of
from analytics.imports.sessions.records import ModeratorRecord, SessionRecord
from analytics.imports.sessions.turns import store_each, store_in_turn
from analytics.imports.sessions.validation import read_document
from analytics.imports.spool import Spool
from analytics.summaries.writing import write_lock

#: Views (and, each counted as one more, sessions) in a batch: long enough for COPY to be at its
#: best, short enough for other writers to get their turn within a second even where sessions are
#: replaced, and for two connections to share the work evenly.
BATCH_WEIGHT = 20_000
# The first batches are smaller, so that storing begins soon, by these parts.
_BEGINNING = (1 / 8, 1 / 4, 1 / 2)


def store(
    entries: Iterable[Entry],
    *,
    mode: StoreMode = StoreMode.GOOD,
    reject: Reject,
    ahead: bool = False,
) -> Counts:
    """Store people and sessions in order.

    Rejections among ``entries``, and those of sessions that belong to somebody else, go to
    ``reject`` in order. ``ahead``, for commands, prepares the next batch in a thread while one is
    stored; see ``store_batches`` for what else.
    """
    batches = batched(with_lines(entries))
    if ahead:
        batches = prepared(batches)
    return store_batches(batches, mode=mode, reject=reject, by_command=ahead)


def store_batches(
    batches: Iterable[list[Entry]], *, mode: StoreMode, reject: Reject, by_command: bool
) -> Counts:
    """Store what ``batched`` made of people and sessions, as ``store`` does.

    ``by_command``: a process of its own stores them, which may use a second connection; where it is
    all or nothing, it reads and judges everything before other writers have to wait.
    """
    counts = Counts()
    if mode is StoreMode.GOOD:
        for outcome in store_each(batches) if by_command else map(store_in_turn, batches):
            counts += _report(outcome, reject)
        return counts
    if mode is StoreMode.DRY_RUN:
        for outcome, _batch in _judge_all(batches):
            counts += _report(outcome, reject)
        return counts
    if mode is StoreMode.ALL_OR_NOTHING and by_command:
        return _store_judged(batches, reject)
    return _store_together(batches, mode, reject)


def _judge_all(batches: Iterable[list[Entry]]) -> Iterator[tuple[BatchOutcome, list[Entry]]]:
    """Yield the outcome that each batch would have, and the batch."""
    with InputMemory() as memory:
        dry_run = DryRun(memory)
        for batch in batches:
            yield dry_run.judge(batch), batch


def _store_judged(batches: Iterable[list[Entry]], reject: Reject) -> Counts:
    """Read and judge everything first; then, when nothing is bad, store it in one transaction."""
    rejected = 0
    with Spool[list[Entry]]() as spool:
        for outcome, batch in _judge_all(batches):
            rejected += _report(outcome, reject).rejected
            if not rejected:
                spool.add(batch)
        if rejected:
            return Counts(rejected=rejected)
        return _store_together(prepared(spool.batches()), StoreMode.ALL_OR_NOTHING, reject)


def _store_together(batches: Iterable[list[Entry]], mode: StoreMode, reject: Reject) -> Counts:
    """Store everything in one transaction; nothing when it is all or nothing and any is bad."""
    counts = Counts()
    try:
        with write_lock():
            for batch in batches:
                counts += _report(store_batch(batch), reject)
            if mode is StoreMode.ALL_OR_NOTHING and counts.rejected:
                raise RolledBack
    except RolledBack:
        return Counts(rejected=counts.rejected)
    return counts


def _report(outcome: BatchOutcome, reject: Reject) -> Counts:
    """Hand a batch's rejections on, once it is certain; returns its counts."""
    for rejection in outcome.rejections:
        reject(rejection)
    return outcome.counts


def with_lines(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the same people, sessions and rejections, the contents of sessions as lines."""
    for entry in entries:
        if isinstance(entry, SessionRecord):
            yield entry._replace(content=lines_of(entry.content))
        else:
            yield entry


def batched(entries: Iterable[Entry], *, growing: bool = False) -> Iterator[list[Entry]]:
    """Yield what ``with_lines`` gave in batches of about BATCH_WEIGHT.

    ``growing``: the first ones are smaller, so that the first is there soon.
    A person is in one batch with their first session: whether they are new may depend on it.
    """
    batch: list[Entry] = []
    weight = 0
    parts = iter(_BEGINNING if growing else ())
    part = next(parts, 1)
    for entry in entries:
        batch.append(entry)
        weight += entry.content.weight if isinstance(entry, SessionRecord) else 1
        if weight >= BATCH_WEIGHT * part and not isinstance(entry, ModeratorRecord):
            yield batch
            batch = []
            weight = 0
            part = next(parts, 1)
    if batch:
        yield batch


def store_documents(documents: Sequence[object], *, partial: bool = False) -> BatchOutcome:
    """Store documents that a program sent, in one transaction.

    Unless ``partial``, nothing is stored and all counts but ``rejected`` are 0 when anything is
    rejected. Of the rejections only the first are kept, each with the document's ``index``,
    ``path``, ``key`` (the session, as far as known) and ``message``.
    """
    rejections = FirstRejections()
    entries = []
    for index, value in enumerate(documents):
        if type(value) is not dict and not rejections.wants_more():
            continue
        for entry in read_document(value, index=index, is_full=rejections.is_full):
            if isinstance(entry, Rejection):
                rejections.add(entry)
            else:
                entries.append(entry)
    # Where nothing will be stored, only look for the sessions that belong to somebody else.
    refused = bool(rejections.count) and not partial
    mode = StoreMode.TOGETHER if partial else StoreMode.ALL_OR_NOTHING
    if refused:
        mode = StoreMode.DRY_RUN
    outcome = BatchOutcome()
    outcome.counts = store(entries, mode=mode, reject=rejections.add)
    if refused:
        outcome.counts = Counts()
    outcome.counts.rejected = rejections.count
    outcome.rejections = rejections.in_order()
    return outcome
