"""The rows of the lists, as JSON.

A thing's own fields have the names of the documents and CSV files that it came in by; what it
refers to has the name that it is filtered by: ``moderator``, ``session``.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.utils.field_mapping import ClassLookupDict

from analytics.exports import iso_datetime
from analytics.imports.rows.fields import (
    ANNOTATIONS,
    MODERATOR_PERFORMANCE,
    RECOMMENDATIONS,
    USER_ACTIVITY,
    Column,
    RowKind,
)
from analytics.imports.sessions import field_types as types
from analytics.imports.sessions.fields import (
    INACTIVITY,
    QUEUES,
    SESSIONS,
    SPEEDS,
    VIDEOS,
    Field,
    Part,
)
from analytics.models import SECOND_US, Decision, DisputeOutcome, Sound, Verdict


@extend_schema_field({"type": "number", "minimum": 0})
class SecondsField(serializers.Field[Any, Any, float, Any]):
    """Whole microseconds, shown as seconds."""

    def to_representation(self, value: int) -> float:
        """The seconds, as a whole number where they are one."""
        seconds, microseconds = divmod(value, SECOND_US)
        return value / SECOND_US if microseconds else seconds


class MomentField(serializers.DateTimeField):
    """A time, written as everywhere in the portal."""

    def to_representation(self, value: Any) -> str:
        """ISO 8601 in TIME_ZONE, with the offset."""
        return iso_datetime(value)


FieldKwargs = dict[str, Any]

#: How the values of each type are shown.
SHOWN: dict[types.FieldType, Callable[..., serializers.Field[Any, Any, Any, Any]]] = {
    types.CONTENT_ID: serializers.CharField,
    types.NAME: serializers.CharField,
    types.REQUIRED_NAME: serializers.CharField,
    types.STATUS: partial(
        serializers.CharField,
        help_text="`completed`, `partial`, `not_started`, `unknown`, or any other text.",
    ),
    types.SOUND: partial(serializers.ChoiceField, choices=Sound.values),
    # A child belongs to one field only: each gets its own.
    types.KEYS: lambda **options: serializers.ListField(child=serializers.CharField(), **options),
    types.BOOLEAN: serializers.BooleanField,
    types.NUMBER: serializers.FloatField,
    types.SPEED: serializers.FloatField,
    types.COUNT: serializers.IntegerField,
    types.SECONDS: SecondsField,
    types.TIME: MomentField,
    types.SUBQUEUES: lambda **options: serializers.DictField(
        child=serializers.IntegerField(), **options
    ),
}


def serializer_field(field: Field) -> serializers.Field[Any, Any, Any, Any]:
    """The serializer's field of a document's field."""
    make = SHOWN[field.type]
    options: FieldKwargs = {}
    source = field.lookup.replace("__", ".")
    if source != field.name:
        options["source"] = source
    if field.missing is None and not field.required:
        options["allow_null"] = True
    if field.reference:
        options["default"] = None
    described = isinstance(make, partial) and "help_text" in make.keywords
    if field.description and not described:
        options["help_text"] = field.description
    return make(**options)


def shown_fields(part: Part) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """The fields of a part, by their names in documents."""
    return {field.name: serializer_field(field) for field in part.fields}


def serializer_of(
    name: str, doc: str, /, **fields: serializers.Field[Any, Any, Any, Any]
) -> type[serializers.Serializer[Any]]:
    """A serializer class with these fields, in their order."""
    return type(name, (serializers.Serializer,), {"__doc__": doc, **fields})


def numbered() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """What every row of a session begins with."""
    return {
        "id": serializers.IntegerField(
            help_text="Holds until the session comes in again with other content."
        ),
        "position": serializers.IntegerField(help_text="The order within the session, from 0."),
    }


def belonging() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """What a row of a session ends with, where it stands by itself."""
    return {
        "moderator": serializers.CharField(source="session.moderator.username"),
        "session": serializers.CharField(source="session.public_id"),
        "session_start": MomentField(source="session.started_at"),
    }


SpeedSerializer = serializer_of(
    "SpeedSerializer", "A playback speed that was chosen.", **shown_fields(SPEEDS)
)


def video_fields() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """The fields of a view: what the keys decided stands behind them."""
    fields = numbered()
    # Rest framework orders fields as they were made.
    for field in VIDEOS.fields:
        fields[field.name] = serializer_field(field)
        if field.type is types.KEYS:
            fields["decision"] = serializers.ChoiceField(choices=Decision.values)
    fields["speeds"] = SpeedSerializer(many=True)
    return fields


OwnVideoSerializer = serializer_of(
    "OwnVideoSerializer", "A view of a video, inside its session.", **video_fields()
)
VideoSerializer = serializer_of(
    "VideoSerializer",
    "A view of a video, with what it belongs to.",
    **video_fields(),
    **belonging(),
)
OwnInactivitySerializer = serializer_of(
    "OwnInactivitySerializer",
    "An idle interval, inside its session.",
    **numbered(),
    **shown_fields(INACTIVITY),
)
InactivitySerializer = serializer_of(
    "InactivitySerializer",
    "An idle interval, with what it belongs to.",
    **numbered(),
    **shown_fields(INACTIVITY),
    **belonging(),
)
OwnQueueSerializer = serializer_of(
    "OwnQueueSerializer",
    "A queue assignment, inside its session.",
    **numbered(),
    **shown_fields(QUEUES),
)
QueueSerializer = serializer_of(
    "QueueSerializer",
    "A queue assignment, with what it belongs to.",
    **numbered(),
    **shown_fields(QUEUES),
    **belonging(),
)


SpeedRowSerializer = serializer_of(
    "SpeedRowSerializer",
    "A playback speed that was chosen, with what it belongs to.",
    id=numbered()["id"],
    position=serializers.IntegerField(help_text="The order within the view, from 0."),
    **shown_fields(SPEEDS),
    videoId=serializers.CharField(source="view.video.public_id", allow_null=True, default=None),
    video_position=serializers.IntegerField(
        source="view.position", help_text="The view's order within the session, from 0."
    ),
    moderator=serializers.CharField(source="view.session.moderator.username"),
    session=serializers.CharField(source="view.session.public_id"),
    session_start=MomentField(source="view.session.started_at"),
)


def session_fields() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """The fields of a session."""
    return {
        "_id": serializers.CharField(source="public_id", help_text="The public id."),
        "moderator": serializers.CharField(source="moderator.username"),
        **shown_fields(SESSIONS),
    }


SessionSerializer = serializer_of("SessionSerializer", "A session.", **session_fields())
WholeSessionSerializer = serializer_of(
    "WholeSessionSerializer",
    "A session with everything that happened in it.",
    **session_fields(),
    videos=OwnVideoSerializer(source="views", many=True),
    inactivity=OwnInactivitySerializer(many=True),
    queues=OwnQueueSerializer(many=True),
)


class ModeratorSerializer(serializers.Serializer[Any]):
    """A moderator."""

    username = serializers.CharField()
    created_at = MomentField(help_text="When the portal first heard of them.")


class BlankAsNullField(serializers.CharField):
    """A text that is stored empty where it is unknown, and shown as null."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)

    def to_representation(self, value: str) -> str | None:  # type: ignore[override]  # or null
        """The text, null where it is empty."""
        return value or None


#: The class of the serializer's field, by the model's field.
FIELD_CLASSES: Any = ClassLookupDict(serializers.ModelSerializer.serializer_field_mapping)


def shown_column(kind: RowKind, column: Column) -> serializers.Field[Any, Any, Any, Any]:
    """The serializer's field of a kind's column."""
    options: FieldKwargs = {"help_text": column.help_text} if column.help_text else {}
    source = column.lookup.replace("__", ".")
    if source != column.name:
        options["source"] = source
    if column.empty is not None:
        return BlankAsNullField(**options)
    if column.reference:
        return serializers.CharField(**options)
    field = kind.model._meta.get_field(column.attribute)
    if field.null:
        options["allow_null"] = True
    built: serializers.Field[Any, Any, Any, Any] = FIELD_CLASSES[field](**options)
    return built


def shown_columns(kind: RowKind) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """The fields of a kind's rows, by their names in CSV files."""
    return {column.name: shown_column(kind, column) for column in kind.columns}


ActivitySerializer = serializer_of(
    "ActivitySerializer", "A chat session of a user.", **shown_columns(USER_ACTIVITY)
)
RecommendationSerializer = serializer_of(
    "RecommendationSerializer", "A recommendation.", **shown_columns(RECOMMENDATIONS)
)
PerformanceSerializer = serializer_of(
    "PerformanceSerializer",
    "A moderator's day.",
    id=serializers.IntegerField(),
    **shown_columns(MODERATOR_PERFORMANCE),
)
AnnotationSerializer = serializer_of(
    "AnnotationSerializer",
    "A note on some days.",
    id=serializers.IntegerField(),
    **shown_columns(ANNOTATIONS),
    created_at=MomentField(),
)


class QualityCheckSerializer(serializers.Serializer[Any]):
    """A check of a decision; ``by`` is null of the reader's own decisions."""

    id = serializers.IntegerField()
    session = serializers.CharField(source="session_id")
    position = serializers.IntegerField(help_text="The order within the session, from 0.")
    videoId = BlankAsNullField(source="video")  # noqa: N815  # the documents' name
    moderator = serializers.CharField(
        source="moderator_name", allow_null=True, help_text="Null where the session is gone."
    )
    queue = serializers.CharField(source="queue_name", allow_null=True)
    decision = serializers.ChoiceField(
        choices=Decision.values,
        help_text="The decision that was judged.",
    )
    verdict = serializers.ChoiceField(choices=Verdict.values)
    reason = BlankAsNullField()
    note = BlankAsNullField()
    by = serializers.CharField(source="checker_name", allow_null=True)
    at = MomentField(source="checked_at")
    sample = serializers.IntegerField(
        source="sampled.sample_id", allow_null=True, default=None, help_text="Its sample's `id`."
    )
    correct = serializers.BooleanField(
        source="is_correct",
        allow_null=True,
        help_text="Whether the decision was right; null: unsure, or the dispute is open.",
    )
    stale = serializers.BooleanField(
        source="is_stale", help_text="The view says something else by now; it counts nowhere."
    )
    dispute = serializers.ChoiceField(
        source="dispute.outcome", choices=DisputeOutcome.values, allow_null=True, default=None
    )
    dispute_reason = serializers.CharField(source="dispute.reason", allow_null=True, default=None)
    disputed_at = MomentField(source="dispute.created_at", allow_null=True, default=None)
    reply = BlankAsNullField(source="dispute.reply", default=None)
    decided_at = MomentField(source="dispute.decided_at", allow_null=True, default=None)


class NoteReplySerializer(serializers.Serializer[Any]):
    """An answer to a note."""

    by = serializers.CharField(
        source="created_by.username", allow_null=True, default=None, help_text="The account."
    )
    at = MomentField(source="created_at")
    text = serializers.CharField()


class NoteSerializer(serializers.Serializer[Any]):
    """A note on a moderator, with its answers, the oldest first."""

    id = serializers.IntegerField()
    moderator = serializers.CharField(source="moderator.username")
    by = serializers.CharField(
        source="created_by.username", allow_null=True, default=None, help_text="Null: it is gone."
    )
    at = MomentField(source="created_at")
    text = serializers.CharField()
    measure = BlankAsNullField(help_text="The measure whose finding it answers.")
    step = BlankAsNullField(help_text="What is agreed, until the date in `until`.")
    until = serializers.DateField(allow_null=True)
    settled_at = MomentField(allow_null=True)
    settled_by = serializers.CharField(source="settled_by.username", allow_null=True, default=None)
    replies = NoteReplySerializer(many=True)
