"""A file as bytes, imported as the commands do: for the admin, which previews it first.

The report is of bounded size: the first changes, rejections and notices, and how many there are.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.conf import settings

from analytics.imports.memory import InputMemory
from analytics.imports.modes import StoreMode
from analytics.imports.notices import Notices
from analytics.imports.report import Counts, FirstRejections
from analytics.imports.rows.csv_files import CsvRow, read_csv
from analytics.imports.rows.fields import Record, RowKind, Value
from analytics.imports.rows.headers import UnreadableFile
from analytics.imports.rows.store import import_rows, stored
from analytics.imports.sessions.reading import entries
from analytics.imports.sessions.store import store
from analytics.imports.sources import Source, Unreadable
from analytics.imports.watching import watch_rows, watch_sessions

#: Changes that a preview shows.
MAX_CHANGES = 100


class Change(NamedTuple):
    """A row of a preview, ``New``, ``Changed`` or ``Unchanged``: its cells before and after."""

    outcome: str
    cells: list[tuple[Value, Value]]


@dataclass(slots=True)
class FileReport:
    """The outcome of a file that was imported, or would be."""

    counts: Counts = field(default_factory=Counts)
    rejections: FirstRejections = field(default_factory=FirstRejections)
    notices: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    #: Why the file cannot be read at all.
    unreadable: str = ""


FileImporter = Callable[[bytes, StoreMode], FileReport]


def import_session_file(content: bytes, mode: StoreMode) -> FileReport:
    """Import session documents. Nothing waits for a dry run.

    Unpacked, too, a file is as large as a request may be: a few kilobytes may hold gigabytes.
    """
    report = FileReport()
    notices = Notices()
    file = Source("the file", io.BytesIO(content), largest=settings.API_BODY_LIMIT)
    try:
        with file as source, InputMemory() as memory:
            watched = watch_sessions(entries(source), notices, memory)
            report.counts = store(watched, mode=mode, reject=report.rejections.add)
    except Unreadable as reason:
        report.unreadable = str(reason)
    report.notices = list(notices.sentences())
    return report


def import_row_file(kind: RowKind, content: bytes, mode: StoreMode) -> FileReport:
    """Import rows of a kind. Nothing waits for a dry run."""
    report = FileReport()
    notices = Notices()
    first: list[Record] = []
    try:
        with InputMemory() as memory:
            rows = watch_rows(kind, read_csv(kind, io.BytesIO(content)), notices, memory)
            watched = _keep_first(rows, first) if mode is StoreMode.DRY_RUN else rows
            report.counts = import_rows(kind, watched, mode=mode, reject=report.rejections.add)
    except UnreadableFile as reason:
        report.unreadable = str(reason)
    report.notices = list(notices.sentences())
    report.changes = list(_changes(kind, first))
    return report


def _keep_first(rows: Iterable[CsvRow], first: list[Record]) -> Iterator[CsvRow]:
    for row in rows:
        if row.record is not None and len(first) < MAX_CHANGES:
            first.append(row.record)
        yield row


def _changes(kind: RowKind, records: list[Record]) -> Iterator[Change]:
    known = stored(kind, records) if records else {}
    for record in records:
        identity = kind.key(record)
        before = known.get(identity)
        outcome = "New" if before is None else "Unchanged" if before == record else "Changed"
        known[identity] = record
        yield Change(outcome, [(before[name] if before else None, record[name]) for name in record])
