"""The data in the admin."""

from django.contrib import admin

from analytics.models import Moderator


@admin.register(Moderator)
class ModeratorAdmin(admin.ModelAdmin[Moderator]):
    """The people whose work is measured."""

    search_fields = ("username",)
