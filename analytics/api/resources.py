"""The lists that there are: their rows, orderings, filters, and who may see them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from accounts.models import User
from analytics.access import PORTAL, require_everyone
from analytics.api import filters, serializers
from analytics.api.lists import Resource
from analytics.api.transport.parameters import TEXT, Parameter
from analytics.keyset import Ordering, SortKey
from analytics.metrics.engagement import in_date_range
from analytics.metrics.records import CHECKS, SPEEDS
from analytics.models import (
    Annotation,
    ChatSession,
    Inactivity,
    Moderator,
    ModeratorPerformance,
    NoteReply,
    QueueAssignment,
    Recommendation,
    VideoView,
)
from analytics.notes import notes_in
from analytics.scope import DATE_PARAMETERS, PEOPLE_PARAMETERS, REVIEW_PARAMETERS, Scope


def both_ways(name: str, *keys: SortKey) -> tuple[Ordering, Ordering]:
    """An ordering and its reverse."""
    return Ordering(name, keys), Ordering(f"-{name}", keys, descending=True)


def newest_first(name: str, *keys: SortKey) -> tuple[Ordering, Ordering]:
    """An ordering by time and its reverse, newest first."""
    oldest, newest = both_ways(name, *keys)
    return newest, oldest


def text_key(name: str, description: str, example: str) -> Parameter:
    """The parameter of an address that ends in a text."""
    return Parameter(name, description, TEXT, example, in_path=True)


class Sessions(Resource):
    """Review sessions."""

    name = "sessions"
    verbose_name = "review sessions"
    key = text_key("session", "The session's public id, percent-encoded.", "session123")
    lookup = "public_id"
    serializer = serializers.SessionSerializer
    detail_serializer = serializers.WholeSessionSerializer
    filters = filters.SessionFilters
    scope_parameters = REVIEW_PARAMETERS
    related = ("moderator",)
    detail_prefetched = (
        Prefetch("views", VideoView.objects.select_related("video").order_by("position")),
        "views__speeds",
        Prefetch("inactivity", Inactivity.objects.order_by("position")),
        Prefetch("queues", QueueAssignment.objects.order_by("position")),
    )
    orderings = (
        *newest_first("starttime", SortKey("started_at"), SortKey("public_id")),
        *both_ways("endtime", SortKey("ended_at", nullable=True), SortKey("public_id")),
        *both_ways("duration", SortKey("duration_us", nullable=True), SortKey("public_id")),
        *both_ways(
            "moderator", SortKey("moderator__username"), SortKey("started_at"), SortKey("public_id")
        ),
        *both_ways("_id", SortKey("public_id")),
    )

    @classmethod
    def rows(cls, scope: Scope) -> QuerySet[Any]:
        """The sessions in scope."""
        return scope.sessions()


class SessionPart(Resource):
    """What happened in sessions: ordered by them, then as it happened."""

    scope_parameters = REVIEW_PARAMETERS
    related: ClassVar[tuple[str, ...]] = ("session__moderator",)
    model: ClassVar[type[VideoView | Inactivity | QueueAssignment]]
    place: ClassVar = (
        SortKey("session__started_at"),
        SortKey("session__public_id"),
        SortKey("position"),
    )

    @classmethod
    def rows(cls, scope: Scope) -> QuerySet[Any]:
        """The rows of the sessions in scope.

        Joined, not by a subquery: so the database can read the sessions in order and stop.
        """
        return cls.model._default_manager.filter(scope.session_filter("session__"))


class Videos(SessionPart):
    """Views of videos."""

    name = "videos"
    verbose_name = "views of videos"
    model = VideoView
    serializer = serializers.VideoSerializer
    filters = filters.VideoFilters
    related = ("session__moderator", "video")
    prefetched = ("speeds",)
    orderings = (
        *newest_first("session_start", *SessionPart.place),
        *both_ways("status", SortKey("status"), *SessionPart.place),
        *both_ways("loopTime", SortKey("loop_time", nullable=True), *SessionPart.place),
    )


class IdleIntervals(SessionPart):
    """Idle intervals."""

    name = "inactivity"
    verbose_name = "idle intervals"
    model = Inactivity
    serializer = serializers.InactivitySerializer
    filters = filters.InactivityFilters
    orderings = (
        *newest_first("session_start", *SessionPart.place),
        *both_ways("type", SortKey("kind"), *SessionPart.place),
        *both_ways("duration", SortKey("duration_us", nullable=True), *SessionPart.place),
    )


class Queues(SessionPart):
    """Queue assignments."""

    name = "queues"
    verbose_name = "queue assignments"
    model = QueueAssignment
    serializer = serializers.QueueSerializer
    filters = filters.QueueFilters
    orderings = (
        *newest_first("session_start", *SessionPart.place),
        *both_ways("name", SortKey("name"), *SessionPart.place),
        *both_ways("count", SortKey("item_count", nullable=True), *SessionPart.place),
    )


class Speeds(Resource):
    """Playback speeds that were chosen, as they were chosen."""

    name = "speeds"
    verbose_name = "playback speeds chosen"
    serializer = serializers.SpeedRowSerializer
    filters = filters.SpeedFilters
    scope_parameters = REVIEW_PARAMETERS
    related = SPEEDS.related
    orderings = (
        *newest_first("session_start", *SPEEDS.order),
        *both_ways("value", SortKey("value"), *SPEEDS.order),
    )

    @classmethod
    def rows(cls, scope: Scope) -> QuerySet[Any]:
        """The speeds chosen in the sessions in scope."""
        return SPEEDS.rows(scope)


class Moderators(Resource):
    """Moderators; with a session or dates: those who have a session there."""

    name = "moderators"
    verbose_name = "moderators"
    key = text_key("username", "The moderator's username, percent-encoded.", "user1")
    lookup = "username"
    serializer = serializers.ModeratorSerializer
    filters = filters.ModeratorFilters
    scope_parameters = REVIEW_PARAMETERS
    orderings = both_ways("username", SortKey("username"))

    @classmethod
    def rows(cls, scope: Scope) -> QuerySet[Any]:
        """The moderators in scope."""
        moderators = Moderator.objects.all()
        if scope.moderator is not None:
            moderators = moderators.filter(pk=scope.moderator.pk)
        if any(scope_filter.name != "moderator" for scope_filter, _ in scope.filters()):
            sessions = scope.sessions().filter(moderator=OuterRef("pk"))
            moderators = moderators.filter(Exists(sessions))
        return moderators


class UserActivity(Resource):
    """Chat sessions of users, who are nobody's own: for leads and admins."""

    name = "user-activity"
    verbose_name = "users' chat sessions"
    key = text_key("session_id", "The chat session, percent-encoded.", "c-1")
    lookup = "session_id"
    serializer = serializers.ActivitySerializer
    filters = filters.ActivityFilters
    scope_parameters = DATE_PARAMETERS
    orderings = (
        *newest_first("date", SortKey("date"), SortKey("session_id")),
        *both_ways("session_id", SortKey("session_id")),
        *both_ways("user_id", SortKey("user_id"), SortKey("date"), SortKey("session_id")),
        *both_ways("session_length", SortKey("length_minutes"), SortKey("session_id")),
        *both_ways("messages_sent", SortKey("messages_sent"), SortKey("session_id")),
        *both_ways(
            "feedback_rating", SortKey("feedback_rating", nullable=True), SortKey("session_id")
        ),
    )

    @classmethod
    def check(cls, viewer: User) -> None:
        """Raise ``Forbidden`` for moderators."""
        require_everyone(viewer, subject="users' activity")

    @classmethod
    def rows(cls, scope: Scope) -> QuerySet[Any]:
        """The chat sessions of the dates."""
        return in_date_range(ChatSession.objects.all(), scope)


class Recommendations(Resource):
    """Recommendations to users, who are nobody's own: for leads and admins."""

    name = "recommendations"
    verbose_name = "recommendations"
    key = text_key("recommendation_id", "The recommendation, percent-encoded.", "r-1")
    lookup = "recommendation_id"
    serializer = serializers.RecommendationSerializer
    filters = filters.RecommendationFilters
    scope_parameters = DATE_PARAMETERS
    orderings = (
        *newest_first("date", SortKey("date"), SortKey("recommendation_id")),
        *both_ways("recommendation_id", SortKey("recommendation_id")),
        *both_ways(
            "recommendation_type",
            SortKey("recommendation_type"),
            SortKey("date"),
            SortKey("recommendation_id"),
        ),
        *both_ways(
            "click_through_rate", SortKey("click_through_rate"), SortKey("recommendation_id")
        ),
        *both_ways(
            "feedback_score", SortKey("feedback_score", nullable=True), SortKey("recommendation_id")
        ),
    )

    @classmethod
    def check(cls, viewer: User) -> None:
        """Raise ``Forbidden`` for moderators."""
        require_everyone(viewer, subject="recommendations to users")

    @classmethod
    def rows(cls, scope: Scope) -> QuerySet[Any]:
        """The recommendations of the dates."""
        return in_date_range(Recommendation.objects.all(), scope)


class Performance(Resource):
    """Moderators' days."""

    name = "moderator-performance"
    verbose_name = "moderators' days"
    serializer = serializers.PerformanceSerializer
    filters = filters.PerformanceFilters
    scope_parameters = PEOPLE_PARAMETERS
    related = ("moderator",)
    place: ClassVar = (SortKey("date"), SortKey("moderator__username"))
    orderings = (
        *newest_first("date", *place),
        *both_ways("moderator", SortKey("moderator__username"), SortKey("date")),
        *both_ways("sessions_moderated", SortKey("sessions_moderated"), *place),
        *both_ways("average_response_time", SortKey("average_response_time"), *place),
        *both_ways("satisfaction_score", SortKey("satisfaction_score", nullable=True), *place),
    )

    @classmethod
    def rows(cls, scope: Scope) -> QuerySet[Any]:
        """The rows of the moderators and dates in scope."""
        rows = in_date_range(ModeratorPerformance.objects.all(), scope)
        return rows if scope.moderator is None else rows.filter(moderator=scope.moderator)


class Annotations(Resource):
    """What people noted about days, for everybody who may read; those that reach into the dates."""

    name = "annotations"
    verbose_name = "annotations"
    serializer = serializers.AnnotationSerializer
    filters = filters.AnnotationFilters
    scope_parameters = DATE_PARAMETERS
    orderings = newest_first("start", SortKey("start"), SortKey("pk"))

    @classmethod
    def parse_scope(cls, params: Mapping[str, str], viewer: User) -> Scope:
        """The dates: nothing here is anybody's own."""
        return Scope.parse(params, PORTAL, accepts=cls.scope_parameters)

    @classmethod
    def rows(cls, scope: Scope) -> QuerySet[Any]:
        """The annotations of the dates."""
        return Annotation.objects.of_days(scope.start, scope.end)


class QualityChecks(Resource):
    """Checks of decisions, newest first; moderators get those of their own, without the checker."""

    name = "quality-checks"
    verbose_name = "checks of decisions"
    serializer = serializers.QualityCheckSerializer
    filters = filters.QualityCheckFilters
    scope_parameters = REVIEW_PARAMETERS
    related = CHECKS.related
    orderings = newest_first("at", *CHECKS.order)

    @classmethod
    def rows(cls, scope: Scope) -> QuerySet[Any]:
        """The checks of the views in scope."""
        return CHECKS.rows(scope)


class Notes(Resource):
    """Notes on moderators with their answers, newest first; moderators get those on themselves.

    `start` and `end` are the days on which they were written.
    """

    name = "notes"
    verbose_name = "notes on moderators"
    serializer = serializers.NoteSerializer
    filters = filters.NoteFilters
    scope_parameters = PEOPLE_PARAMETERS
    related = ("moderator", "created_by", "settled_by")
    prefetched = (
        Prefetch(
            "replies", NoteReply.objects.select_related("created_by").order_by("created_at", "pk")
        ),
    )
    orderings = newest_first("at", SortKey("created_at"), SortKey("pk"))

    @classmethod
    def rows(cls, scope: Scope) -> QuerySet[Any]:
        """The notes in scope."""
        return notes_in(scope)


RESOURCES: tuple[type[Resource], ...] = (
    Sessions,
    Videos,
    Moderators,
    IdleIntervals,
    Queues,
    Speeds,
    UserActivity,
    Recommendations,
    Performance,
    Annotations,
    QualityChecks,
    Notes,
)
