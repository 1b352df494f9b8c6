"""The addresses of the REST API."""

from django.urls import URLPattern, URLResolver, path, re_path, register_converter

from analytics.api import (
    changes,
    endpoints,
    exports,
    ingest,
    metrics,
    notes,
    quality_checks,
    rows,
    saved_views,
)
from analytics.api.openapi import views as openapi_views
from analytics.api.transport.not_found import not_found
from analytics.path_converters import IdConverter

register_converter(IdConverter, "anything")

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/metrics/", metrics.CatalogueView.as_view(), name="metrics"),
    path("v1/metrics/<str:slug>/", metrics.MetricView.as_view(), name="metric"),
    path("v1/metrics/<str:slug>/figure/", metrics.FigureView.as_view(), name="figure"),
    path("v1/metrics/<str:slug>/rows/", rows.MetricRowsView.as_view(), name="metric-rows"),
    path("v1/insights/", metrics.InsightsView.as_view(), name="insights"),
    path("v1/changes/", changes.ChangesView.as_view(), name="changes"),
    path("v1/session-documents/", ingest.DocumentsIngestView.as_view(), name="session-documents"),
    *endpoints.resource_urls(),
    path(
        "v1/quality-checks/<int:id>/dispute/",
        quality_checks.DisputeView.as_view(),
        name="quality-checks-dispute",
    ),
    path(
        "v1/quality-checks/<int:id>/decision/",
        quality_checks.DisputeDecisionView.as_view(),
        name="quality-checks-decision",
    ),
    path("v1/notes/<int:id>/replies/", notes.NoteRepliesView.as_view(), name="notes-replies"),
    path("v1/notes/<int:id>/settle/", notes.NoteSettleView.as_view(), name="notes-settle"),
    path("v1/export/videos.csv", exports.VideosExportView.as_view(), name="export-videos"),
    path(
        "v1/export/session-documents.jsonl",
        exports.DocumentsExportView.as_view(),
        name="export-session-documents",
    ),
    *exports.rows_export_urls(),
    path("v1/views/", saved_views.SavedViewsView.as_view(), name="views"),
    path("v1/views/<int:id>/", saved_views.SavedViewDetailView.as_view(), name="views-detail"),
    path("v1/schema/", openapi_views.SchemaView.as_view(), name="schema"),
    path("v1/docs/", openapi_views.ReferenceView.as_view(), name="docs"),
    re_path(r"^", not_found, name="not-found"),
]
