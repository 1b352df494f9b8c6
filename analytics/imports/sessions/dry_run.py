"""A dry run: what storing would do, batch after batch, without writing anything."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.imports.memory import InputMemory, Seen, digest
from analytics.imports.sessions.batch import (
    BatchOutcome,
    Entry,
    Known,
    known_sessions,
    plan,
    public_ids,
    refused_sessions,
)


class DryRun:
    """Gives the outcomes that batches would have; remembers the ids of those before."""

    def __init__(self, memory: InputMemory) -> None:
        self._memory = memory

    def judge(self, entries: Sequence[Entry]) -> BatchOutcome:
        """The outcome that storing a batch would have."""
        ids = public_ids(entries)
        known, _keys = known_sessions(ids)
        for public_id, seen in self._memory.recall(ids).items():
            known[public_id] = Known(seen.owner, seen.digest)
        outcome, pending = plan(entries, known, refused_sessions(ids))
        self._memory.remember(
            (public_id, Seen(record.username, digest(record.content), record.place))
            for public_id, record in pending.items()
        )
        return outcome
