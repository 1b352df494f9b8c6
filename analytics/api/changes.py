"""What changed in a scope since the period before."""

from collections.abc import Iterator
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.metrics import csv_response, scope_data
from analytics.api.openapi import examples
from analytics.api.openapi.responses import ChangesSerializer, json_response, text_response
from analytics.api.transport.parameters import (
    SCOPE,
    TEAM,
    Parameter,
    enum_schema,
    format_parameter,
)
from analytics.api.transport.renderers import CSVRenderer, FastJSONRenderer
from analytics.api.views import ReadView, viewer
from analytics.exports import csv_lines, iso_datetime
from analytics.insights.period_changes import PeriodChanges
from analytics.insights.registry import PARAMETERS
from analytics.insights.what_changed import what_changed
from analytics.metrics.coverage import AGAINST, read_against
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state

AGAINST_PARAMETER = Parameter(
    "against",
    "The earlier period: the one before, that of 4 weeks before, or of 52 weeks before.",
    enum_schema(AGAINST),
)
#: The columns of the CSV after the list's slug: the fields of a comparison.
COLUMNS = (
    "name", "metric", "column", "key", "value", "before", "now", "change", "change_low",
    "change_high", "relative", "beyond_chance", "better", "would_show", "reason",
)  # fmt: skip


@extend_schema_view(
    get=extend_schema(
        operation_id="changes",
        summary="What changed",
        description="Figures, queues, statuses, reasons, hours, recommendation types and, for "
        "leads, people: each in the scope's dates and in an earlier period of the same length and "
        "weekdays: the one before, or as `against` says. All intervals hold at once: where nothing "
        "has changed, at most 7 of 100 answers name anything as beyond chance. People stand there "
        "only beyond chance. Without an earlier period, `before` is null and `reason` says why.",
        responses=json_response(ChangesSerializer, examples.CHANGES)
        | text_response("text/csv", examples.CHANGES_CSV),
        tags=["Metrics"],
    )
)
class ChangesView(ReadView):
    """What changed in a scope since the period before, beyond chance or not."""

    renderer_classes = [FastJSONRenderer, CSVRenderer]
    query_parameters = (
        *(SCOPE[name] for name in PARAMETERS),
        TEAM,
        AGAINST_PARAMETER,
        format_parameter(("json", "csv")),
    )

    def read(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Compare the scope with the period before."""
        apart = ("format", AGAINST_PARAMETER.name)
        scope_params = {name: text for name, text in self.query.items() if name not in apart}
        against = read_against(self.query.get(AGAINST_PARAMETER.name, ""))
        scope = Scope.parse(scope_params, viewer(request), accepts=PARAMETERS)
        changes = what_changed(scope, against)
        if request.accepted_renderer.format == "csv":
            return csv_response(csv_lines(("list", *COLUMNS), csv_rows(changes)), "changes")
        changed_at = current_state().changed_at
        return Response(
            {
                "scope": scope_data(scope),
                "before": None if changes.before is None else scope_data(changes.before),
                "reason": changes.reason or None,
                "compared": changes.compared,
                "lists": [
                    {
                        "slug": one.slug,
                        "title": one.title,
                        "compared": one.compared,
                        "changes": [each.as_dict() for each in one.shown],
                    }
                    for one in changes.lists
                ],
                "as_of": None if changed_at is None else iso_datetime(changed_at),
            }
        )


def csv_rows(changes: PeriodChanges) -> Iterator[tuple[object, ...]]:
    """Yield a row a comparison that is named."""
    for one in changes.lists:
        for each in one.shown:
            values = each.as_dict()
            yield (one.slug, *(values[name] for name in COLUMNS))
