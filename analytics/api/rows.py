"""The records behind one number of a metric, as JSON page by page or as CSV whole."""

from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from analytics.api.lists import Resource
from analytics.api.metrics import SCOPED, SLUG, get_metric_or_404
from analytics.api.openapi import examples
from analytics.api.openapi.responses import MetricRowsSerializer, json_response, text_response
from analytics.api.resources import RESOURCES
from analytics.api.transport.pagination import CURSOR, PAGE_SIZE, page_size
from analytics.api.transport.parameters import TEXT, Parameter, format_parameter
from analytics.api.transport.renderers import CSVRenderer, FastJSONRenderer
from analytics.api.views import ReadView, viewer
from analytics.exports import csv_lines
from analytics.metrics.row_keys import COLUMN, key_names
from analytics.rows.kinds import record_list
from analytics.rows.lists import Entry, RecordList
from analytics.rows.selection import select
from analytics.rows.things import ThingList

COLUMN_PARAMETER = Parameter(
    COLUMN,
    "A number of the metric. Left out: its first count, else its first number with records.",
    TEXT,
    "videos",
)
KEYS = tuple(
    Parameter(
        name,
        "With the metric's other key columns: the row whose number it is, by the value that the "
        "row has there; `unknown` for null.",
        TEXT,
    )
    for name in key_names()
)
RESOURCE_BY_NAME: dict[str, type[Resource]] = {resource.name: resource for resource in RESOURCES}


@extend_schema_view(
    get=extend_schema(
        operation_id="metric-rows",
        summary="The records behind a number",
        description="What one number of a metric is made of, newest first. The key columns of the "
        "metric name a row (`decision=rejected`, `kind=pause&from_seconds=60`); `moderator` and "
        "`session` are the scope's own. Without keys: the whole scope, or the summary's numbers. "
        "`of.how` says how the records make the number: `count`; `sum` of `amount`; `rate`, the "
        "share that is `counted`; `ratio`, the sum of `amount` over that of `weight` (times in "
        "seconds; of `throughput_per_hour` times 3,600); `mean` of `amount`; `distinct`, a row "
        "each; `median`, the one or two in the middle; `extreme`, all that have the value. "
        "404: a number without records, or a key that names no row.",
        responses=json_response(MetricRowsSerializer, examples.METRIC_ROWS)
        | text_response("text/csv", examples.METRIC_ROWS_CSV),
        tags=["Metrics"],
    )
)
class MetricRowsView(ReadView):
    """The records behind one number: a page as JSON, all as CSV."""

    renderer_classes = [FastJSONRenderer, CSVRenderer]
    query_parameters = (
        *SCOPED,
        *KEYS,
        COLUMN_PARAMETER,
        PAGE_SIZE,
        CURSOR,
        format_parameter(("json", "csv")),
    )
    path_parameters = (SLUG,)

    def read(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """List the records."""
        metric = get_metric_or_404(kwargs["slug"])
        of_page = (PAGE_SIZE.name, CURSOR.name, "format")
        values = {name: text for name, text in self.query.items() if name not in of_page}
        records = record_list(select(metric, values, viewer(request)))
        if request.accepted_renderer.format == "csv":
            head = request.method == "HEAD"
            return csv_response(records, iter(()) if head else records.all_entries())
        page = records.page(page_size(self.query), self.query.get(CURSOR.name))
        link = page.cursor and replace_query_param(
            request.build_absolute_uri(), CURSOR.name, page.cursor
        )
        response = Response(
            {
                "of": {
                    "records": records.kind.name,
                    "how": records.selection.records.how,
                    "count": records.count,
                    "shown": records.shown,
                },
                "next": link,
                "results": list(data_of(records, page.entries)),
            }
        )
        if link:
            response.headers["Link"] = f'<{link}>; rel="next"'
        return response


def data_of(records: RecordList, entries: list[Entry] | Iterator[Entry]) -> Iterator[Any]:
    """Yield the rows of the kind's list, with what each adds to the number."""
    show = as_thing if isinstance(records, ThingList) else serializer_of(records)
    for entry in entries:
        row = dict(show(entry.record))
        for name in records.extras:
            row[name] = getattr(entry, name)
        yield row


def serializer_of(records: RecordList) -> Any:
    """What gives a record as its list does."""
    return RESOURCE_BY_NAME[records.kind.name].serializer().to_representation


def as_thing(thing: Any) -> Any:
    """A thing has been written by its list already."""
    return thing


def csv_response(records: RecordList, entries: Iterator[Entry]) -> StreamingHttpResponse:
    """Stream the records as CSV."""
    if isinstance(records, ThingList):
        names = [*records.columns]
    else:
        names = [*RESOURCE_BY_NAME[records.kind.name].columns(), *records.extras]
    lines = csv_lines(names, ([row[name] for name in names] for row in data_of(records, entries)))
    name = f"{records.selection.metric.slug}-{records.selection.column.name}.csv"
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
