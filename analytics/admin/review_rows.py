"""What happened in sessions, in the admin: videos, views, idle intervals and queues, to look at."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from analytics import formatting
from analytics.admin.filters import ChoiceFilter, date_range, occurring, related
from analytics.admin.formatting import (
    admin_link,
    keys,
    length,
    listed,
    readable_json,
    speeds,
    yes_or_no,
)
from analytics.admin.listing import ReviewToolAdmin
from analytics.admin.session_tables import (
    decision_mark,
    status_word,
    subqueue_words,
)
from analytics.imports.sessions.field_types import NAME, TIME
from analytics.models import (
    Decision,
    Inactivity,
    QueueAssignment,
    Sound,
    Video,
    VideoView,
    ViewStatus,
)
from analytics.presentation.video_fields import PLAIN_FIELDS


class StatusFilter(ChoiceFilter):
    """Views by status."""

    title = parameter_name = "status"
    values = ViewStatus.choices


class DecisionFilter(ChoiceFilter):
    """Views by decision."""

    title = parameter_name = "decision"
    values = Decision.choices


class SoundFilter(ChoiceFilter):
    """Views by sound."""

    title = parameter_name = "sound"
    values = Sound.choices


# Of the fields without a filter of their own: names as they occur, times by their days.
PLAIN_FIELD_FILTERS = tuple(
    occurring(field.attribute)
    if field.type is NAME
    else date_range(field.attribute, field.label.lower())
    for field in PLAIN_FIELDS
    if field.type in (NAME, TIME)
)


class OfSession(ReviewToolAdmin[Any]):
    """Rows of sessions: newest session first, in the order in which they happened."""

    # By key, which an index has: not by the session's start, which another table knows.
    ordering = ("-session_id", "position")
    sortable_by = ()
    list_select_related: ClassVar[tuple[str, ...]] = ("session",)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Leave out the session where the list shows one session only."""
        columns = super().get_list_display(request)
        if request.GET.get("session"):
            return [column for column in columns if column != "session_link"]
        return columns

    @admin.display(description="Session")
    def session_link(self, row: VideoView | Inactivity | QueueAssignment) -> SafeString:
        """The session it belongs to."""
        return admin_link(row.session)

    @admin.display(description="#")
    def number(self, row: VideoView | Inactivity | QueueAssignment) -> str:
        """Its place among those of the session, from 1."""
        return formatting.count(row.position + 1)

    @admin.display(description="Other fields")
    def extra_fields(self, row: VideoView | Inactivity | QueueAssignment) -> SafeString | str:
        """What the document says beyond the columns."""
        return readable_json(row.extra)


@admin.register(Video)
class VideoAdmin(ReviewToolAdmin[Video]):
    """The content that was reviewed."""

    list_display = ("public_id", "views_link")
    fields = ("public_id", "views_link")
    ordering = ("public_id",)
    search_fields = ("public_id",)
    search_help_text = "How the video's id begins."

    @admin.display(description="Views")
    def views_link(self, video: Video) -> SafeString:
        """The way to the sessions that showed it."""
        return format_html('<a href="{}">Who saw it</a>', listed(VideoView, video=video.pk))


@admin.register(VideoView)
class VideoViewAdmin(OfSession):
    """Videos put before moderators."""

    list_display = (
        "number",
        "session_link",
        "video_link",
        "status_words",
        "decision_pill",
        "sound",
        "speed_words",
        "key_marks",
        *(field.attribute for field in PLAIN_FIELDS),
    )
    list_select_related = ("session", "video")
    list_prefetch_related = ("speeds",)
    search_fields = ("session__public_id", "video__public_id")
    search_help_text = "How the session's or the video's id begins."
    fields = (
        "session_link",
        "number",
        "video_link",
        "status_words",
        "decision_pill",
        "sound",
        "speed_words",
        "key_marks",
        "watched_word",
        "loop_time",
        *(field.attribute for field in PLAIN_FIELDS),
        "extra_fields",
    )

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Offer the values of a view where a session or a video limits the views.

        Among all views, a rare value would be looked for in the whole table.
        """
        rows = (related("session"), related("video"))
        if request.GET.get("session") or request.GET.get("video"):
            return (*rows, DecisionFilter, StatusFilter, SoundFilter, *PLAIN_FIELD_FILTERS)
        return rows

    @admin.display(description="Video")
    def video_link(self, view: VideoView) -> SafeString | str:
        """The video, if known."""
        return formatting.MISSING if view.video is None else admin_link(view.video)

    @admin.display(description="Decision")
    def decision_pill(self, view: VideoView) -> SafeString:
        """What the keys decided."""
        return decision_mark(view)

    @admin.display(description="Status")
    def status_words(self, view: VideoView) -> str:
        """How far it was watched."""
        return status_word(view)

    @admin.display(description="Speeds")
    def speed_words(self, view: VideoView) -> str:
        """The speeds chosen."""
        return speeds([speed.value for speed in view.speeds.all()])

    @admin.display(description="Watched")
    def watched_word(self, view: VideoView) -> str:
        """Whether it was watched, if known."""
        return formatting.MISSING if view.watched is None else yes_or_no(view.watched)

    @admin.display(description="Keys")
    def key_marks(self, view: VideoView) -> SafeString | str:
        """The keys pressed."""
        return keys(view.keys)


@admin.register(Inactivity)
class InactivityAdmin(OfSession):
    """Stretches in which nothing was done."""

    list_display = ("number", "session_link", "kind", "length", "started_at")
    list_filter = (related("session"),)
    search_fields = ("session__public_id", "kind")
    search_help_text = "How the session's id or the kind begins."
    fields = ("session_link", "number", "kind", "length", "started_at", "extra_fields")

    @admin.display(description="Length")
    def length(self, gap: Inactivity) -> str:
        """How long it took, if known."""
        return length(gap.duration_us)


@admin.register(QueueAssignment)
class QueueAssignmentAdmin(OfSession):
    """Queues that sessions worked on."""

    list_display = ("queue", "session_link", "item_count", "subqueue_words", "active", "created_at")
    search_fields = ("name", "session__public_id")
    search_help_text = "How the queue's name or the session's id begins."
    fields = (
        "name",
        "session_link",
        "number",
        "item_count",
        "subqueue_words",
        "active",
        "created_at",
        "extra_fields",
    )

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Offer active or not where a session or a search limits the rows, as for views."""
        if request.GET.get("session") or request.GET.get("q"):
            return (related("session"), "active")
        return (related("session"),)

    @admin.display(description="Queue")
    def queue(self, assignment: QueueAssignment) -> str:
        """The queue's name."""
        return assignment.name

    @admin.display(description="Subqueues")
    def subqueue_words(self, assignment: QueueAssignment) -> str:
        """The subqueues and their items."""
        return subqueue_words(assignment)
