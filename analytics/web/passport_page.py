"""The page of a number's passport: ``/passport/{slug}/``, by the parameters of its records."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from analytics.access import Forbidden, NotVisible
from analytics.metrics.registry import METRICS
from analytics.metrics.row_keys import COLUMN, SCOPE_PARAMETERS, key_names
from analytics.presentation import periods
from analytics.presentation.context import non_empty_params
from analytics.presentation.passport import (
    address,
    api_addresses,
    passport_of,
    passport_subtitle,
)
from analytics.rows.selection import find_number
from analytics.scope import single_values
from analytics.summaries.snapshots import snapshot
from analytics.viewer import viewer_of
from analytics.web.conditional import conditional_get
from analytics.web.metric_rows import chart_of, definition_url
from analytics.web.panel import render_page_or_panel
from analytics.web.views import handle_scope_errors


@require_safe
@handle_scope_errors
@conditional_get
def passport(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what one number of a metric is made of."""
    viewer = viewer_of(request)
    if slug not in METRICS:
        raise NotVisible("metric", "no such metric")
    values = single_values(non_empty_params(request.GET), (*SCOPE_PARAMETERS, *key_names(), COLUMN))
    with snapshot():
        try:
            number = find_number(METRICS[slug], values, viewer, with_records=False)
        except Forbidden as error:
            # Not by way of the team's totals, which the other pages offer: they open no records.
            raise PermissionDenied(error.message) from error
        shown = passport_of(number, values)
        as_of = periods.as_of()
    chart_name, chart_url = chart_of(number.metric, number.asked)
    metric_call, rows_call = api_addresses(number, values)
    own = address("portal:passport", number.metric, {**values, COLUMN: number.column.name})
    context = {
        "title": shown.title,
        "subtitle": passport_subtitle(number),
        "passport": shown,
        "metric": number.metric,
        "as_of": as_of,
        "metric_call": metric_call,
        "rows_call": rows_call,
        "curl_url": request.build_absolute_uri(rows_call or metric_call),
        "own_url": own,
        "share_url": request.build_absolute_uri(own),
        "definition_url": definition_url(number.metric),
        "chart_name": chart_name,
        "chart_url": chart_url,
    }
    return render_page_or_panel(
        request, "portal/passport.html", "portal/passport_panel.html", context
    )
