"""The addresses of the lists and details: a view a resource, with its description."""

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

from django.urls import URLPattern, path
from drf_spectacular.utils import extend_schema, extend_schema_view, inline_serializer
from rest_framework.serializers import CharField, Serializer

from analytics.api.annotations import AnnotationDetailView, describe_delete
from analytics.api.ingest import AnnotationsIngestMixin, RowsIngestMixin, describe_ingest
from analytics.api.lists import DetailView, ListView, Resource
from analytics.api.notes import NoteListView
from analytics.api.openapi import examples
from analytics.api.openapi.responses import json_response, text_response
from analytics.api.quality_checks import ChecksIngestMixin
from analytics.api.resources import RESOURCES, Annotations, Notes, QualityChecks
from analytics.imports.rows.fields import KINDS


class IngestListView(RowsIngestMixin, ListView):
    """A list of rows that are also sent in here."""


class QualityCheckListView(ChecksIngestMixin, ListView):
    """The list of checks, which more people write."""


class AnnotationListView(AnnotationsIngestMixin, ListView):
    """The list of annotations, which more people write."""


#: The lists that others than admins write to.
MORE_WRITERS: dict[type[Resource], type[ListView]] = {
    Annotations: AnnotationListView,
    QualityChecks: QualityCheckListView,
    Notes: NoteListView,
}


def resource_urls() -> Iterator[URLPattern]:
    """Yield the addresses of the list and the detail of each resource."""
    for resource in RESOURCES:
        name, key = resource.name, resource.key
        converter = "int" if key.schema["type"] == "integer" else "anything"
        yield path(f"v1/{name}/", list_view(resource).as_view(), name=name)
        yield path(
            f"v1/{name}/<{converter}:{key.name}>/",
            detail_view(resource).as_view(),
            name=f"{name}-detail",
        )


def list_view(resource: type[Resource]) -> type[ListView]:
    """Build the view of a list; where rows of the kind are also sent in, of both."""
    is_ingested = resource.name in KINDS
    base: type[ListView] = IngestListView if is_ingested else ListView
    base = MORE_WRITERS.get(resource, base)
    view = type(f"{resource.__name__}List", (base,), {"resource": resource})
    described = {"get": describe_list(resource)}
    if is_ingested:
        described["post"] = describe_ingest(resource)
    return extend_schema_view(**described)(view)


def detail_view(resource: type[Resource]) -> type[DetailView]:
    """Build the view of one row."""
    base = AnnotationDetailView if resource is Annotations else DetailView
    view = type(f"{resource.__name__}Detail", (base,), {"resource": resource})
    described = {"get": describe_detail(resource)}
    if resource is Annotations:
        described["delete"] = describe_delete()
    return extend_schema_view(**described)(view)


def describe_list(resource: type[Resource]) -> Any:
    """The description of a list."""
    page = {"next": None, "results": [examples.ROWS[resource.name]]}
    return extend_schema(
        operation_id=f"list-{resource.name}",
        summary=f"List {resource.verbose_name}",
        description=cleandoc(resource.__doc__ or ""),
        responses=json_response(page_serializer(resource), page)
        | text_response("text/csv", ",".join(resource.columns()) + "\r\n"),
        tags=["Lists"],
    )


def describe_detail(resource: type[Resource]) -> Any:
    """The description of a detail."""
    return extend_schema(
        operation_id=f"get-{resource.name}",
        summary=f"One of the {resource.verbose_name}",
        description=cleandoc(resource.__doc__ or ""),
        responses=json_response(
            resource.detail_serializer or resource.serializer, examples.DETAILS[resource.name]
        ),
        tags=["Lists"],
    )


def page_serializer(resource: type[Resource]) -> Serializer[Any]:
    """What a page of a list holds."""
    fields = {
        "next": CharField(
            allow_null=True, help_text="The address of the next page; null on the last one."
        ),
        "results": resource.serializer(many=True),
    }
    name = resource.serializer.__name__.removesuffix("Serializer")
    page: Serializer[Any] = inline_serializer(f"{name}Page", fields)
    return page
