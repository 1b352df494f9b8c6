"""The streamed exports: the report of views, and the session documents."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request

from analytics.api.openapi import examples
from analytics.api.openapi.responses import text_response
from analytics.api.transport.parameters import SCOPE
from analytics.api.transport.renderers import CSVRenderer, JSONLinesRenderer
from analytics.api.views import PortalView, viewer
from analytics.exports import csv_lines
from analytics.imports.sessions.export import exported_lines
from analytics.imports.sessions.video_report import VIDEO_COLUMNS, video_rows
from analytics.scope import Scope


class ExportView(PortalView):
    """An export of a scope, sent while it is read."""

    http_method_names = ["get", "head"]
    query_parameters = tuple(SCOPE.values())
    file_name: str
    content_type: str

    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Stream the export."""
        scope = Scope.parse(self.query, viewer(request))
        nothing: Iterator[str] = iter(())
        return StreamingHttpResponse(
            nothing if request.method == "HEAD" else self.lines(scope),
            content_type=self.content_type,
            headers={
                "Content-Disposition": f'attachment; filename="{self.file_name}"',
                "Cache-Control": "private, no-store",
            },
        )

    def lines(self, scope: Scope) -> Iterator[str]:
        """Yield the export in pieces."""
        raise NotImplementedError


@extend_schema_view(
    get=extend_schema(
        operation_id="export-videos",
        summary="The report of views, as CSV",
        description="A row a view, oldest session first, whole and streamed.",
        responses=text_response("text/csv", examples.VIDEOS_CSV),
        tags=["Exports"],
    )
)
class VideosExportView(ExportView):
    """The filtered report: a row a view."""

    renderer_classes = [CSVRenderer]
    file_name = "videos.csv"
    content_type = "text/csv; charset=utf-8"

    def lines(self, scope: Scope) -> Iterator[str]:
        """Yield the CSV."""
        return csv_lines(VIDEO_COLUMNS, video_rows(scope))


@extend_schema_view(
    get=extend_schema(
        operation_id="export-session-documents",
        summary="The session documents, as JSON Lines",
        description="A person a line, whole and streamed. Imported into an empty portal they give "
        "the same portal.",
        responses=text_response("application/jsonl", json.dumps(examples.DOCUMENT) + "\n"),
        tags=["Exports"],
    )
)
class DocumentsExportView(ExportView):
    """The session documents, one person a line."""

    renderer_classes = [JSONLinesRenderer]
    file_name = "session-documents.jsonl"
    content_type = "application/jsonl; charset=utf-8"

    def lines(self, scope: Scope) -> Iterator[str]:
        """Yield the documents."""
        return exported_lines(scope)
