"""The answers that are no rows of a list, for the description: what they hold.

Nothing is written through these serializers: metrics give plain rows, faster and by the registry.
"""

from http import HTTPStatus
from typing import Any, get_args

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema_field
from rest_framework import serializers

from analytics.api.openapi.problems import ProblemSerializer
from analytics.api.serializers import MomentField
from analytics.api.transport.problems import MEDIA_TYPE
from analytics.insights.findings import LEVELS, FindingKind
from analytics.insights.people import MEASURES
from analytics.metrics.records import How
from analytics.metrics.results import ColumnType


def json_response(schema: Any, example: Any) -> dict[Any, OpenApiResponse]:
    """A 200 in JSON, as ``@extend_schema`` takes responses."""
    return _response(200, "application/json", schema, example)


def text_response(media_type: str, example: str) -> dict[Any, OpenApiResponse]:
    """A 200 in another representation."""
    return _response(200, media_type, {"type": "string"}, example)


def object_response(media_type: str, example: dict[str, Any]) -> dict[Any, OpenApiResponse]:
    """A 200 that holds an object of any shape."""
    return _response(200, media_type, {"type": "object"}, example)


def row_response(
    status: HTTPStatus, serializer: Any, description: str, example: Any
) -> dict[int, OpenApiResponse]:
    """One row of a list, as it is after something was done to it."""
    return {
        status.value: OpenApiResponse(
            serializer,
            description=description,
            examples=[OpenApiExample("answer", value=example)],
        )
    }


def refusal_response(schema: Any, example: Any) -> dict[Any, OpenApiResponse]:
    """The 422 to a body in which something is bad."""
    return _response(422, MEDIA_TYPE, schema, example)


def _response(
    status: int, media_type: str, schema: Any, example: Any
) -> dict[Any, OpenApiResponse]:
    descriptions = {200: "The answer.", 422: "Something is bad, and nothing was stored."}
    return {
        (status, media_type): OpenApiResponse(
            schema,
            description=descriptions[status],
            examples=[OpenApiExample("answer", value=example)],
        )
    }


class ColumnSerializer(serializers.Serializer[Any]):
    """A column of a metric."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF has an attribute of the name
    type = serializers.ChoiceField(choices=get_args(ColumnType))
    unit = serializers.CharField(allow_blank=True, help_text="Empty where there is none.")


class MetricHeadSerializer(serializers.Serializer[Any]):
    """What a metric is."""

    slug = serializers.CharField()
    title = serializers.CharField()
    group = serializers.CharField()
    definition = serializers.CharField()
    columns = ColumnSerializer(many=True)


class MetricEntrySerializer(MetricHeadSerializer):
    """A metric in the catalogue."""

    summary_columns = ColumnSerializer(many=True)
    parameters = serializers.ListField(
        child=serializers.CharField(), help_text="The scope parameters that it takes."
    )
    needs = serializers.ListField(
        child=serializers.CharField(), help_text="Those among them that must be given."
    )


@extend_schema_field({"type": ["string", "number", "null"]})
class ValueField(serializers.Field[Any, Any, Any, Any]):
    """A value of a row: text, number or null; dates and times as ISO 8601."""


class ChangeSerializer(serializers.Serializer[Any]):
    """A figure against the period before."""

    previous = serializers.FloatField(allow_null=True)
    change = serializers.FloatField(allow_null=True)
    change_low = serializers.FloatField(
        allow_null=True, help_text="95 % interval; null for counts, and with too little data."
    )
    change_high = serializers.FloatField(allow_null=True)
    better = serializers.BooleanField(
        allow_null=True, help_text="Null within chance, and where neither side is better."
    )


class MetricSerializer(MetricHeadSerializer):
    """A metric in a scope."""

    scope = serializers.DictField(help_text="The parameters that give this answer again.")
    rows = serializers.ListField(
        child=serializers.DictField(child=ValueField()), help_text="By the columns' names."
    )
    summary = serializers.DictField(child=ValueField(), allow_null=True)
    notes = serializers.ListField(
        child=serializers.CharField(), help_text="What the figures leave out."
    )
    as_of = MomentField(allow_null=True, help_text="The last change to the data.")
    change = serializers.DictField(
        child=ChangeSerializer(),
        allow_null=True,
        required=False,
        help_text="By column, with `change=true`; null where there is nothing to compare with.",
    )


class MetricRowsOfSerializer(serializers.Serializer[Any]):
    """The number that the records are behind."""

    records = serializers.CharField(help_text="Whose list the results are rows of.")
    how = serializers.ChoiceField(choices=get_args(How))
    count = serializers.IntegerField(help_text="How many records there are.")
    shown = ValueField()


class MetricRowsSerializer(serializers.Serializer[Any]):
    """A page of the records behind a number."""

    of = MetricRowsOfSerializer()
    next = serializers.CharField(
        allow_null=True, help_text="The address of the next page; null on the last one."
    )
    results = serializers.ListField(
        child=serializers.DictField(),
        help_text="Rows of the list that `of.records` names, with `amount`, `weight` and `counted` "
        "as far as `of.how` has them. Of `distinct` videos and queues: what was counted, and how "
        "often it occurs.",
    )


class FigureSerializer(serializers.Serializer[Any]):
    """A Plotly figure."""

    data = serializers.ListField(  # type: ignore[assignment]  # DRF has an attribute of the name
        child=serializers.DictField()
    )
    layout = serializers.DictField()


class IntervalSerializer(serializers.Serializer[Any]):
    """An interval of 95 %."""

    low = serializers.FloatField()
    high = serializers.FloatField()
    of = serializers.CharField(help_text="What it is an interval of.")


class EvidenceSerializer(serializers.Serializer[Any]):
    """What a finding rests on."""

    text = serializers.CharField(allow_blank=True)
    n = serializers.IntegerField()
    counted = serializers.CharField(help_text="What n counts.")
    interval = IntervalSerializer(allow_null=True)
    numbers = serializers.DictField(child=ValueField())
    details = serializers.ListField(child=serializers.CharField())


class RecentSerializer(serializers.Serializer[Any]):
    """In how many of the looks before it was the same."""

    outside = serializers.IntegerField()
    of = serializers.IntegerField(
        help_text="The looks of this length before with enough data to judge: up to 6."
    )


class AnsweringNoteSerializer(serializers.Serializer[Any]):
    """A note on the moderator that answers the finding, and is not settled."""

    id = serializers.IntegerField(help_text="The note's `id` in `notes/`.")
    at = MomentField(help_text="When it was written.")
    until = serializers.DateField(
        allow_null=True, help_text="The date of the agreed step; null: it was talked about."
    )


class NamedPersonSerializer(serializers.Serializer[Any]):
    """A moderator that a finding names."""

    moderator = serializers.CharField()
    measure = serializers.ChoiceField(choices=list(MEASURES))
    value = serializers.FloatField(allow_null=True)
    expected = serializers.FloatField(
        allow_null=True, help_text="What the team, without this person, does in the same work."
    )
    low = serializers.FloatField(allow_null=True, help_text="The limit that was judged by.")
    high = serializers.FloatField(allow_null=True, help_text="The limit that was judged by.")
    n = serializers.IntegerField(help_text="Videos or performance rows.")
    sessions = serializers.IntegerField(
        allow_null=True, help_text="Review sessions; null where rows are judged."
    )
    sentence = serializers.CharField(help_text="About this moderator only.")
    recent = RecentSerializer(
        allow_null=True, help_text="Null where the scope has no start or no end."
    )
    note = AnsweringNoteSerializer(
        required=False, help_text="There only where a note answers it for this moderator."
    )


class FindingSerializer(serializers.Serializer[Any]):
    """A finding."""

    slug = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=get_args(FindingKind))
    level = serializers.ChoiceField(choices=LEVELS)
    sentence = serializers.CharField()
    action = serializers.CharField(allow_null=True, help_text="What to do.")
    metric = serializers.CharField(help_text="The metric that it comes from.")
    evidence = EvidenceSerializer()
    people = NamedPersonSerializer(
        many=True, help_text="All whom the finding names; moderators get themselves only."
    )


class InsightsSerializer(serializers.Serializer[Any]):
    """The findings of a scope, most urgent first."""

    scope = serializers.DictField(help_text="The parameters that give this answer again.")
    findings = FindingSerializer(many=True)
    as_of = MomentField(allow_null=True, help_text="The last change to the data.")


class ComparisonSerializer(serializers.Serializer[Any]):
    """Something in the scope's dates and in the period before."""

    name = serializers.CharField()
    metric = serializers.CharField(help_text="The metric whose rows hold its records.")
    column = serializers.CharField(help_text="The column of those rows.")
    key = serializers.CharField(allow_null=True, help_text="The key that names the row, if any.")
    value = serializers.CharField(allow_null=True, help_text="The key's value.")
    before = serializers.FloatField(allow_null=True)
    now = serializers.FloatField(allow_null=True)
    change = serializers.FloatField(
        allow_null=True,
        help_text="`now` minus `before`; of people less what the others explain; `relative`: as "
        "a share of `before`.",
    )
    change_low = serializers.FloatField(
        allow_null=True, help_text="The interval of the change, which holds for all at once."
    )
    change_high = serializers.FloatField(allow_null=True)
    relative = serializers.BooleanField()
    beyond_chance = serializers.BooleanField(
        allow_null=True, help_text="Null where it could not be compared: see `reason`."
    )
    better = serializers.BooleanField(
        allow_null=True, help_text="Null within chance, and where neither side is the better one."
    )
    would_show = serializers.FloatField(
        allow_null=True, help_text="The least change that four of five looks would show."
    )
    reason = serializers.CharField(allow_null=True, help_text="Why it was not compared.")


class ChangeListSerializer(serializers.Serializer[Any]):
    """Comparisons of one kind, those that changed the most first."""

    slug = serializers.CharField()
    title = serializers.CharField()
    compared = serializers.IntegerField(help_text="How many were compared, unnamed ones too.")
    changes = ComparisonSerializer(many=True)


class ChangesSerializer(serializers.Serializer[Any]):
    """What changed in a scope since the period before."""

    scope = serializers.DictField(help_text="The parameters that give this answer again.")
    before = serializers.DictField(
        allow_null=True, help_text="The scope that it is compared with; null: see `reason`."
    )
    reason = serializers.CharField(allow_null=True, help_text="What is not compared, and why.")
    compared = serializers.IntegerField(help_text="How many things were compared at once.")
    lists = ChangeListSerializer(many=True)
    as_of = MomentField(allow_null=True, help_text="The last change to the data.")


class RejectionSerializer(serializers.Serializer[Any]):
    """Something that was not taken in."""

    index = serializers.IntegerField(help_text="Its place in the list that was sent, from 0.")
    path = serializers.CharField(allow_blank=True, help_text="What in it is wrong.")
    message = serializers.CharField()


class SessionRejectionSerializer(RejectionSerializer):
    """A session that was not taken in."""

    session = serializers.CharField(allow_null=True, help_text="As far as known.")


class RowRejectionSerializer(RejectionSerializer):
    """A row that was not taken in."""

    row = serializers.CharField(allow_null=True, help_text="Its key, as far as known.")


class StoredSerializer(serializers.Serializer[Any]):
    """What became of what was sent."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected_count = serializers.IntegerField(
        help_text="How many were rejected; `rejected` has the first 100."
    )


class StoredSessionsSerializer(StoredSerializer):
    """What became of the sessions that were sent."""

    rejected = SessionRejectionSerializer(many=True)


class StoredRowsSerializer(StoredSerializer):
    """What became of the rows that were sent."""

    rejected = RowRejectionSerializer(many=True)


class RefusedSessionsSerializer(ProblemSerializer, StoredSessionsSerializer):
    """The refusal of everything that was sent; the counts are zero."""


class RefusedRowsSerializer(ProblemSerializer, StoredRowsSerializer):
    """The refusal of everything that was sent; the counts are zero."""
