"""Ratios of counters by session and by day, as the sums that their chance is known by."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from operator import add
from typing import Any

from django.db.models import Count, F, FloatField, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, NullIf

from analytics.comparison.changes import ClusterSums, cluster_sums
from analytics.models import SECOND_US, RawTotals, SessionTotals
from analytics.scope import Scope
from analytics.summaries.kept_rollups import parts_of, rows_of
from analytics.summaries.prepared_sums import PreparedSums
from analytics.summaries.reading import SummaryReader, read_summaries
from analytics.summaries.selection import BuiltRollup
from analytics.summaries.snapshots import current_state

#: The sums of some ratios, those of a ratio after those of the one before.
Sums = tuple[float, ...]
# The fields of ``ClusterSums``, in their order.
SUMS = ("clusters", "whole", "part", "whole_squares", "part_squares", "products")
#: From so many days on they are clusters too: sessions of one day may be alike.
MIN_DAYS = 7


@dataclass(frozen=True)
class SessionRatio:
    """A ratio of counters: (``part`` - ``less``) / ``unit`` over the sum of ``whole``.

    ``is_share``: the part is some of the whole's things.
    """

    name: str
    whole: tuple[str, ...]
    part: str
    less: str = ""
    unit: int = 1
    is_share: bool = False

    def of_row(self, row: Mapping[str, Any]) -> tuple[Any, Any]:
        """Whole and part of some counters: numbers, or arrays of a value a row."""
        part = row[self.part] - (row[self.less] if self.less else 0)
        return sum(row[name] for name in self.whole), part / self.unit

    def expressions(self, prefix: str = "") -> tuple[Any, Any]:
        """Whole and part of a row's counters, found at ``prefix`` ("totals__"), for queries."""
        whole = as_float(prefix + self.whole[0])
        for name in self.whole[1:]:
            whole += as_float(prefix + name)
        part = as_float(prefix + self.part)
        if self.less:
            part -= as_float(prefix + self.less)
        return whole, part / self.unit

    def quotient(self, prefix: str = "") -> Any:
        """The ratio of a row's counters, for queries; null where there is no whole."""
        whole, part = self.expressions(prefix)
        return part / NullIf(whole, Value(0.0))

    def aggregates(self) -> Iterator[tuple[str, Any]]:
        """Yield the sums over the sessions of which there is a whole."""
        some = Q(*((f"{name}__gt", 0) for name in self.whole), _connector=Q.OR)
        whole, part = self.expressions()
        yield f"{self.name}_clusters", Count("pk", filter=some)
        for name, product in zip(
            SUMS[1:], (whole, part, whole * whole, part * part, whole * part), strict=True
        ):
            yield f"{self.name}_{name}", Sum(product, filter=some, default=0.0)


def as_float(name: str) -> Any:
    """A counter as a number: squares of microseconds are too large for whole ones."""
    return Cast(F(name), FloatField())


RATIOS = {
    ratio.name: ratio
    for ratio in (
        SessionRatio("reject_rate", ("accepted", "rejected"), "rejected", is_share=True),
        SessionRatio("completion_rate", ("videos",), "completed", is_share=True),
        SessionRatio("handle_seconds", ("timed_decided",), "logged_us", "idle_us", SECOND_US),
        SessionRatio("idle_share", ("logged_us",), "idle_us"),
        SessionRatio("occupancy", ("logged_us",), "logged_us", "idle_us"),
        SessionRatio("muted_share", ("muted", "unmuted"), "muted", is_share=True),
    )
}


def clusters_of(ratio: SessionRatio, scope: Scope) -> list[ClusterSums]:
    """A ratio's sums over the scope's sessions, then over its days where they are enough."""
    summaries = read_summaries(scope)
    sums = current_state().cached(("ratios", scope), lambda: session_sums(summaries))
    clusters, *others = (sums[f"{ratio.name}_{name}"] for name in SUMS)
    by_session = ClusterSums(round(clusters), *others)
    by_day = cluster_sums([ratio.of_row(row) for row in summaries.by_day.values()])
    return [by_session, by_day if by_day.clusters >= MIN_DAYS else by_session]


def sums_by_day(summaries: SummaryReader, names: Iterable[str]) -> dict[date, list[ClusterSums]]:
    """The sums of some ratios over the sessions of each day, in the ratios' order.

    Those of days that roll-ups are built of are kept with them.
    """
    chosen = tuple(names)
    load = partial(built_sums_by_day, chosen, summaries.moderator_filter)
    kept = parts_of(("ratios by day", summaries.whose, chosen), summaries.by_month, load)
    totals = dict(rows_of(kept))
    beyond = summaries.sources_beyond_rollups(SessionTotals, RawTotals)
    totals.update(grouped_sums(beyond, aggregates_of(chosen), "day"))
    return {day: cluster_sums_of(sums) for day, sums in totals.items()}


def built_sums_by_day(
    names: Sequence[str], whose: Q, rollups: Sequence[BuiltRollup]
) -> list[list[tuple[date, Sums]]]:
    """The sums of the sessions of each day of some built roll-ups, read in one query."""
    days = Q(pk__in=[])
    for rollup in rollups:
        days |= Q(day__gte=rollup.span.start, day__lt=rollup.span.stop)
    rows = SessionTotals.objects.filter(whose, days)
    totals = grouped_sums([rows], aggregates_of(names), "day")
    return [
        [
            (day, sums)
            for day, sums in totals.items()
            if rollup.span.start <= day < rollup.span.stop and day not in rollup.without
        ]
        for rollup in rollups
    ]


def sums_by_moderator(
    summaries: SummaryReader, names: Iterable[str]
) -> dict[str, list[ClusterSums]]:
    """The sums of some ratios over the sessions of each moderator, in the ratios' order."""
    chosen = tuple(names)
    rows = summaries.session_sources(SessionTotals, RawTotals)
    totals = grouped_sums(rows, aggregates_of(chosen), "moderator__username")
    return {name: cluster_sums_of(sums) for name, sums in totals.items()}


def aggregates_of(names: Iterable[str]) -> dict[str, Any]:
    """What is summed for some ratios."""
    return dict(entry for name in names for entry in RATIOS[name].aggregates())


def grouped_sums(
    sources: Iterable[QuerySet[Any]], wanted: Mapping[str, Any], field: str
) -> dict[Any, Sums]:
    """Some sums over the rows of each value of a field, in the order of ``wanted``."""
    totals: dict[Any, Sums] = {}
    for rows in sources:
        for value, *sums in rows.order_by().values_list(field).annotate(**wanted):
            before = totals.get(value)
            totals[value] = tuple(sums if before is None else map(add, before, sums))
    return totals


def cluster_sums_of(sums: Sums) -> list[ClusterSums]:
    """The sums of each ratio."""
    each = [sums[at : at + len(SUMS)] for at in range(0, len(sums), len(SUMS))]
    return [ClusterSums(round(clusters), *others) for clusters, *others in each]


SESSION_SUMS = PreparedSums(
    dict(entry for ratio in RATIOS.values() for entry in ratio.aggregates())
)


def session_sums(summaries: SummaryReader) -> Mapping[str, float]:
    """The sums of every ratio over the scope's sessions; kept where built roll-ups hold them."""
    return summaries.of_rollups("ratios", partial(load_session_sums, summaries))


def load_session_sums(summaries: SummaryReader) -> Mapping[str, float]:
    """The same, in one query."""
    total = dict.fromkeys(SESSION_SUMS.aggregates, 0.0)
    for rows in summaries.session_sources(SessionTotals, RawTotals):
        for name, value in SESSION_SUMS.over(rows).items():
            total[name] += value
    return total
