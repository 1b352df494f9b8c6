"""Decisions by what views name (their queue, their reason), and how sessions vary in them."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Sum

from analytics.models import (
    DECISION_NUMBERS,
    PRODUCTS_NUMBER,
    SQUARES_NUMBER,
    UNKNOWN_VALUE,
    PeriodValue,
    RawTotals,
    RawValue,
    SessionTotals,
    SessionValue,
    Subject,
)
from analytics.summaries.counters import RATE_SUMS, CounterRow
from analytics.summaries.reading import SummaryReader

COUNTS = {number: name for name, number in DECISION_NUMBERS.items()}


@dataclass
class DecisionCounts:
    """Views of one name by decision; the sums are over the sessions with decided ones of it.

    ``decided_squares`` and ``rejected_squares``: of the squares of decided and of rejected views;
    ``decided_rejected``: of their products.
    """

    none: int = 0
    accepted: int = 0
    rejected: int = 0
    decided_sessions: int = 0
    decided_squares: int = 0
    rejected_squares: int = 0
    decided_rejected: int = 0

    @property
    def decided(self) -> int:
        """Accepted and rejected views."""
        return self.accepted + self.rejected

    @property
    def videos(self) -> int:
        """All views."""
        return self.none + self.decided

    def add_rollup(self, number: float, n: int, amount: int) -> None:
        """Add a row of a roll-up; see ``models.SQUARES_NUMBER``."""
        if number == SQUARES_NUMBER:
            self.decided_sessions += n
            self.decided_squares += amount
        elif number == PRODUCTS_NUMBER:
            self.rejected_squares += n
            self.decided_rejected += amount
        else:
            self.add_views(number, n)

    def add_views(self, number: float, n: int) -> None:
        """Add views of a decision."""
        setattr(self, COUNTS[number], getattr(self, COUNTS[number]) + n)

    def add_session(self, decided: int, rejected: int) -> None:
        """Add the squares of one session."""
        self.decided_sessions += decided > 0
        self.decided_squares += decided * decided
        self.rejected_squares += rejected * rejected
        self.decided_rejected += decided * rejected

    def add_sums(self, row: CounterRow) -> None:
        """Add the sums of sessions in which no view names anything."""
        for name in RATE_SUMS:
            setattr(self, name, getattr(self, name) + (row[name] or 0))


def decisions_by_name(summaries: SummaryReader, subject: Subject) -> dict[str, DecisionCounts]:
    """The views in scope by the name that ``subject`` counts.

    ``UNKNOWN_VALUE`` are those without one. Names that no view has are left out, it too.
    """
    by_name: dict[str, DecisionCounts] = defaultdict(DecisionCounts)
    if summaries.is_everyone:
        built = PeriodValue.objects.filter(summaries.rollups.built, subject=subject)
        rows = built.values_list("value", "number").annotate(Sum("n"), Sum("amount"))
        for value, number, n, amount in rows.order_by():
            by_name[value].add_rollup(number, n, amount)
    add_sessions(by_name, summaries, subject)
    known = [counts for value, counts in by_name.items() if value != UNKNOWN_VALUE]
    total, unknown = summaries.totals, by_name[UNKNOWN_VALUE]
    unknown.accepted = total["accepted"] - sum(counts.accepted for counts in known)
    unknown.rejected = total["rejected"] - sum(counts.rejected for counts in known)
    undecided = total["videos"] - total["accepted"] - total["rejected"]
    unknown.none = undecided - sum(counts.none for counts in known)
    return {value: counts for value, counts in by_name.items() if counts.videos}


def add_sessions(
    by_name: dict[str, DecisionCounts], summaries: SummaryReader, subject: Subject
) -> None:
    """Add what no roll-up holds, session by session."""
    # Roll-ups have no values by moderator: a moderator's sessions are few.
    is_one = summaries.is_one_moderator
    sources = summaries.session_sources if is_one else summaries.sources_beyond_rollups
    decided: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for source in sources(SessionValue, RawValue):
        rows = source.filter(subject=subject).values_list("session_id", "value", "number", "n")
        for session, value, number, n in rows:
            by_name[value].add_views(number, n)
            counts = decided[session, value]
            counts[0] += n if number != DECISION_NUMBERS["none"] else 0
            counts[1] += n if number == DECISION_NUMBERS["rejected"] else 0
    unknown = by_name[UNKNOWN_VALUE]
    if not decided:
        for row in [summaries.totals] if is_one else summaries.totals_beyond_rollups:
            unknown.add_sums(row)
        return
    of_session: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for (session, value), (n, rejected) in decided.items():
        by_name[value].add_session(n, rejected)
        of_session[session][0] += n
        of_session[session][1] += rejected
    for source in sources(SessionTotals, RawTotals):
        for session, accepted, rejected in source.values_list("session_id", "accepted", "rejected"):
            known_n, known_rejected = of_session[session]
            unknown.add_session(accepted + rejected - known_n, rejected - known_rejected)
