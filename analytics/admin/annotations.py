"""Annotations in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from analytics.admin.engagement import RowsAdmin
from analytics.admin.filters import date_range
from analytics.imports.rows.fields import ANNOTATIONS
from analytics.models import Annotation
from analytics.presentation.row_forms import AnnotationForm


@admin.register(Annotation)
class AnnotationAdmin(RowsAdmin):
    """What people note about days."""

    kind = ANNOTATIONS
    form = AnnotationForm
    list_display = ("text", "start", "end", "queue", "created_by", "created_at")
    list_filter = (date_range("start", "first day"),)
    list_select_related = ("created_by",)
    sortable_by = ("start",)
    ordering = ("-start", "-pk")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, with who added it."""
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)
