"""What changed since the period before: one function for strips, tables, cards and the API.

A change is called better or worse only where its interval leaves out zero, and only of figures
that have a better side. Counts have no interval: they are what they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Count, F, FloatField, Q, QuerySet, Sum
from django.db.models.functions import Cast

from analytics.comparison.changes import (
    PAIR,
    PRODUCTS,
    Chance,
    ClusterSums,
    bounds_of,
    chances_of_means,
    chances_of_ratio,
)
from analytics.formatting import Number
from analytics.metrics.coverage import period_before
from analytics.metrics.drawing import KpiStrip
from analytics.metrics.engagement import chat_sessions
from analytics.metrics.moderators import performance_rows
from analytics.metrics.ratios import RATIOS, clusters_of
from analytics.metrics.recommendations import USER_OR_ROW, recommendations
from analytics.metrics.registry import Metric
from analytics.metrics.results import number_or_none
from analytics.reads import read
from analytics.scope import Scope
from analytics.summaries.snapshots import snapshot

NUMBERS = ("integer", "number", "share", "seconds", "minutes")
Side = Literal["up", "down"]


@dataclass(frozen=True)
class ColumnChange:
    """A figure against the period before; None where unknown.

    ``low`` and ``high``: the 95 % interval of ``change``. ``better``: whether the change is for the
    better; None within chance, and where neither side is the better one.
    """

    previous: Number | None
    change: Number | None
    low: float | None = None
    high: float | None = None
    better: bool | None = None

    @property
    def beyond_chance(self) -> bool | None:
        """Whether the interval leaves out zero; None without an interval."""
        if self.low is None or self.high is None:
            return None
        return self.low > 0 or self.high < 0

    def as_dict(self) -> dict[str, Number | None]:
        """The change as the API gives it."""
        return {
            "previous": self.previous,
            "change": self.change,
            "change_low": self.low,
            "change_high": self.high,
            "better": self.better,
        }


@dataclass(frozen=True)
class Measure:
    """How a figure's change is judged: how it varies for two scopes, and its better side."""

    chances: Callable[[Scope, Scope], list[Chance]]
    better: Side | None = None


def of_sessions(name: str, better: Side | None = None) -> Measure:
    """A ratio of the review sessions' counters."""
    ratio = RATIOS[name]

    def chances(now: Scope, before: Scope) -> list[Chance]:
        return chances_of_ratio(
            clusters_of(ratio, now), clusters_of(ratio, before), is_share=ratio.is_share
        )

    return Measure(chances, better)


Rows = Callable[[Scope], QuerySet[Any]]


def of_rows(rows: Rows, field: str, cluster: Any, better: Side | None = None) -> Measure:
    """A mean of rows. ``cluster``: what rows of one person or user have in common.

    Of one person's own rows each counts for itself.
    """

    def chances(now: Scope, before: Scope) -> list[Chance]:
        if now.moderator is not None:
            sums = [row_sums(rows(scope), field) for scope in (now, before)]
            return chances_of_ratio(sums[:1], sums[1:], is_share=False)
        return paired_chances(rows, field, cluster, now, before)

    return Measure(chances, better)


def row_sums(rows: QuerySet[Any], field: str) -> ClusterSums:
    """The sums of rows, each a cluster."""
    value = Cast(F(field), FloatField())
    sums = rows.aggregate(
        n=Count(field), total=Sum(value, default=0.0), squares=Sum(value * value, default=0.0)
    )
    n, total = sums["n"], sums["total"]
    return ClusterSums(n, n, total, n, sums["squares"], total)


def paired_chances(rows: Rows, field: str, cluster: Any, now: Scope, before: Scope) -> list[Chance]:
    """How much a mean's change varies, by clusters that may have rows in both periods."""
    value = Cast(F(field), FloatField())
    periods = {"now": in_dates(now), "before": in_dates(before)}
    by_cluster = (
        rows(Scope(now.viewer, start=before.start, end=now.end))
        .filter(periods["now"] | periods["before"], **{f"{field}__isnull": False})
        .values(cluster=cluster)
        .annotate(
            **{
                f"whole_{name}": Cast(Count("pk", filter=dates), FloatField())
                for name, dates in periods.items()
            },
            **{
                f"part_{name}": Sum(value, filter=dates, default=0.0)
                for name, dates in periods.items()
            },
        )
        .order_by()
    )
    sums = by_cluster.aggregate(
        clusters=Count("cluster"),
        **{f"sum_{name}": Sum(name, default=0.0) for name in PAIR},
        **{
            f"product_{first}_{second}": Sum(F(PAIR[first]) * F(PAIR[second]), default=0.0)
            for first, second in PRODUCTS
        },
    )
    return chances_of_means(
        sums["clusters"],
        [sums[f"sum_{name}"] for name in PAIR],
        [sums[f"product_{first}_{second}"] for first, second in PRODUCTS],
    )


def in_dates(scope: Scope) -> Q:
    """The condition on a row's date."""
    return Q(date__gte=scope.start, date__lte=scope.end)


RESPONSE = of_rows(performance_rows, "average_response_time", F("moderator"), "down")
SATISFACTION = of_rows(performance_rows, "satisfaction_score", F("moderator"), "up")
REVIEW = {
    "reject_rate": of_sessions("reject_rate"),
    "completion_rate": of_sessions("completion_rate", "up"),
    "handle_seconds": of_sessions("handle_seconds", "down"),
}
#: By metric and figure: how its change is judged. What stands here and is no column of its metric
#: is a figure that pages make of its columns.
MEASURES: Mapping[str, Mapping[str, Measure]] = {
    "review-summary": {**REVIEW, "idle_share": of_sessions("idle_share")},
    "moderator-review": {**REVIEW, "occupancy": of_sessions("occupancy")},
    "video-status": {"completion_rate": REVIEW["completion_rate"]},
    "sound-status": {"muted_share": of_sessions("muted_share")},
    "activity-summary": {
        "average_length_minutes": of_rows(chat_sessions, "length_minutes", F("user_id"), "up"),
        "average_messages": of_rows(chat_sessions, "messages_sent", F("user_id"), "up"),
        "average_rating": of_rows(chat_sessions, "feedback_rating", F("user_id"), "up"),
    },
    "click-through-rate": {
        "average": of_rows(recommendations, "click_through_rate", USER_OR_ROW, "up")
    },
    "moderator-summary": {
        "average_response_minutes": RESPONSE,
        "average_satisfaction": SATISFACTION,
    },
    "moderator-performance": {
        "average_response_minutes": RESPONSE,
        "average_satisfaction": SATISFACTION,
    },
}


@read
def change_of(
    slug: str, name: str, values: tuple[Number | None, Number | None], scopes: tuple[Scope, Scope]
) -> ColumnChange:
    """A figure's change: its values and scopes now and before. Inside a snapshot."""
    now, previous = values
    if now is None or previous is None:
        return ColumnChange(previous, None)
    change = now - previous
    measure = MEASURES.get(slug, {}).get(name)
    bounds = bounds_of(change, measure.chances(*scopes)) if measure is not None else None
    if measure is None or bounds is None:
        return ColumnChange(previous, change)
    better = None
    if measure.better is not None and (bounds.low > 0 or bounds.high < 0):
        better = (bounds.low > 0) == (measure.better == "up")
    return ColumnChange(previous, change, bounds.low, bounds.high, better)


def changes(metric: Metric, scope: Scope) -> tuple[dict[str, ColumnChange] | None, str]:
    """The changes of a metric's figures by column; None with the reason, a sentence without an end.

    Compared are the figures of a metric that has one row, or its summary.
    """
    with snapshot():
        before = period_before(metric.group, scope)
        if before.scope is None:
            return None, f"No comparison: {before.reason or 'these dates have no period before'}"
        now, then = metric(scope), metric(before.scope)
        pair, columns = (now.summary, then.summary), metric.summary_columns
        if is_single(metric) and len(now.rows) == len(then.rows) == 1:
            pair, columns = (now.rows[0], then.rows[0]), metric.columns
        if pair[0] is None or pair[1] is None:
            return None, "No comparison: there is no single figure of this kind in both periods"
        return {
            column.name: change_of(
                metric.slug,
                column.name,
                (number_or_none(pair[0][column.name]), number_or_none(pair[1][column.name])),
                (scope, before.scope),
            )
            for column in columns
            if column.type in NUMBERS and not column.name.endswith(("_low", "_high"))
        }, ""


def is_single(metric: Metric) -> bool:
    """Whether the metric's one row is the same thing in either period."""
    return isinstance(metric.drawing, KpiStrip) or metric.slug in MEASURES
