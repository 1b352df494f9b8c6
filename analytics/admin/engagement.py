"""The engagement report's rows in the admin, imported and exported; and the targets, edited."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from analytics.admin.filters import date_range, related
from analytics.admin.listing import ReviewToolAdmin
from analytics.admin.rows_import import RowsImportMixin
from analytics.documents.rows import MODERATOR_PERFORMANCE, RECOMMENDATIONS, USER_ACTIVITY
from analytics.models import ChatSession, ModeratorPerformance, Recommendation, Target

#: The greatest value of a target whose unit sets one.
GREATEST = {"0-1": 1.0, "of 6": 6.0}


class RowsAdmin(RowsImportMixin, ReviewToolAdmin[Any]):  # type: ignore[misc]  # comes without types
    """Rows of a file: imported, looked at, exported, deleted; changed by importing again."""

    sortable_by = ("date",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row can be deleted, after a question."""
        return bool(request.user.is_active and request.user.is_staff)


@admin.register(ChatSession)
class ChatSessionAdmin(RowsAdmin):
    """Sessions of users with the assistant."""

    kind = USER_ACTIVITY
    list_display = (
        "session_id",
        "user_id",
        "date",
        "length_minutes",
        "messages_sent",
        "feedback_rating",
        "resources_clicked",
    )
    list_filter = (date_range("date", "date"),)
    ordering = ("-date", "session_id")
    search_fields = ("session_id", "user_id")
    search_help_text = "How the session's or the user's id begins."


@admin.register(Recommendation)
class RecommendationAdmin(RowsAdmin):
    """Recommendations made to users."""

    kind = RECOMMENDATIONS
    list_display = (
        "recommendation_id",
        "user_id",
        "date",
        "recommendation_type",
        "click_through_rate",
        "feedback_score",
    )
    list_filter = (date_range("date", "date"),)
    ordering = ("-date", "recommendation_id")
    search_fields = ("recommendation_id", "user_id")
    search_help_text = "How the recommendation's or the user's id begins."


@admin.register(ModeratorPerformance)
class ModeratorPerformanceAdmin(RowsAdmin):
    """Moderators' days: response time and users' satisfaction."""

    kind = MODERATOR_PERFORMANCE
    list_display = (
        "moderator",
        "date",
        "sessions_moderated",
        "average_response_time",
        "satisfaction_score",
    )
    list_filter = (date_range("date", "date"), related("moderator"))
    list_select_related = ("moderator",)
    # By key: names are in another table, and no index has them by date.
    ordering = ("-date", "moderator_id")
    search_fields = ("moderator__username",)
    search_help_text = "How the moderator's username begins."


class TargetForm(forms.ModelForm[Target]):
    """The value of a target."""

    class Meta:
        model = Target
        fields = ("value",)

    def clean_value(self) -> float:
        """Return a value that the figure can reach."""
        value: float = self.cleaned_data["value"]
        greatest = GREATEST.get(self.instance.unit)
        if value < 0 or (greatest is not None and value > greatest):
            allowed = "0 or more" if greatest is None else f"from 0 to {greatest:g}"
            raise ValidationError(f"Enter a value {allowed}.")
        return value


@admin.register(Target)
class TargetAdmin(admin.ModelAdmin[Target]):
    """What figures should reach: the figures are the portal's, their values the admin's."""

    form = TargetForm
    list_display = ("label", "value", "unit", "direction")
    fields = ("label", "value", "unit", "direction")
    readonly_fields = ("label", "unit", "direction")
    ordering = ("label",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Insights ask for the figures they know."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Target | None = None) -> bool:
        """Insights need every one of them."""
        return False
