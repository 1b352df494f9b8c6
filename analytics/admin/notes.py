"""Notes on moderators in the admin: read there, written and settled on the portal's pages."""

from django.contrib import admin
from django.http import HttpRequest

from analytics.admin.filters import date_range
from analytics.admin.listing import LargeListAdmin
from analytics.models import Note, NoteReply


class NoteReplyInline(admin.TabularInline[NoteReply, Note]):
    """The answers, as they were written."""

    model = NoteReply
    fields = readonly_fields = ("created_at", "created_by", "text")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Note | None = None) -> bool:
        """Nobody: people answer on the portal's pages."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Note | None = None) -> bool:
        """Nobody: they stay as they are."""
        return False


@admin.register(Note)
class NoteAdmin(LargeListAdmin[Note]):
    """What was noted about whom, newest first."""

    list_display = ("created_at", "moderator", "created_by", "text", "until", "settled_at")
    list_filter = (
        date_range("created_at", "written"),
        ("settled_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("moderator", "created_by")
    search_fields = ("moderator__username",)
    sortable_by = ()
    inlines = (NoteReplyInline,)
    ordering = ("-created_at", "-pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: notes are written on the person's page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Note | None = None) -> bool:
        """Nobody: they stay as they are."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Note | None = None) -> bool:
        """Nobody: they go when the person is erased."""
        return False
