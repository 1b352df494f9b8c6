"""The audit in the admin: searched, filtered, and nothing else."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from analytics.admin.filters import date_range
from analytics.admin.listing import LargeListAdmin
from audit.changes import CHANGED
from audit.models import Entry


@admin.register(Entry)
class EntryAdmin(LargeListAdmin[Entry]):
    """Who did what, newest first."""

    list_display = ("at", "actor", "action", "subject", "thing", "changes", "source", "address")
    list_display_links = None
    list_filter = (date_range("at", "at"), "action", "source")
    list_select_related = ("actor", "subject")
    ordering = ("-id",)
    sortable_by = ()
    search_fields = ("actor__name", "subject__name", "object_key", "address")
    search_help_text = "How a name, the key of a thing or an address begins."
    actions = None

    @admin.display(description="What")
    def thing(self, entry: Entry) -> str:
        """The thing it was about, and the page."""
        about = f"{entry.object_kind} {entry.object_key}".strip()
        return f"{about} ({entry.place})" if about else entry.place

    @admin.display(description="Values")
    def changes(self, entry: Entry) -> SafeString:
        """What changed, old and new; of other entries their particulars."""
        return format_html_join(
            "", "{}<br>", ((in_words(*item),) for item in entry.details.items())
        )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Entries come by themselves."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        """Append-only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        """Append-only."""
        return False


def in_words(name: str, value: Any) -> SafeString:
    """One particular of an entry."""
    if value == CHANGED:
        return format_html("{} changed", name)
    if isinstance(value, list) and len(value) == 2:
        return format_html("{}: {} → {}", name, *("—" if v in (None, "") else v for v in value))
    return format_html("{}: {}", name, value)
