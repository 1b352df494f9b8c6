"""How many decided views there are to draw from, session by session; read from the summaries."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from analytics.models import (
    DECISION_NUMBERS,
    Decision,
    RawTotals,
    RawValue,
    SampleMethod,
    SessionTotals,
    SessionValue,
    Subject,
)
from analytics.scope import Scope
from analytics.summaries.reading import read_summaries

#: Views of one session that are drawn from together: its key, and how many they are.
SessionCount = tuple[int, int]
#: The stratum of the views whose queue is unknown.
UNKNOWN_QUEUE = ""


class SessionRow(NamedTuple):
    """A session with what its views decided."""

    session: int
    moderator: int
    username: str
    accepted: int
    rejected: int


@dataclass
class PopulationStratum:
    """Views that are drawn from by themselves. ``label`` is their moderator's or queue's name."""

    label: str = ""
    moderator: int | None = None
    queue: str | None = None
    sessions: list[SessionCount] = field(default_factory=list)

    @property
    def population(self) -> int:
        """How many views."""
        return sum(count for _session, count in self.sessions)


def session_rows(scope: Scope) -> list[SessionRow]:
    """The sessions in scope with decided views, in an order that only the data give."""
    fields = ("session_id", "moderator_id", "moderator__username", "accepted", "rejected")
    found = []
    for source in read_summaries(scope).session_sources(SessionTotals, RawTotals):
        rows = source.values_list("started_at", "session__public_id", *fields)
        found += [row for row in rows if row[-1] or row[-2]]
    found.sort(key=lambda row: row[:2])
    return [SessionRow._make(row[2:]) for row in found]


def strata_of(scope: Scope, method: str) -> list[PopulationStratum]:
    """The strata of a method with the views of each session; must be called inside a snapshot.

    In order of the names, unknown queues last. Of disputed videos see ``drawing``.
    """
    rows = session_rows(scope)
    if method == SampleMethod.BY_MODERATOR:
        return by_moderator(rows)
    if method == SampleMethod.BY_QUEUE:
        return by_queue(scope, rows)
    if method == SampleMethod.REJECTS:
        counts = [(row.session, row.rejected) for row in rows if row.rejected]
    else:
        counts = [(row.session, row.accepted + row.rejected) for row in rows]
    return [PopulationStratum(sessions=counts)] if counts else []


def by_moderator(rows: list[SessionRow]) -> list[PopulationStratum]:
    """A stratum for each moderator."""
    strata: dict[int, PopulationStratum] = {}
    for row in rows:
        stratum = strata.setdefault(row.moderator, PopulationStratum(row.username, row.moderator))
        stratum.sessions.append((row.session, row.accepted + row.rejected))
    return sorted(strata.values(), key=lambda stratum: stratum.label)


def by_queue(scope: Scope, rows: list[SessionRow]) -> list[PopulationStratum]:
    """A stratum for each queue that views came from."""
    known: dict[int, dict[str, int]] = defaultdict(dict)
    for session, queue, n in decided_by_queue(scope):
        known[session][queue] = known[session].get(queue, 0) + n
    strata: dict[str, PopulationStratum] = {}
    for row in rows:
        queues = dict(known.get(row.session, {}))
        unknown = row.accepted + row.rejected - sum(queues.values())
        if unknown:
            queues[UNKNOWN_QUEUE] = unknown
        for queue, n in queues.items():
            stratum = strata.setdefault(queue, PopulationStratum(queue, queue=queue))
            stratum.sessions.append((row.session, n))
    return sorted(strata.values(), key=lambda stratum: (stratum.queue == "", stratum.label))


def decided_by_queue(scope: Scope) -> Iterator[tuple[int, str, int]]:
    """Yield (session, queue, decided views) of the views whose queue is known."""
    decided = [DECISION_NUMBERS[each.value] for each in (Decision.ACCEPTED, Decision.REJECTED)]
    for source in read_summaries(scope).session_sources(SessionValue, RawValue):
        rows = source.filter(subject=Subject.VIDEO_QUEUE, number__in=decided)
        yield from rows.values_list("session_id", "value", "n")
