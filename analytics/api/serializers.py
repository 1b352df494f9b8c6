"""The rows of the lists, as JSON.

A thing's own fields have the names of the documents and CSV files that it came in by; what it
refers to has the name that it is filtered by: ``moderator``, ``session``.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from analytics.exports import iso_datetime
from analytics.imports.sessions.field_types import (
    BOOLEAN,
    CONTENT_ID,
    COUNT,
    KEYS,
    NAME,
    NUMBER,
    REQUIRED_NAME,
    SECONDS,
    SOUND,
    SPEED,
    STATUS,
    SUBQUEUES,
    TIME,
    FieldType,
)
from analytics.imports.sessions.fields import (
    INACTIVITY,
    QUEUES,
    SESSIONS,
    SPEEDS,
    VIDEOS,
    Field,
    Part,
)
from analytics.models import SECOND_US, Decision, Sound


@extend_schema_field({"type": "number", "minimum": 0})
class SecondsField(serializers.Field[Any, Any, float, Any]):
    """Whole microseconds, shown as seconds."""

    def to_representation(self, value: int) -> float:
        """Return the seconds, as a whole number where they are one."""
        whole, rest = divmod(value, SECOND_US)
        return value / SECOND_US if rest else whole


class MomentField(serializers.DateTimeField):
    """A time, written as everywhere in the portal."""

    def to_representation(self, value: Any) -> str:
        """Return ISO 8601 in TIME_ZONE, with the offset."""
        return iso_datetime(value)


FieldKwargs = dict[str, Any]

#: How the values of each type are shown.
SHOWN: dict[FieldType, Callable[..., serializers.Field[Any, Any, Any, Any]]] = {
    CONTENT_ID: serializers.CharField,
    NAME: serializers.CharField,
    REQUIRED_NAME: serializers.CharField,
    STATUS: partial(
        serializers.CharField,
        help_text="`completed`, `partial`, `not_started`, `unknown`, or any other text.",
    ),
    SOUND: partial(serializers.ChoiceField, choices=Sound.values),
    # A child belongs to one field only: each gets its own.
    KEYS: lambda **options: serializers.ListField(child=serializers.CharField(), **options),
    BOOLEAN: serializers.BooleanField,
    NUMBER: serializers.FloatField,
    SPEED: serializers.FloatField,
    COUNT: serializers.IntegerField,
    SECONDS: SecondsField,
    TIME: MomentField,
    SUBQUEUES: lambda **options: serializers.DictField(child=serializers.IntegerField(), **options),
}


def shown(field: Field) -> serializers.Field[Any, Any, Any, Any]:
    """Return the serializer's field of a document's field."""
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
    """Return the fields of a part, by their names in documents."""
    return {field.name: shown(field) for field in part.fields}


def serializer_of(
    name: str, doc: str, /, **fields: serializers.Field[Any, Any, Any, Any]
) -> type[serializers.Serializer[Any]]:
    """Return a serializer class with these fields, in their order."""
    return type(name, (serializers.Serializer,), {"__doc__": doc, **fields})


def numbered() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """Return what every row of a session begins with."""
    return {
        "id": serializers.IntegerField(
            help_text="Holds until the session comes in again with other content."
        ),
        "position": serializers.IntegerField(help_text="The order within the session, from 0."),
    }


def belonging() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """Return what a row of a session ends with, where it stands by itself."""
    return {
        "moderator": serializers.CharField(source="session.moderator.username"),
        "session": serializers.CharField(source="session.public_id"),
        "session_start": MomentField(source="session.started_at"),
    }


SpeedSerializer = serializer_of(
    "SpeedSerializer", "A playback speed that was chosen.", **shown_fields(SPEEDS)
)


def video_fields() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """Return the fields of a view: what the keys decided stands behind them."""
    fields = numbered()
    # Rest framework orders fields as they were made.
    for field in VIDEOS.fields:
        fields[field.name] = shown(field)
        if field.type is KEYS:
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


def session_fields() -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """Return the fields of a session."""
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


class ActivitySerializer(serializers.Serializer[Any]):
    """A chat session of a user."""

    user_id = serializers.CharField()
    session_id = serializers.CharField()
    date = serializers.DateField()
    session_length = serializers.FloatField(source="length_minutes", help_text="Minutes.")
    messages_sent = serializers.IntegerField()
    feedback_rating = serializers.IntegerField(allow_null=True, help_text="1 to 6.")
    resources_clicked = serializers.IntegerField(allow_null=True)


class RecommendationSerializer(serializers.Serializer[Any]):
    """A recommendation."""

    recommendation_id = serializers.CharField()
    user_id = serializers.SerializerMethodField()
    date = serializers.DateField()
    recommendation_type = serializers.CharField()
    click_through_rate = serializers.FloatField(help_text="0 to 1.")
    feedback_score = serializers.FloatField(allow_null=True)

    def get_user_id(self, row: Any) -> str | None:
        """Return the user, null where unknown."""
        return row.user_id or None


class PerformanceSerializer(serializers.Serializer[Any]):
    """A moderator's day."""

    id = serializers.IntegerField()
    moderator = serializers.CharField(source="moderator.username")
    date = serializers.DateField()
    sessions_moderated = serializers.IntegerField()
    average_response_time = serializers.FloatField(help_text="Minutes.")
    satisfaction_score = serializers.FloatField(allow_null=True)
