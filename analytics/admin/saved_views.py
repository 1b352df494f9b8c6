"""Saved views in the admin: listed and deleted; their owners change them on the portal's page."""

from django.contrib import admin
from django.http import HttpRequest

from analytics.admin.listing import LargeListAdmin
from analytics.models import SavedView


@admin.register(SavedView)
class SavedViewAdmin(LargeListAdmin[SavedView]):
    """What people saved, and whom it is shared with."""

    list_display = ("name", "owner", "shared_with", "address", "created_at")
    list_filter = ("shared_with",)
    list_select_related = ("owner",)
    ordering = ("name", "pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: an address is read as its owner's request."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: SavedView | None = None) -> bool:
        """Nobody, likewise."""
        return False
