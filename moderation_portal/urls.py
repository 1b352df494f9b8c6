"""All addresses of the portal."""

from django.contrib import admin
from django.urls import include, path

from moderation_portal import health, prometheus

urlpatterns = [
    path("metrics", prometheus.metrics, name="prometheus"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("accounts.urls")),
    path("api/", include("analytics.api.urls")),
    path("charts/", include("analytics.web.dash.urls")),
    path("admin/", admin.site.urls),
    path("", include("analytics.web.urls")),
]

handler500 = "analytics.api.transport.error_handlers.server_error"
