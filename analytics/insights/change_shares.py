"""Shares of videos in both periods, judged by how they vary from day to day."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from analytics.comparison.changes import Chance, ClusterSums, chances_of_ratio, cluster_sums
from analytics.insights.period_changes import Candidate
from analytics.metrics.ratios import MIN_DAYS
from analytics.models import DECISION_NUMBERS, UNKNOWN_VALUE, Subject
from analytics.scope import Scope
from analytics.summaries.by_day import values_by_day_and_name
from analytics.summaries.counters import CounterRow
from analytics.summaries.reading import read_summaries

#: A share is compared with so many things in either period, and so many of and without it in both.
MIN_WHOLE, MIN_PART = 30, 10
TOO_FEW = "too little data"


def ratio_value(sums: ClusterSums) -> float | None:
    """The ratio; None over nothing."""
    return sums.ratio if sums.whole > 0 else None


def are_enough(before: ClusterSums, now: ClusterSums) -> bool:
    """Whether a share rests on enough that its intervals hold."""
    part = before.part + now.part
    rest = before.whole + now.whole - part
    return min(before.whole, now.whole) >= MIN_WHOLE and min(part, rest) >= MIN_PART


@dataclass(frozen=True)
class ShareSource:
    """Values of which each has a share of some videos.

    ``key``, ``metric`` and ``column`` say where their records are, ``condition`` which rows of
    ``subject`` count, ``whole`` of how many of a day's videos they are a part.
    """

    subject: Subject
    key: str
    metric: str
    column: str
    whole: Callable[[CounterRow], float]
    condition: Q = field(default_factory=Q)


STATUSES = ShareSource(
    Subject.STATUS, "status", "video-status", "share", lambda row: float(row["videos"])
)
REASONS = ShareSource(
    Subject.VIDEO_REASON,
    "reason",
    "decisions-by-reason",
    "videos",
    lambda row: float(row["accepted"] + row["rejected"]),
    Q(number__gt=DECISION_NUMBERS["none"], number__lte=DECISION_NUMBERS["rejected"]),
)


def shares(now: Scope, before: Scope, source: ShareSource, effect: float) -> Iterator[Candidate]:
    """Yield the share of each value, by days, and at least as sessions make shares vary."""
    sums: list[dict[str, ClusterSums]] = []
    wholes = []
    for scope in (before, now):
        reader = read_summaries(scope)
        by_name = values_by_day_and_name(reader, Q(subject=source.subject) & source.condition)
        whole = {day: source.whole(row) for day, row in reader.by_day.items()}
        wholes.append(whole)
        sums.append(
            {
                name: cluster_sums([(n, float(counts.get(day, 0))) for day, n in whole.items()])
                for name, counts in by_name.items()
            }
        )
    nothing = [cluster_sums([(n, 0.0) for n in whole.values()]) for whole in wholes]
    for name in sorted({*sums[0], *sums[1]} - {UNKNOWN_VALUE}):
        then, here = sums[0].get(name, nothing[0]), sums[1].get(name, nothing[1])
        chances: list[Chance] = []
        if are_enough(then, here) and min(then.clusters, here.clusters) >= MIN_DAYS:
            chances = chances_of_ratio([here], [then], is_share=True, design_effect=effect)
        yield Candidate(
            name, source.metric, source.column, "share", ratio_value(then), ratio_value(here),
            chances=chances, keys={source.key: name}, reason="" if chances else TOO_FEW,
        )  # fmt: skip
