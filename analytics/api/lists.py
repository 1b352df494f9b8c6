"""What every list and every detail does; ``resources`` declares which there are."""

from collections.abc import Iterator
from http import HTTPStatus
from inspect import cleandoc
from typing import Any, ClassVar

import django_filters
from django.db.models import Model, Prefetch, QuerySet
from django.http import Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import inline_serializer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField, Serializer
from rest_framework.utils.urls import replace_query_param

from accounts.models import User
from analytics.api.openapi import examples
from analytics.api.openapi.operations import WHEN_FINDING, Body, Operation
from analytics.api.transport.pagination import CURSOR, PAGE_SIZE, Ordering, page_of
from analytics.api.transport.parameters import (
    SCOPE,
    Parameter,
    checked,
    choice,
    fields_of,
    format_parameter,
    of_filters,
    one_of,
)
from analytics.api.transport.renderers import CSVRenderer, FastJSONRenderer
from analytics.api.views import ReadView, viewer_of
from analytics.exports import csv_lines
from analytics.scope import Scope
from analytics.summaries.snapshots import repeatable_read

# Rows of a whole list that are read and written at a time.
ROWS_AT_ONCE = 500


class Resource:
    """A kind of rows: what a list and a detail of it share."""

    #: The name in the address.
    name: ClassVar[str]
    #: The same for people.
    words: ClassVar[str]
    serializer: ClassVar[type[Serializer[Any]]]
    #: The serializer of one row by itself, where it tells more.
    detail_serializer: ClassVar[type[Serializer[Any]] | None] = None
    #: What a row is found by: the parameter in the address, and the field.
    key: ClassVar[Parameter] = Parameter(
        "id", "The row's `id`.", {"type": "integer"}, "1", in_path=True
    )
    lookup: ClassVar[str] = "pk"
    filters: ClassVar[type[django_filters.FilterSet]]
    #: The first is the usual one.
    orderings: ClassVar[tuple[Ordering, ...]]
    scope_parameters: ClassVar[tuple[str, ...]]
    related: ClassVar[tuple[str, ...]] = ()
    prefetched: ClassVar[tuple[str | Prefetch[Any], ...]] = ()
    detail_prefetched: ClassVar[tuple[str | Prefetch[Any], ...]] = ()

    @classmethod
    def rows(cls, scope: Scope) -> QuerySet[Any]:
        """Return the rows in scope."""
        raise NotImplementedError

    @classmethod
    def check(cls, viewer: User) -> None:
        """Raise ``Forbidden`` when the viewer may not see the kind at all."""

    @classmethod
    def page(cls) -> Serializer[Any]:
        """Return the serializer of a page, for the description."""
        name = cls.serializer.__name__.removesuffix("Serializer")
        fields = {
            "next": CharField(
                allow_null=True, help_text="The address of the next page; null on the last one."
            ),
            "results": cls.serializer(many=True),
        }
        page: Serializer[Any] = inline_serializer(f"{name}Page", fields)
        return page

    @classmethod
    def ordering(cls) -> Parameter:
        """Return the parameter that orders the list."""
        names = [ordering.name for ordering in cls.orderings]
        return Parameter(
            "ordering", f"`{names[0]}` unless said otherwise; `-` is descending.", one_of(names)
        )

    @classmethod
    def columns(cls) -> list[str]:
        """Return the fields in the order of the CSV."""
        return list(cls.serializer().fields)


class ListView(ReadView):
    """A filtered and ordered list, page by page, or (CSV) whole."""

    renderer_classes = [FastJSONRenderer, CSVRenderer]
    resource: type[Resource] = Resource

    def operation(self, method: str) -> Operation:
        """Describe the list."""
        resource = self.resource
        row = examples.ROWS[resource.name]
        return Operation(
            f"list-{resource.name}",
            f"List {resource.words}",
            cleandoc(resource.__doc__ or ""),
            (
                Body(resource.page(), {"next": None, "results": [row]}),
                Body({"type": "string"}, ",".join(resource.columns()) + "\r\n", "text/csv"),
            ),
            problems=WHEN_FINDING,
            tag="Lists",
        )

    def parameters_of(self, method: str) -> tuple[Parameter, ...]:
        """Return the parameters of the list."""
        if method != "GET":
            return ()
        resource = self.resource
        return (
            *(SCOPE[name] for name in resource.scope_parameters),
            *of_filters(resource.filters),
            resource.ordering(),
            PAGE_SIZE,
            CURSOR,
            format_parameter(("json", "csv")),
        )

    def read(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Return a page; as CSV without page_size and cursor: everything."""
        resource = self.resource
        resource.check(viewer_of(request))
        values = self.values(request)
        rows = self.filtered(request, values)
        asked = choice(values, resource.ordering()) or resource.orderings[0].name
        ordering = next(known for known in resource.orderings if known.name == asked)
        is_csv = request.accepted_renderer.format == "csv"
        if is_csv and "cursor" not in values and "page_size" not in values:
            # Read while it is sent, after this snapshot.
            head = request.method == "HEAD"
            everything = () if head else self.whole(ordering.apply(rows))
            return self.csv(everything)
        page = page_of(rows.prefetch_related(*resource.prefetched), ordering, values)
        link = page.cursor and replace_query_param(
            request.build_absolute_uri(), "cursor", page.cursor
        )
        data = resource.serializer(page.rows, many=True).data
        response = self.csv(iter(data)) if is_csv else Response({"next": link, "results": data})
        if link:
            response.headers["Link"] = f'<{link}>; rel="next"'
        return response

    def filtered(self, request: Request, values: dict[str, str]) -> QuerySet[Any]:
        """Return the rows in scope that pass the filters."""
        accepts = self.resource.scope_parameters
        asked = {name: values[name] for name in accepts if name in values}
        scope = Scope.parse(asked, viewer_of(request), accepts=accepts)
        rows = self.resource.rows(scope).select_related(*self.resource.related)
        filters = self.resource.filters
        given = {name: values[name] for name in fields_of(filters) if name in values}
        filtered: QuerySet[Any] = checked(filters(given, queryset=rows))
        return filtered

    def whole(self, rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
        """Yield every row, by a server-side cursor in one state of the data."""
        serializer = self.resource.serializer()
        with repeatable_read():
            read = rows.prefetch_related(*self.resource.prefetched)
            for row in read.iterator(chunk_size=ROWS_AT_ONCE):
                yield serializer.to_representation(row)

    def csv(self, data: Any) -> HttpResponseBase:
        """Return the rows as CSV."""
        columns = self.resource.columns()
        return StreamingHttpResponse(
            csv_lines(columns, ([row[name] for name in columns] for row in data)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{self.resource.name}.csv"'},
        )


class DetailView(ReadView):
    """One row."""

    resource: type[Resource] = Resource

    def operation(self, method: str) -> Operation:
        """Describe the detail."""
        resource = self.resource
        return Operation(
            f"get-{resource.name}",
            f"One of the {resource.words}",
            cleandoc(resource.__doc__ or ""),
            (
                Body(
                    resource.detail_serializer or resource.serializer,
                    examples.DETAILS[resource.name],
                ),
            ),
            problems=WHEN_FINDING,
            tag="Lists",
        )

    def parameters_in_path(self) -> tuple[Parameter, ...]:
        """Return what the row is found by."""
        return (self.resource.key,)

    def read(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Return the row, or 404 when there is none that the viewer may see."""
        self.values(request)
        resource = self.resource
        viewer = viewer_of(request)
        resource.check(viewer)
        scope = Scope.parse({}, viewer, accepts=resource.scope_parameters)
        key = kwargs[resource.key.name]
        if isinstance(key, str) and "\0" in key:
            raise Http404
        rows = resource.rows(scope).select_related(*resource.related)
        rows = rows.prefetch_related(*resource.prefetched, *resource.detail_prefetched)
        row: Model | None = rows.filter(**{resource.lookup: key}).first()
        if row is None:
            raise Http404
        serializer = resource.detail_serializer or resource.serializer
        return Response(serializer(row).data, status=HTTPStatus.OK)
