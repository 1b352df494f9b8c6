"""The page of insights: every finding with its evidence, and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.access import Forbidden, NotVisible, ScopeError
from analytics.presentation import findings
from analytics.presentation.context import (
    body_context,
    form_data,
    header_context,
    refused_page,
    scope_of,
)
from analytics.presentation.filters import ScopeForm
from analytics.presentation.page_body import PageBody
from analytics.presentation.pages import INSIGHTS
from analytics.viewer import viewer_of
from analytics.web.conditional import kept_page
from analytics.web.views import handle_scope_errors


@require_safe
@handle_scope_errors
@kept_page
def insights(request: HttpRequest) -> HttpResponse:
    """Show the findings of a scope, grouped by how urgent they are, and the actions."""
    viewer, now, path = viewer_of(request), timezone.now(), request.path
    try:
        scope = scope_of(INSIGHTS, request.GET, viewer, now=now)
    except (NotVisible, Forbidden):
        raise
    except ScopeError as error:
        refused = refused_page(INSIGHTS, request.GET, viewer, error=error, now=now, path=path)
        return render(request, "portal/insights.html", refused.context, status=refused.status)
    data = form_data(request.GET) | scope.as_params()
    form = ScopeForm(data, parameters=INSIGHTS.parameters, viewer=viewer, scope=scope)
    context = {
        **header_context(INSIGHTS, scope, form, now=now, path=path),
        **body_context(INSIGHTS, scope, PageBody([], []), now=now, path=path),
        "groups": findings.grouped(findings.findings_of(scope, timezone.localdate(now))),
    }
    return render(request, "portal/insights.html", context)
