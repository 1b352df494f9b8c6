"""The rows of the lists, as JSON.

A thing's own fields have the names of the documents and CSV files that it came in by; what it
refers to has the name that it is filtered by: ``moderator``, ``session``.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from analytics.exports import moment
from analytics.models import Decision, Session, Sound, VideoView


@extend_schema_field({"type": ["number", "null"], "minimum": 0})
class SecondsField(serializers.Field[Any, Any, float, Any]):
    """Whole microseconds, shown as seconds."""

    def to_representation(self, value: int) -> float:
        """Return the seconds, as a whole number where they are one."""
        whole, rest = divmod(value, 1_000_000)
        return value / 1_000_000 if rest else whole


class MomentField(serializers.DateTimeField):
    """A time, written as everywhere in the portal."""

    def to_representation(self, value: Any) -> str:
        """Return ISO 8601 in TIME_ZONE, with the offset."""
        return moment(value)


class SpeedSerializer(serializers.Serializer[Any]):
    """A playback speed that was chosen."""

    value = serializers.FloatField(help_text="1 is the normal speed.")
    at = MomentField(source="chosen_at", allow_null=True)


class OwnVideoSerializer(serializers.Serializer[VideoView]):
    """A view of a video, inside its session."""

    id = serializers.IntegerField(
        help_text="Holds until the session comes in again with other content."
    )
    position = serializers.IntegerField(help_text="The order within the session, from 0.")
    videoId = serializers.CharField(  # noqa: N815 - the contract's name
        source="video.public_id",
        default=None,
        allow_null=True,
        help_text="The content's id; null where it is unknown.",
    )
    status = serializers.CharField(
        help_text="`completed`, `partial`, `not_started`, `unknown`, or any other text."
    )
    watched = serializers.BooleanField(allow_null=True)
    loopTime = serializers.FloatField(  # noqa: N815
        source="loop_time", allow_null=True
    )
    keys = serializers.ListField(child=serializers.CharField(), help_text="In order.")
    decision = serializers.ChoiceField(choices=Decision.values)
    soundMuted = serializers.ChoiceField(  # noqa: N815
        source="sound", choices=Sound.values
    )
    speeds = SpeedSerializer(many=True)


class VideoSerializer(OwnVideoSerializer):
    """A view of a video, with what it belongs to."""

    moderator = serializers.CharField(source="session.moderator.username")
    session = serializers.CharField(source="session.public_id")
    session_start = MomentField(source="session.started_at")


class OwnInactivitySerializer(serializers.Serializer[Any]):
    """An idle interval, inside its session."""

    id = serializers.IntegerField(
        help_text="Holds until the session comes in again with other content."
    )
    position = serializers.IntegerField(help_text="The order within the session, from 0.")
    type = serializers.CharField(source="kind")
    duration = SecondsField(source="duration_us", help_text="Seconds; null where unknown.")
    startedAt = MomentField(  # noqa: N815
        source="started_at", allow_null=True
    )


class InactivitySerializer(OwnInactivitySerializer):
    """An idle interval, with what it belongs to."""

    moderator = serializers.CharField(source="session.moderator.username")
    session = serializers.CharField(source="session.public_id")
    session_start = MomentField(source="session.started_at")


class OwnQueueSerializer(serializers.Serializer[Any]):
    """A queue assignment, inside its session."""

    id = serializers.IntegerField(
        help_text="Holds until the session comes in again with other content."
    )
    position = serializers.IntegerField(help_text="The order within the session, from 0.")
    name = serializers.CharField()
    count = serializers.IntegerField(
        source="item_count", allow_null=True, help_text="Items; null where unknown."
    )
    subqueues = serializers.DictField(
        child=serializers.IntegerField(), help_text="Items by subqueue."
    )
    active = serializers.BooleanField()
    createdAt = MomentField(  # noqa: N815
        source="created_at", allow_null=True
    )


class QueueSerializer(OwnQueueSerializer):
    """A queue assignment, with what it belongs to."""

    moderator = serializers.CharField(source="session.moderator.username")
    session = serializers.CharField(source="session.public_id")
    session_start = MomentField(source="session.started_at")


class SessionSerializer(serializers.Serializer[Session]):
    """A session."""

    _id = serializers.CharField(source="public_id", help_text="The public id.")
    moderator = serializers.CharField(source="moderator.username")
    starttime = MomentField(source="started_at")
    endtime = MomentField(source="ended_at", allow_null=True, help_text="null: an open session.")
    duration = SecondsField(source="duration_us", help_text="Seconds; null where unknown.")


class WholeSessionSerializer(SessionSerializer):
    """A session with everything that happened in it."""

    videos = OwnVideoSerializer(source="views", many=True)
    inactivity = OwnInactivitySerializer(many=True)
    queues = OwnQueueSerializer(many=True)


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
