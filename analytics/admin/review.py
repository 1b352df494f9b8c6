"""Review sessions in the admin: found, looked at, and deleted with all that is theirs."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from analytics import formatting
from analytics.admin.filters import date_range, related, session_list_filters
from analytics.admin.formatting import admin_link, length, portal_address, readable_json
from analytics.admin.import_page import ImportPage
from analytics.admin.listing import ReviewToolAdmin
from analytics.admin.removal import contents, remove_sessions
from analytics.admin.session_tables import session_tables
from analytics.imports.files import FileImporter, import_session_file
from analytics.models import RawTotals, Session

#: Sessions named on the page that asks before deleting; the others are counted.
MAX_NAMED = 20

WHEN = ("started_at", "ended_at", "duration")
FIGURES = (("videos", "decisions", "completed"), ("sound", "speed_changes", "idle"))


def totals_of(session: Session) -> RawTotals | None:
    """A session's counters, computed from its rows."""
    return getattr(session, "raw_totals", None)


@admin.register(Session)
class SessionAdmin(ImportPage, ReviewToolAdmin[Session]):
    """The sittings of moderators in the review tool."""

    file_words = (
        "Session documents as the review tool writes them: JSON Lines, one array or one object,"
        " plain or gzipped."
    )
    file_accept = ".json,.jsonl,.ndjson,.gz,application/json"
    counted = "sessions"

    def file_importer(self) -> FileImporter:
        """What imports session documents."""
        return import_session_file

    list_display = (
        "public_id",
        "moderator",
        "started_at",
        "duration",
        "videos",
        "decisions",
        "idle",
    )
    list_filter = (
        date_range("started_at", "start"),
        related("moderator"),
        *session_list_filters(),
    )
    list_select_related = ("moderator",)
    list_prefetch_related = ("raw_totals",)
    ordering = ("-started_at", "public_id")
    sortable_by = ("started_at", "public_id")
    search_fields = ("public_id", "moderator__username")
    search_help_text = "How the session's id or the moderator's username begins."
    delete_words = "Delete with everything that happened in them"
    fieldsets = (
        (None, {"fields": (("moderator_link", "imported_at"), WHEN)}),
        ("Figures", {"fields": FIGURES}),
        ("As the review tool sent it", {"fields": ("extra_fields",)}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Session | None = None) -> Any:
        """Leave out the document's other fields where there are none."""
        fieldsets = self.fieldsets
        return fieldsets if obj is not None and obj.extra else fieldsets[:-1]

    def has_delete_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        """A session can be deleted, after a question."""
        return bool(request.user.is_active and request.user.is_staff)

    def view_on_site(self, obj: Session) -> str:
        """The address of the session's page in the portal."""
        return portal_address("session", obj.public_id)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show a session with the tables of what happened in it."""
        session = self.get_object(request, object_id)
        tables = [] if session is None else session_tables(session)
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), "tables": tables}
        )

    @admin.display(description="Moderator")
    def moderator_link(self, session: Session) -> SafeString:
        """Whose session it is."""
        return admin_link(session.moderator)

    @admin.display(description="Duration")
    def duration(self, session: Session) -> str:
        """How long it took, if known."""
        return length(session.duration_us)

    @admin.display(description="Videos")
    def videos(self, session: Session) -> str:
        """How many videos were shown, and how many different ones when some recur."""
        totals = totals_of(session)
        if totals is None:
            return formatting.MISSING
        text = formatting.count(totals.videos)
        if totals.unique_videos in (0, totals.videos):
            return text
        return f"{text} ({formatting.count(totals.unique_videos)} different)"

    @admin.display(description="Accepted, rejected")
    def decisions(self, session: Session) -> str:
        """How many videos were accepted and how many rejected."""
        totals = totals_of(session)
        if totals is None:
            return formatting.MISSING
        return f"{formatting.count(totals.accepted)}, {formatting.count(totals.rejected)}"

    @admin.display(description="Completed")
    def completed(self, session: Session) -> str:
        """How many videos were watched to the end."""
        totals = totals_of(session)
        return formatting.count(None if totals is None else totals.completed)

    @admin.display(description="Muted, unmuted")
    def sound(self, session: Session) -> str:
        """How many videos were watched without and with sound."""
        totals = totals_of(session)
        if totals is None:
            return formatting.MISSING
        return f"{formatting.count(totals.muted)}, {formatting.count(totals.unmuted)}"

    @admin.display(description="Speeds chosen")
    def speed_changes(self, session: Session) -> str:
        """How often a playback speed was chosen."""
        totals = totals_of(session)
        return formatting.count(None if totals is None else totals.speed_changes)

    @admin.display(description="Idle")
    def idle(self, session: Session) -> str:
        """How long nothing was done, within the session's duration; unknown without one."""
        totals = totals_of(session)
        if totals is None or not totals.timed_sessions:
            return formatting.MISSING
        return length(totals.idle_us)

    @admin.display(description="Other fields")
    def extra_fields(self, session: Session) -> SafeString | str:
        """What the document says beyond the columns."""
        return readable_json(session.extra)

    def get_deleted_objects(
        self, objs: QuerySet[Session] | Iterable[Session], request: HttpRequest
    ) -> Any:
        """The first of the sessions by name, and how much goes with all of them."""
        sessions = list(objs)
        descriptions = [
            format_html("{} of {}", admin_link(session), session.moderator)
            for session in sessions[:MAX_NAMED]
        ]
        if len(sessions) > MAX_NAMED:
            descriptions.append(
                format_html("and {}", formatting.plural(len(sessions) - MAX_NAMED, "more", "more"))
            )
        return descriptions, contents([session.pk for session in sessions]), set(), []

    def delete_model(self, request: HttpRequest, obj: Session) -> None:
        """Delete one session."""
        remove_sessions([obj.pk])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        """Delete the selected sessions."""
        remove_sessions([session.pk for session in queryset])
