"""How many decided views there are to draw from, session by session; read from the summaries."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from django.db.models import Q

from analytics.models import (
    DECISION_NUMBERS,
    Decision,
    Moderator,
    RawTotals,
    RawValue,
    SampleMethod,
    SessionTotals,
    SessionValue,
    Subject,
)
from analytics.scope import Scope
from analytics.summaries.microseconds import microseconds
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
    names = dict(Moderator.objects.values_list("pk", "username"))
    fields = ("session__public_id", "session_id", "moderator_id", "accepted", "rejected")
    found: list[tuple[int, str, int, int, int, int]] = []
    for source in read_summaries(scope).session_sources(SessionTotals, RawTotals):
        found += source.filter(Q(accepted__gt=0) | Q(rejected__gt=0)).values_list(
            microseconds("started_at"), *fields
        )
    found.sort(key=itemgetter(0, 1))
    return [
        SessionRow(session, moderator, names[moderator], accepted, rejected)
        for _started, _id, session, moderator, accepted, rejected in found
    ]


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
    order = {row.session: at for at, row in enumerate(rows)}
    unknown = {row.session: row.accepted + row.rejected for row in rows}
    queues: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for session, queue, n in decided_by_queue(scope):
        queues[queue][session] += n
        unknown[session] -= n
    queues[UNKNOWN_QUEUE] = {session: n for session, n in unknown.items() if n}
    return [
        PopulationStratum(queue, queue=queue, sessions=in_order_of(order, counts))
        for queue, counts in sorted(queues.items(), key=lambda item: (item[0] == "", item[0]))
        if counts
    ]


def in_order_of(order: Mapping[int, int], counts: Mapping[int, int]) -> list[SessionCount]:
    """The counts by session, the sessions in an order."""
    return sorted(counts.items(), key=lambda item: order[item[0]])


def decided_by_queue(scope: Scope) -> Iterator[tuple[int, str, int]]:
    """Yield (session, queue, decided views) of the views whose queue is known."""
    decided = [DECISION_NUMBERS[each.value] for each in (Decision.ACCEPTED, Decision.REJECTED)]
    for source in read_summaries(scope).session_sources(SessionValue, RawValue):
        rows = source.filter(subject=Subject.VIDEO_QUEUE, number__in=decided)
        yield from rows.values_list("session_id", "value", "n")
