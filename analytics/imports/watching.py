"""Looking at what passes by on its way into the store: what deserves a notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analytics.imports.memory import InputMemory, Seen, digest
from analytics.imports.notices import Notices
from analytics.imports.rows.csv_files import CsvRow
from analytics.imports.rows.fields import RowKind
from analytics.imports.sessions.batch import Entry
from analytics.imports.sessions.records import ModeratorRecord, SessionRecord


def watch_sessions(
    entries: Iterable[Entry], notices: Notices, memory: InputMemory
) -> Iterator[Entry]:
    """Yield the same people and sessions, looked at."""
    for entry in entries:
        if isinstance(entry, ModeratorRecord):
            notices.see_name(entry.username)
        elif isinstance(entry, SessionRecord):
            notices.see_identity("session", entry.public_id, entry.place)
            # Quicker than a digest, and compared within this process only.
            content = hash(entry.content).to_bytes(8, "big", signed=True)
            seen = Seen(entry.username, content, entry.place)
            notices.see_repeated("session", [(entry.public_id, seen)], memory)
        yield entry


def watch_rows(
    kind: RowKind, rows: Iterable[CsvRow], notices: Notices, memory: InputMemory
) -> Iterator[CsvRow]:
    """Yield the same rows of a file, looked at."""
    for row in rows:
        if row.record is not None:
            place = f"line {row.number}"
            identity = kind.key(row.record)
            if "moderator" in row.record:
                notices.see_name(str(row.record["moderator"]))
            else:
                notices.see_identity("row", str(identity[0]), place)
            name = " ".join(map(str, identity))
            seen = Seen("", digest(row.record), place)
            notices.see_repeated("row", [(name, seen)], memory)
        yield row
