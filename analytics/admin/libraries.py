"""What libraries put into the admin on their own account, and the portal has no use for."""

import axes.admin
import django_plotly_dash.admin  # noqa: F401  # registers what is taken away below
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.http import HttpRequest
from django_plotly_dash.models import DashApp, StatelessApp

# Charts are code, not rows; and the logs are switched off.
admin.site.unregister([DashApp, StatelessApp, AccessLog, AccessFailureLog, AccessAttempt])


@admin.register(AccessAttempt)
class FailedLoginAdmin(axes.admin.AccessAttemptAdmin):  # type: ignore[misc]  # without types
    """Wrong passwords, and who is locked out by them; deleting one lets the person try again."""

    list_display = ("username", "ip_address", "attempt_time", "failures_since_start", "status")
    list_filter = (axes.admin.IsLockedOutFilter,)
    search_fields = ("username", "ip_address")
    date_hierarchy = None
    actions = ()
    # What was typed is nobody's business, not even with the password left out.
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "username",
                    "ip_address",
                    "attempt_time",
                    "failures_since_start",
                    "status",
                    "user_agent",
                )
            },
        ),
    )
    readonly_fields = fieldsets[0][1]["fields"]

    def has_change_permission(self, request: HttpRequest, obj: AccessAttempt | None = None) -> bool:
        """A record, not a setting."""
        return False
