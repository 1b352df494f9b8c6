"""What every list and every detail does; ``resources`` declares which there are."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, ClassVar

import django_filters
from django.db.models import Model, Prefetch, QuerySet
from django.http import Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.utils.urls import replace_query_param

from accounts.models import User
from analytics.api.transport.pagination import CURSOR, PAGE_SIZE, paginate
from analytics.api.transport.parameters import (
    SCOPE,
    Parameter,
    apply_filters,
    enum_schema,
    filter_parameters,
    format_parameter,
)
from analytics.api.transport.renderers import CSVRenderer, FastJSONRenderer
from analytics.api.views import ReadView, viewer
from analytics.exports import csv_lines
from analytics.keyset import Ordering
from analytics.scope import Scope
from analytics.summaries.snapshots import repeatable_read

# Rows of a whole list that are read and written at a time.
ROWS_AT_ONCE = 500


class Resource:
    """A kind of rows: what a list and a detail of it share."""

    #: The name in the address.
    name: ClassVar[str]
    #: The same for people, in the plural.
    verbose_name: ClassVar[str]
    serializer: ClassVar[type[Serializer[Any]]]
    #: The serializer of one row by itself, where it tells more.
    detail_serializer: ClassVar[type[Serializer[Any]] | None] = None
    #: What a row is found by: the parameter in the address, and the field.
    key: ClassVar[Parameter] = Parameter(
        "id", "The row's `id`.", {"type": "integer"}, "1", in_path=True
    )
    lookup: ClassVar[str] = "pk"
    filters: ClassVar[type[django_filters.FilterSet]]
    #: The first is the default.
    orderings: ClassVar[tuple[Ordering, ...]]
    scope_parameters: ClassVar[tuple[str, ...]]
    related: ClassVar[tuple[str, ...]] = ()
    prefetched: ClassVar[tuple[str | Prefetch[Any], ...]] = ()
    detail_prefetched: ClassVar[tuple[str | Prefetch[Any], ...]] = ()

    @classmethod
    def rows(cls, scope: Scope) -> QuerySet[Any]:
        """The rows in scope."""
        raise NotImplementedError

    @classmethod
    def parse_scope(cls, params: Mapping[str, str], viewer: User) -> Scope:
        """The scope that a viewer asks for; raises ``ScopeError``."""
        return Scope.parse(params, viewer, accepts=cls.scope_parameters)

    @classmethod
    def check(cls, viewer: User) -> None:
        """Raise ``Forbidden`` when the viewer may not see the kind at all."""

    @classmethod
    def ordering_parameter(cls) -> Parameter:
        """The parameter that orders the list."""
        names = [ordering.name for ordering in cls.orderings]
        return Parameter(
            "ordering", f"`{names[0]}` by default; `-` is descending.", enum_schema(names)
        )

    @classmethod
    def columns(cls) -> list[str]:
        """The fields in the order of the CSV."""
        return list(cls.serializer().fields)


class ListView(ReadView):
    """A filtered and ordered list, page by page, or (CSV) whole."""

    renderer_classes = [FastJSONRenderer, CSVRenderer]
    resource: type[Resource] = Resource

    def get_query_parameters(self, method: str) -> tuple[Parameter, ...]:
        """The scope, the filters, the order, the page and the representation."""
        if method != "GET":
            return ()
        resource = self.resource
        return (
            *(SCOPE[name] for name in resource.scope_parameters),
            *filter_parameters(resource.filters),
            resource.ordering_parameter(),
            PAGE_SIZE,
            CURSOR,
            format_parameter(("json", "csv")),
        )

    def read(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Answer with a page; as CSV without page_size and cursor: with everything."""
        resource = self.resource
        resource.check(viewer(request))
        rows = self.filtered(request)
        name = self.query.get("ordering", resource.orderings[0].name)
        ordering = next(ordering for ordering in resource.orderings if ordering.name == name)
        is_csv = request.accepted_renderer.format == "csv"
        if is_csv and "cursor" not in self.query and "page_size" not in self.query:
            # Read while it is sent, after this snapshot.
            head = request.method == "HEAD"
            return self.csv(() if head else self.all_rows(ordering.apply(rows)))
        page = paginate(rows.prefetch_related(*resource.prefetched), ordering, self.query)
        link = page.cursor and replace_query_param(
            request.build_absolute_uri(), "cursor", page.cursor
        )
        data = resource.serializer(page.rows, many=True).data
        response = self.csv(iter(data)) if is_csv else Response({"next": link, "results": data})
        if link:
            response.headers["Link"] = f'<{link}>; rel="next"'
        return response

    def filtered(self, request: Request) -> QuerySet[Any]:
        """The rows in scope that pass the filters."""
        accepts = self.resource.scope_parameters
        values = {name: self.query[name] for name in accepts if name in self.query}
        scope = self.resource.parse_scope(values, viewer(request))
        rows = self.resource.rows(scope).select_related(*self.resource.related)
        return apply_filters(self.resource.filters, self.query, rows)

    def all_rows(self, rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
        """Yield every row, by a server-side cursor in one state of the data."""
        serializer = self.resource.serializer()
        with repeatable_read():
            prefetched = rows.prefetch_related(*self.resource.prefetched)
            for row in prefetched.iterator(chunk_size=ROWS_AT_ONCE):
                yield serializer.to_representation(row)

    def csv(self, data: Any) -> HttpResponseBase:
        """Stream the rows as CSV."""
        columns = self.resource.columns()
        return StreamingHttpResponse(
            csv_lines(columns, ([row[name] for name in columns] for row in data)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{self.resource.name}.csv"'},
        )


class DetailView(ReadView):
    """One row."""

    resource: type[Resource] = Resource

    def get_path_parameters(self) -> tuple[Parameter, ...]:
        """What the row is found by."""
        return (self.resource.key,)

    def read(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Answer with the row; raises ``Http404`` when the viewer may see none."""
        resource = self.resource
        resource.check(viewer(request))
        scope = resource.parse_scope({}, viewer(request))
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
