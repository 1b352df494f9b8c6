"""The metrics of recommendations: what was recommended, and how it was taken up."""

from django.db.models import Avg, Case, F, Max, Min, Q, QuerySet, TextField, Value, When
from django.db.models import Count as CountRows
from django.db.models.functions import Cast, Concat

from analytics.metrics.drawing import ClusteredBars, Gauge, Pie
from analytics.metrics.engagement import in_date_range
from analytics.metrics.notes import missing_note
from analytics.metrics.records import (
    RECOMMENDATIONS,
    Count,
    Extreme,
    Key,
    Mean,
    Part,
    Rate,
)
from analytics.metrics.registry import metric
from analytics.metrics.results import Column, Result, Row
from analytics.metrics.seen_values import seen_values
from analytics.models import RECOMMENDATION_TYPES, Recommendation, Target
from analytics.scope import DATE_PARAMETERS, Scope
from analytics.summaries.snapshots import snapshot

#: The click-through rate's name among the targets.
CTR_TARGET = "average_ctr"

TYPE = Column("type", "Type", "text", key=Key(lambda row: Part(Q(recommendation_type=row["type"]))))
NUMBER = Column(
    "recommendations",
    "Recommendations",
    "integer",
    "recommendations",
    Count(RECOMMENDATIONS),
)
#: A user's recommendations belong together; one of an unknown user stands for itself.
USER_OR_ROW = Case(
    When(user_id="", then=Concat(Value("\n"), Cast("pk", TextField()))),
    default=F("user_id"),
    output_field=TextField(),
)


def recommendations(scope: Scope) -> QuerySet[Recommendation]:
    """The recommendations whose date is in scope."""
    return in_date_range(Recommendation.objects.all(), scope)


@metric(
    title="Effectiveness by type",
    group="recommendations",
    columns=(
        TYPE,
        NUMBER,
        Column(
            "average_ctr",
            "Click-through rate",
            "share",
            "",
            Mean(RECOMMENDATIONS, amount="click_through_rate"),
        ),
        Column(
            "average_feedback",
            "Feedback score",
            "number",
            "",
            Mean(
                RECOMMENDATIONS,
                Part(Q(feedback_score__isnull=False)),
                amount="feedback_score",
            ),
        ),
    ),
    parameters=DATE_PARAMETERS,
    drawing=ClusteredBars(label="type", values=("average_ctr", "average_feedback"), span=12),
    counted="recommendations",
)
def recommendation_effectiveness(scope: Scope) -> Result:
    """Click-through rate and feedback score of each type of recommendation.

    Click-through rate = sum of the rates / recommendations of the type: the unweighted mean,
    since only rates are known and not how often each was shown. Feedback score = sum of the
    scores / recommendations of the type that have one.
    """
    chosen = recommendations(scope)
    types = (
        chosen.values("recommendation_type")
        .annotate(n=CountRows("pk"), ctr=Avg("click_through_rate"), feedback=Avg("feedback_score"))
        .order_by("recommendation_type")
    )
    rows: list[Row] = [
        {
            "type": row["recommendation_type"],
            "recommendations": row["n"],
            "average_ctr": row["ctr"],
            "average_feedback": row["feedback"],
        }
        for row in types
    ]
    unscored = chosen.filter(feedback_score__isnull=True).count()
    return Result(
        rows=rows,
        n=sum(row["n"] for row in types),
        notes=missing_note(unscored, "recommendation", "feedback score"),
    )


@metric(
    title="Mix of types",
    group="recommendations",
    columns=(
        TYPE,
        NUMBER,
        Column("share", "Share", "share", "", Rate(RECOMMENDATIONS, needs_key=True)),
    ),
    parameters=DATE_PARAMETERS,
    drawing=Pie(label="type", value="recommendations", span=6),
    counted="recommendations",
)
def recommendation_mix(scope: Scope) -> Result:
    """How the recommendations divide among the types.

    Share = recommendations of the type / all recommendations in scope.
    """
    with snapshot():
        types = list(
            recommendations(scope)
            .values("recommendation_type")
            .annotate(n=CountRows("pk"))
            .order_by("recommendation_type")
            .values_list("recommendation_type", "n")
        )
        seen = seen_values(RECOMMENDATION_TYPES)
    total = sum(n for _name, n in types)
    return Result(
        rows=[{"type": name, "recommendations": n, "share": n / total} for name, n in types],
        n=total,
        seen=seen,
    )


@metric(
    title="Click-through rate",
    group="recommendations",
    columns=(
        Column(
            "minimum",
            "Least",
            "share",
            "",
            Extreme(RECOMMENDATIONS, amount="click_through_rate"),
        ),
        Column(
            "average", "Average", "share", "", Mean(RECOMMENDATIONS, amount="click_through_rate")
        ),
        Column(
            "maximum",
            "Greatest",
            "share",
            "",
            Extreme(RECOMMENDATIONS, amount="click_through_rate"),
        ),
        NUMBER,
    ),
    summary=(Column("target", "Target", "share", without_records="Admins set it."),),
    parameters=DATE_PARAMETERS,
    drawing=Gauge(low="minimum", value="average", high="maximum", target="target", span=6),
    counted="recommendations",
)
def click_through_rate(scope: Scope) -> Result:
    """Least, average and greatest click-through rate of the recommendations.

    Average = sum of the rates / recommendations: the unweighted mean, since only rates are
    known. The summary's target is the one that admins set.
    """
    row = recommendations(scope).aggregate(
        minimum=Min("click_through_rate"),
        average=Avg("click_through_rate"),
        maximum=Max("click_through_rate"),
        recommendations=CountRows("pk"),
    )
    target = Target.objects.value_in_force(CTR_TARGET, scope.end)
    return Result(rows=[row], summary={"target": target}, n=row["recommendations"])
