"""The metrics of moderators' performance rows: response time, satisfaction, sessions moderated."""

import math
import statistics
from collections.abc import Sequence

from django.db.models import Avg, F, Q, QuerySet
from django.db.models import Count as CountRows
from django.db.models import Sum as SumRows

from analytics.metrics.columns import MODERATOR
from analytics.metrics.drawing import KpiStrip, Scatter
from analytics.metrics.engagement import in_date_range
from analytics.metrics.formulas import ratio
from analytics.metrics.notes import missing_note
from analytics.metrics.records import (
    PERFORMANCE,
    Distinct,
    Mean,
    Part,
    Ratio,
    Sum,
    moderators_of,
)
from analytics.metrics.registry import metric
from analytics.metrics.results import Column, Result, Row
from analytics.models import ModeratorPerformance
from analytics.scope import PEOPLE_PARAMETERS, Scope

#: Fisher's z has variance 1 / (n - 3): below this there is no interval.
MIN_POINTS = 4

NORMAL_95 = statistics.NormalDist().inv_cdf(0.975)


def performance_rows(scope: Scope) -> QuerySet[ModeratorPerformance]:
    """The performance rows whose date and moderator are in scope."""
    rows = in_date_range(ModeratorPerformance.objects.all(), scope)
    if scope.moderator is not None:
        rows = rows.filter(moderator=scope.moderator)
    return rows


def weighted_sums(field: str, weight: str = "sessions_moderated") -> dict[str, SumRows]:
    """Aggregates for a weighted mean: ``ratio`` of ``{field}_amount`` and ``{field}_weight``."""
    known = Q(**{f"{field}__isnull": False})
    return {
        f"{field}_amount": SumRows(F(field) * F(weight), filter=known),
        f"{field}_weight": SumRows(weight, filter=known),
    }


def weighted(field: str) -> Ratio:
    """What a mean by sessions moderated is made of."""
    known = Part(
        Q((f"{field}__isnull", False)),
        annotations={WEIGHTED: F(field) * F("sessions_moderated")},
    )
    return Ratio(
        PERFORMANCE,
        known,
        amount=WEIGHTED,
        weight="sessions_moderated",
        amount_label="Value × sessions",
        weight_label="Sessions moderated",
    )


OVER_PEOPLE = "It is computed over the moderators, who are rows of the metric."
WEIGHTED = "weighted_amount"
MODERATED = Column(
    "sessions_moderated",
    "Sessions moderated",
    "integer",
    "sessions",
    Sum(PERFORMANCE, amount="sessions_moderated"),
)
RESPONSE = Column(
    "average_response_minutes",
    "Response time",
    "minutes",
    "min",
    Mean(PERFORMANCE, amount="average_response_time"),
)
SATISFACTION = Column(
    "average_satisfaction",
    "Satisfaction",
    "number",
    "",
    Mean(PERFORMANCE, Part(Q(satisfaction_score__isnull=False)), amount="satisfaction_score"),
)


def correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Pearson's r; None where it is undefined: under 2 points, or all x or all y equal."""
    try:
        return statistics.correlation(x, y)
    except statistics.StatisticsError:
        return None


def fisher_interval(r: float | None, n: int) -> tuple[float, float] | tuple[None, None]:
    """The 95 % interval of Pearson's r by Fisher's z transformation.

    tanh(atanh(r) ± 1.96 / sqrt(n - 3)): R. A. Fisher, On the "probable error" of a coefficient
    of correlation, 1921. (None, None) below 4 points or where r is unknown.
    """
    if r is None or n < MIN_POINTS:
        return None, None
    if abs(r) >= 1:
        return r, r
    half = NORMAL_95 / math.sqrt(n - 3)
    return math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)


@metric(
    title="Moderators' performance",
    group="moderators",
    columns=(
        Column(
            "moderators",
            "Moderators",
            "integer",
            "moderators",
            Distinct(moderators_of(PERFORMANCE)),
        ),
        MODERATED,
        RESPONSE,
        SATISFACTION,
        Column(
            "weighted_response_minutes",
            "Response time, by sessions",
            "minutes",
            "min",
            weighted("average_response_time"),
        ),
        Column(
            "weighted_satisfaction",
            "Satisfaction, by sessions",
            "number",
            "",
            weighted("satisfaction_score"),
        ),
    ),
    parameters=PEOPLE_PARAMETERS,
    drawing=KpiStrip(),
    counted="sessions moderated",
)
def moderator_summary(scope: Scope) -> Result:
    """Response time and satisfaction over the performance rows in scope.

    Response time = sum of the rows' response times / rows, in minutes; satisfaction = sum of
    the scores / rows that have one: plain means, in which a quiet day weighs as much as a busy
    one. By sessions = sum of (value x sessions moderated) / sum of sessions moderated, over the
    rows that have the value: the mean over the sessions moderated.
    """
    row = performance_rows(scope).aggregate(
        moderators=CountRows("moderator", distinct=True),
        sessions=SumRows("sessions_moderated", default=0),
        average_response_minutes=Avg("average_response_time"),
        average_satisfaction=Avg("satisfaction_score"),
        unscored=CountRows("pk", filter=Q(satisfaction_score__isnull=True)),
        **weighted_sums("average_response_time"),
        **weighted_sums("satisfaction_score"),
    )
    averages: Row = {
        "moderators": row["moderators"],
        "sessions_moderated": row["sessions"],
        "average_response_minutes": row["average_response_minutes"],
        "average_satisfaction": row["average_satisfaction"],
        "weighted_response_minutes": ratio(
            row["average_response_time_amount"], row["average_response_time_weight"]
        ),
        "weighted_satisfaction": ratio(
            row["satisfaction_score_amount"], row["satisfaction_score_weight"]
        ),
    }
    return Result(
        rows=[averages],
        n=row["sessions"],
        notes=missing_note(row["unscored"], "row", "satisfaction score"),
    )


@metric(
    title="Response time against sessions moderated",
    group="moderators",
    columns=(
        MODERATOR,
        MODERATED,
        RESPONSE,
        SATISFACTION,
    ),
    summary=(
        Column("n", "Moderators", "integer", "moderators", Distinct(moderators_of(PERFORMANCE))),
        Column("r", "Correlation r", "number", without_records=OVER_PEOPLE),
        Column("r_low", "r, least (95 %)", "number", without_records=OVER_PEOPLE),
        Column("r_high", "r, greatest (95 %)", "number", without_records=OVER_PEOPLE),
    ),
    parameters=PEOPLE_PARAMETERS,
    drawing=Scatter(
        x="sessions_moderated", y="average_response_minutes", label="moderator", span=12
    ),
    counted="moderators",
    names_people=True,
)
def moderator_performance(scope: Scope) -> Result:
    """Each moderator's sessions moderated, response time and satisfaction.

    Sessions moderated = their sum; response time = sum of the moderator's response times / rows,
    in minutes; satisfaction = sum of the scores / the moderator's rows that have one. r is
    Pearson's correlation of sessions moderated with response time over the moderators, its
    interval (95 %) by Fisher's z: tanh(atanh(r) ± 1.96 / sqrt(n - 3)); none below 4 moderators
    or where all values are equal. An interval that holds 0 shows no clear relation, and a
    relation does not show a cause.
    """
    people = (
        performance_rows(scope)
        .values("moderator__username")
        .annotate(
            sessions=SumRows("sessions_moderated"),
            response=Avg("average_response_time"),
            satisfaction=Avg("satisfaction_score"),
        )
        .order_by("moderator__username")
    )
    rows: list[Row] = [
        {
            "moderator": row["moderator__username"],
            "sessions_moderated": row["sessions"],
            "average_response_minutes": row["response"],
            "average_satisfaction": row["satisfaction"],
        }
        for row in people
    ]
    sessions = [float(row["sessions"]) for row in people]
    n = len(rows)
    r = None
    if n >= MIN_POINTS:
        r = correlation(sessions, [row["response"] for row in people])
    low, high = fisher_interval(r, n)
    return Result(rows=rows, summary={"n": n, "r": r, "r_low": low, "r_high": high}, n=n)
