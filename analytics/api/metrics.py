"""The metrics: the catalogue, each one's rows, and its figure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.openapi import examples
from analytics.api.openapi.responses import (
    FigureSerializer,
    InsightsSerializer,
    MetricEntrySerializer,
    MetricSerializer,
    json_response,
    text_response,
)
from analytics.api.transport.parameters import (
    FLAG,
    SCOPE,
    TEAM,
    Parameter,
    enum_schema,
    format_parameter,
)
from analytics.api.transport.renderers import CSVRenderer, FastJSONRenderer
from analytics.api.views import ReadView, viewer
from analytics.exports import iso_datetime, metric_lines
from analytics.figures import Theme, figure
from analytics.insights.registry import PARAMETERS, insights
from analytics.metrics.changes import changes
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.results import Column, Row, Value
from analytics.presentation.annotations import annotated_figure
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state

SCOPED = (*SCOPE.values(), TEAM)
SLUG = Parameter("slug", "The metric.", enum_schema(METRICS), "video-status", in_path=True)
THEME = Parameter(
    "theme", "The colours: `light` (the default) or `dark`.", enum_schema(("light", "dark"))
)

CHANGE = Parameter(
    "change",
    "`true`: adds `change`, by column the figure of the period before, what changed, the 95 % "
    "interval of that, and whether it is `better` (null within chance). The period before has the "
    "same length and the same weekdays. Null, with a note, where the data do not cover it.",
    FLAG,
)


def get_metric_or_404(slug: str) -> Metric:
    """The metric; raises ``Http404``."""
    try:
        return METRICS[slug]
    except KeyError:
        raise Http404 from None


def column_data(column: Column) -> dict[str, str]:
    """A column as the catalogue has it."""
    return {
        "name": column.name,
        "label": column.label,
        "type": column.type,
        "unit": column.unit,
    }


def json_row(row: Mapping[str, Value]) -> dict[str, Value]:
    """A row as JSON has it: times in the portal's time zone, days as they are."""
    return {
        name: iso_datetime(value) if isinstance(value, datetime) else value
        for name, value in row.items()
    }


def json_rows(metric: Metric, rows: list[Row]) -> list[Row]:
    """Rows as JSON has them; most metrics have no times, and some have thousands of rows."""
    if any(column.type == "datetime" for column in metric.columns):
        return [json_row(row) for row in rows]
    return rows


def parse_scope(request: Request, metric: Metric, values: dict[str, str]) -> Scope:
    """The scope of a request; raises ``ScopeError`` for what the metric does not take."""
    scope_params = {name: values[name] for name in (*SCOPE, TEAM.name) if name in values}
    return Scope.parse(scope_params, viewer(request), accepts=metric.parameters)


def scope_data(scope: Scope) -> dict[str, str | bool]:
    """The scope of an answer: the parameters that give it again."""
    return {name: True if name == "team" else text for name, text in scope.as_params().items()}


@extend_schema_view(
    get=extend_schema(
        operation_id="metrics",
        summary="The catalogue of metrics",
        description="Every metric: what it is called, what it means, what its rows hold, what it "
        "takes.",
        responses=json_response(MetricEntrySerializer(many=True), examples.CATALOGUE[0]),
        tags=["Metrics"],
    )
)
class CatalogueView(ReadView):
    """Every metric: what it is called, what it means, what its rows hold, what it takes."""

    def read(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """List the metrics in the order they were declared."""
        return Response(
            [
                {
                    "slug": metric.slug,
                    "title": metric.title,
                    "group": metric.group,
                    "definition": metric.definition,
                    "columns": [column_data(column) for column in metric.columns],
                    "summary_columns": [column_data(column) for column in metric.summary_columns],
                    "parameters": list(metric.parameters),
                    "needs": list(metric.needs),
                }
                for metric in METRICS.values()
            ]
        )


@extend_schema_view(
    get=extend_schema(
        operation_id="metric",
        summary="A metric's rows",
        description="Rows are complete and in the metric's own order. A metric takes the "
        "parameters that the catalogue names; any other is an error.",
        responses=json_response(MetricSerializer, examples.METRIC)
        | text_response("text/csv", examples.METRIC_CSV),
        tags=["Metrics"],
    )
)
class MetricView(ReadView):
    """One metric in a scope: complete rows, as JSON or CSV."""

    is_kept = True
    renderer_classes = [FastJSONRenderer, CSVRenderer]
    query_parameters = (*SCOPED, CHANGE, format_parameter(("json", "csv")))
    path_parameters = (SLUG,)

    def read(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Compute the metric."""
        metric = get_metric_or_404(kwargs["slug"]).for_viewer(viewer(request))
        scope = parse_scope(request, metric, self.query)
        result = metric(scope)
        if request.accepted_renderer.format == "csv":
            return csv_response(metric_lines(metric, result.rows), metric.slug)
        changed_at = current_state().changed_at
        notes = list(map(str, result.notes))
        more: dict[str, Any] = {}
        if self.query.get(CHANGE.name) == "true":
            column_changes, reason = changes(metric, scope)
            more["change"] = (
                None
                if column_changes is None
                else {name: c.as_dict() for name, c in column_changes.items()}
            )
            notes += [reason] if reason else []
        return Response(
            {
                "slug": metric.slug,
                "title": metric.title,
                "group": metric.group,
                "definition": metric.definition,
                "scope": scope_data(scope),
                "columns": [column_data(column) for column in metric.columns],
                "rows": json_rows(metric, result.rows),
                "summary": None if result.summary is None else json_row(result.summary),
                "notes": notes,
                "as_of": None if changed_at is None else iso_datetime(changed_at),
                **more,
            }
        )


@extend_schema_view(
    get=extend_schema(
        operation_id="figure",
        summary="A metric's Plotly figure",
        description="Above 500 sessions a line is condensed: a point a day, with its range. "
        "Metrics that are figures or tables and no chart have no `data`.",
        responses=json_response(FigureSerializer, examples.FIGURE),
        tags=["Metrics"],
    )
)
class FigureView(ReadView):
    """One metric in a scope as a Plotly figure, condensed where a screen could not show it all."""

    is_kept = True
    query_parameters = (*SCOPED, THEME)
    path_parameters = (SLUG,)

    def read(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Draw the metric: ``{"data", "layout"}``."""
        metric = get_metric_or_404(kwargs["slug"]).for_viewer(viewer(request))
        theme: Theme = "dark" if self.query.get(THEME.name) == "dark" else "light"
        scope = parse_scope(request, metric, self.query)
        drawn = figure(metric, metric.for_chart(scope), theme=theme)
        return Response(annotated_figure(drawn, metric, scope, theme))


@extend_schema_view(
    get=extend_schema(
        operation_id="insights",
        summary="The findings",
        description="Sentences computed from the data in scope, most urgent first, each with its "
        "evidence. Findings about people are for leads and admins. Below n = 10 nothing is "
        "claimed.",
        responses=json_response(InsightsSerializer, examples.INSIGHTS),
        tags=["Metrics"],
    )
)
class InsightsView(ReadView):
    """What the data in scope say, in sentences, and what to do about it."""

    is_kept = True
    query_parameters = (*(SCOPE[name] for name in PARAMETERS), TEAM)

    def read(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Compute the findings."""
        scope = Scope.parse(self.query, viewer(request), accepts=PARAMETERS)
        changed_at = current_state().changed_at
        return Response(
            {
                "scope": scope_data(scope),
                "findings": [finding.as_dict() for finding in insights(scope)],
                "as_of": None if changed_at is None else iso_datetime(changed_at),
            }
        )


def csv_response(lines: Iterable[str], name: str) -> HttpResponseBase:
    """CSV that browsers save under ``name``."""
    return HttpResponse(
        "".join(lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
