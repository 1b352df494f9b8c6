"""The report's rows in the admin: lists, forms, files in with a preview, files out; targets."""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db.models import TextField
from django.http import HttpRequest
from import_export.admin import ExportMixin

from analytics.admin.filters import ChoiceFilter, date_range, related
from analytics.admin.import_page import ImportPage
from analytics.admin.listing import LargeListAdmin
from analytics.admin.row_files import RowsFormat, resource_of
from analytics.imports.files import FileImporter, import_row_file
from analytics.imports.rows.fields import (
    MODERATOR_PERFORMANCE,
    RECOMMENDATIONS,
    USER_ACTIVITY,
    RowKind,
)
from analytics.models import (
    TARGET_FIGURES,
    ChatSession,
    ModeratorPerformance,
    Recommendation,
    Target,
)
from analytics.presentation.row_forms import RowForm
from analytics.summaries.snapshots import repeatable_read


class RowsAdmin(ExportMixin, ImportPage, LargeListAdmin[Any]):  # type: ignore[misc]  # without types
    """A kind's rows: by hand, or by files."""

    kind: ClassVar[RowKind]
    form = RowForm
    import_export_change_list_template = "admin/analytics/list_with_files.html"
    # The file at once: the list's filters say which rows.
    skip_export_form = True
    formfield_overrides = {TextField: {"widget": AdminTextInputWidget}}
    sortable_by = ("date",)
    file_words = "A CSV file with these columns, in any order:"
    file_accept = ".csv,.txt,.tsv,text/csv"

    def preview_columns(self) -> tuple[str, ...]:
        """The kind's columns."""
        return tuple(column.name for column in self.kind.columns)

    def file_importer(self) -> FileImporter:
        """What imports a file of the kind."""
        return partial(import_row_file, self.kind)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Let the form know the kind."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"kind": self.kind})

    def get_export_data(self, *args: Any, **kwargs: Any) -> Any:
        """The file's content, read in one state of the data and by one connection of a pool."""
        with repeatable_read():
            return super().get_export_data(*args, **kwargs)

    def get_resource_classes(self, request: HttpRequest) -> list[Any]:
        """The kind's resource."""
        return [resource_of(self.kind)]

    def get_export_formats(self) -> list[Any]:
        """The one format there is: CSV."""
        return [RowsFormat]


class RatingFilter(ChoiceFilter):
    """Sessions by the user's rating."""

    title = "feedback rating"
    parameter_name = "feedback_rating__exact"
    values = [(str(rating), str(rating)) for rating in range(1, 7)]


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
    list_filter = (date_range("date", "date"), RatingFilter)
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
    autocomplete_fields = ("moderator",)
    # By key: names are in another table, and no index has them by date.
    ordering = ("-date", "moderator_id")
    search_fields = ("moderator__username",)
    search_help_text = "How the moderator's username begins."


class TargetRowForm(forms.ModelForm[Target]):
    """A row of the list: its field is named after the figure, for those who do not see the row."""

    class Meta:
        model = Target
        fields = ("value",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].widget.attrs["aria-label"] = f"{self.instance.label}: target"


class NewTargetForm(forms.ModelForm[Target]):
    """A figure's target from a day on; its words are those of the figure."""

    figure = forms.ChoiceField(
        choices=[(name, figure.label) for name, figure in TARGET_FIGURES.items()]
    )

    class Meta:
        model = Target
        fields = ("figure", "value", "margin", "valid_from")

    def clean(self) -> dict[str, Any]:
        """Fill in what the figure says."""
        cleaned: dict[str, Any] = super().clean() or {}
        figure = TARGET_FIGURES.get(cleaned.get("figure", ""))
        if figure is not None:
            self.instance.label = figure.label
            self.instance.unit = figure.unit
            self.instance.direction = figure.direction
        return cleaned


@admin.register(Target)
class TargetAdmin(admin.ModelAdmin[Target]):
    """What figures should reach: the figures are the portal's, their targets the admin's."""

    list_display = ("label", "value", "unit", "direction", "margin", "valid_from")
    list_editable = ("value",)
    fields = ("label", "value", "unit", "direction", "margin", "valid_from")
    ordering = ("label", "valid_from")
    formfield_overrides = {TextField: {"widget": AdminTextInputWidget}}

    def get_fields(self, request: HttpRequest, obj: Target | None = None) -> Any:
        """A new one says which figure it is for; the figure says the rest."""
        return NewTargetForm.Meta.fields if obj is None else self.fields

    def get_form(
        self, request: HttpRequest, obj: Target | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[Target]]:
        """The form of a new target, or of one that is there."""
        if obj is None:
            kwargs["form"] = NewTargetForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_changelist_form(
        self, request: HttpRequest, **kwargs: Any
    ) -> type[forms.ModelForm[Target]]:
        """The form of a row."""
        return TargetRowForm

    def has_delete_permission(self, request: HttpRequest, obj: Target | None = None) -> bool:
        """Those from a day on; what a figure was held to before stays."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and obj is not None and obj.valid_from is not None
