"""The metrics: the catalogue, each one's rows, and its figure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from inspect import cleandoc
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.openapi import examples
from analytics.api.openapi.operations import WHEN_FINDING, Body, Operation
from analytics.api.openapi.responses import (
    FigureSerializer,
    InsightsSerializer,
    MetricEntrySerializer,
    MetricSerializer,
)
from analytics.api.transport.parameters import (
    SCOPE,
    TEAM,
    Parameter,
    choice,
    format_parameter,
    one_of,
)
from analytics.api.transport.renderers import CSVRenderer, FastJSONRenderer
from analytics.api.views import ReadView, viewer_of
from analytics.exports import metric_lines, moment
from analytics.figures import Theme, figure
from analytics.insights.registry import PARAMETERS, insights
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.results import Column, Row, Value
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state

SCOPED = (*SCOPE.values(), TEAM)
SLUG = Parameter("slug", "The metric.", one_of(METRICS), "video-status", in_path=True)
THEME = Parameter("theme", "The colours: `light` (as usual) or `dark`.", one_of(("light", "dark")))


def metric_of(slug: str) -> Metric:
    """Return the metric; raises 404."""
    try:
        return METRICS[slug]
    except KeyError:
        raise Http404 from None


def described(column: Column) -> dict[str, str]:
    """Return a column of the catalogue."""
    return {
        "name": column.name,
        "label": column.label,
        "type": column.type,
        "unit": column.unit,
    }


def plain_row(row: Mapping[str, Value]) -> dict[str, Value]:
    """Return a row as JSON has it: times in the portal's time zone, days as they are."""
    return {
        name: moment(value) if isinstance(value, datetime) else value for name, value in row.items()
    }


def plain_rows(metric: Metric, rows: list[Row]) -> list[Row]:
    """Return rows as JSON has them; most metrics have no times, and some have thousands of rows."""
    if any(column.type == "datetime" for column in metric.columns):
        return [plain_row(row) for row in rows]
    return rows


def scope_of(request: Request, metric: Metric, values: dict[str, str]) -> Scope:
    """Return the scope asked for; raises ``ScopeError`` for what the metric does not take."""
    asked = {name: values[name] for name in (*SCOPE, TEAM.name) if name in values}
    return Scope.parse(asked, viewer_of(request), accepts=metric.parameters)


def plain_scope(scope: Scope) -> dict[str, str | bool]:
    """Return the scope of an answer: the parameters that give it again."""
    return {name: True if name == "team" else text for name, text in scope.as_params().items()}


class CatalogueView(ReadView):
    """Every metric: what it is called, what it means, what its rows hold, what it takes."""

    def operation(self, method: str) -> Operation:
        """Describe the catalogue."""
        return Operation(
            "metrics",
            "The catalogue of metrics",
            cleandoc(self.__doc__ or ""),
            (Body(MetricEntrySerializer(many=True), examples.CATALOGUE[0]),),
            tag="Metrics",
        )

    def read(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Return the metrics in the order they were declared."""
        return Response(
            [
                {
                    "slug": metric.slug,
                    "title": metric.title,
                    "group": metric.group,
                    "definition": metric.definition,
                    "columns": [described(column) for column in metric.columns],
                    "summary_columns": [described(column) for column in metric.summary_columns],
                    "parameters": list(metric.parameters),
                    "needs": list(metric.needs),
                }
                for metric in METRICS.values()
            ]
        )


class MetricView(ReadView):
    """One metric in a scope: complete rows, as JSON or CSV."""

    renderer_classes = [FastJSONRenderer, CSVRenderer]
    parameters = (*SCOPED, format_parameter(("json", "csv")))
    path_parameters = (SLUG,)

    def operation(self, method: str) -> Operation:
        """Describe a metric."""
        return Operation(
            "metric",
            "A metric's rows",
            "Rows are complete and in the metric's own order. A metric takes the parameters that "
            "the catalogue names; any other is an error.",
            (
                Body(MetricSerializer, examples.METRIC),
                Body({"type": "string"}, examples.METRIC_CSV, "text/csv"),
            ),
            problems=WHEN_FINDING,
            tag="Metrics",
        )

    def read(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Return the metric's rows."""
        metric = metric_of(kwargs["slug"])
        scope = scope_of(request, metric, self.values(request))
        result = metric(scope)
        if request.accepted_renderer.format == "csv":
            return csv_response(metric_lines(metric, result.rows), metric.slug)
        changed_at = current_state().changed_at
        return Response(
            {
                "slug": metric.slug,
                "title": metric.title,
                "group": metric.group,
                "definition": metric.definition,
                "scope": plain_scope(scope),
                "columns": [described(column) for column in metric.columns],
                "rows": plain_rows(metric, result.rows),
                "summary": None if result.summary is None else plain_row(result.summary),
                "notes": list(result.notes),
                "as_of": None if changed_at is None else moment(changed_at),
            }
        )


class FigureView(ReadView):
    """One metric in a scope as a Plotly figure, condensed where a screen could not show it all."""

    parameters = (*SCOPED, THEME)
    path_parameters = (SLUG,)

    def operation(self, method: str) -> Operation:
        """Describe a figure."""
        return Operation(
            "figure",
            "A metric's Plotly figure",
            "Above 500 sessions a line is condensed: a point a day, with its range. Metrics that "
            "are figures or tables and no chart have no `data`.",
            (Body(FigureSerializer, examples.FIGURE),),
            problems=WHEN_FINDING,
            tag="Metrics",
        )

    def read(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Return ``{"data", "layout"}``."""
        metric = metric_of(kwargs["slug"])
        values = self.values(request)
        theme: Theme = "dark" if choice(values, THEME) == "dark" else "light"
        scope = scope_of(request, metric, values)
        return Response(figure(metric, metric.drawn(scope), theme=theme))


class InsightsView(ReadView):
    """What the data in scope say, in sentences, and what to do about it."""

    parameters = (*(SCOPE[name] for name in PARAMETERS), TEAM)

    def operation(self, method: str) -> Operation:
        """Describe the insights."""
        return Operation(
            "insights",
            "The findings",
            "Sentences computed from the data in scope, most urgent first, each with its "
            "evidence. Findings about people are for leads and admins. Below n = 10 nothing is "
            "claimed.",
            (Body(InsightsSerializer, examples.INSIGHTS),),
            problems=WHEN_FINDING,
            tag="Metrics",
        )

    def read(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Return the findings."""
        scope = Scope.parse(self.values(request), viewer_of(request), accepts=PARAMETERS)
        changed_at = current_state().changed_at
        return Response(
            {
                "scope": plain_scope(scope),
                "findings": [told.as_dict() for told in insights(scope)],
                "as_of": None if changed_at is None else moment(changed_at),
            }
        )


def csv_response(lines: Iterable[str], name: str) -> HttpResponseBase:
    """Return CSV that browsers save under ``name``."""
    return HttpResponse(
        "".join(lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
