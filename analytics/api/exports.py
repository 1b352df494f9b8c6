"""The streamed exports: the report of views, the session documents, and the report's tables."""

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request

from accounts.models import User
from analytics.api.lists import Resource
from analytics.api.openapi import examples
from analytics.api.openapi.responses import text_response
from analytics.api.resources import RESOURCES
from analytics.api.transport.parameters import SCOPE, Parameter
from analytics.api.transport.renderers import CSVRenderer, JSONLinesRenderer
from analytics.api.views import PortalView, viewer
from analytics.exports import csv_lines
from analytics.imports.rows.export import exported_rows
from analytics.imports.rows.fields import KINDS
from analytics.imports.sessions.export import exported_lines
from analytics.imports.sessions.video_report import VIDEO_COLUMNS, video_rows
from analytics.scope import REVIEW_PARAMETERS, Scope


class ExportView(PortalView):
    """An export of a scope, sent while it is read."""

    http_method_names = ["get", "head"]
    scope_parameters: ClassVar[tuple[str, ...]] = REVIEW_PARAMETERS
    file_name: str
    content_type: str

    def get_query_parameters(self, method: str) -> tuple[Parameter, ...]:
        """The filters of the scope."""
        return tuple(SCOPE[name] for name in self.scope_parameters) if method == "GET" else ()

    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Stream the export."""
        scope = self.parse_scope(viewer(request))
        nothing: Iterator[str] = iter(())
        return StreamingHttpResponse(
            nothing if request.method == "HEAD" else self.lines(scope),
            content_type=self.content_type,
            headers={
                "Content-Disposition": f'attachment; filename="{self.file_name}"',
                "Cache-Control": "private, no-store",
            },
        )

    def parse_scope(self, viewer: User) -> Scope:
        """The scope asked for; raises ``ScopeError``."""
        return Scope.parse(self.query, viewer, accepts=self.scope_parameters)

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


class RowsExportView(ExportView):
    """A table of the report, which ``import_csv`` takes as it is."""

    renderer_classes = [CSVRenderer]
    content_type = "text/csv; charset=utf-8"
    resource: ClassVar[type[Resource]]

    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Stream the export to whoever may see the kind."""
        self.resource.check(viewer(request))
        return super().get(request, **kwargs)

    def parse_scope(self, viewer: User) -> Scope:
        """As in the list of the kind."""
        return self.resource.parse_scope(self.query, viewer)

    def lines(self, scope: Scope) -> Iterator[str]:
        """Yield the CSV."""
        kind = KINDS[self.resource.name]
        rows = self.resource.orderings[0].apply(self.resource.rows(scope))
        return csv_lines([column.name for column in kind.columns], exported_rows(kind, rows))


def rows_export_view(resource: type[Resource]) -> type[RowsExportView]:
    """Build the view that exports a table of the report."""
    columns = [column.name for column in KINDS[resource.name].columns]
    example = [examples.ROWS[resource.name][name] for name in columns]
    view = type(
        f"{resource.__name__}Export",
        (RowsExportView,),
        {
            "resource": resource,
            "scope_parameters": resource.scope_parameters,
            "file_name": f"{resource.name}.csv",
        },
    )
    return extend_schema_view(
        get=extend_schema(
            operation_id=f"export-{resource.name}",
            summary=f"The {resource.verbose_name}, as CSV",
            description="A row each, newest first, whole and streamed. Imported into an empty "
            "portal they give the same rows.",
            responses=text_response("text/csv", "".join(csv_lines(columns, [example]))),
            tags=["Exports"],
        )
    )(view)


def rows_export_urls() -> Iterator[URLPattern]:
    """Yield the address of each table of the report."""
    for resource in RESOURCES:
        if resource.name in KINDS:
            yield path(
                f"v1/export/{resource.name}.csv",
                rows_export_view(resource).as_view(),
                name=f"export-{resource.name}",
            )
