"""The page "What changed", and its workbook."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.access import Forbidden, NotVisible, ScopeError
from analytics.insights.what_changed import what_changed
from analytics.presentation import periods
from analytics.presentation.changed import changed_context, changed_subtitle
from analytics.presentation.changed_workbook import changed_workbook
from analytics.presentation.context import (
    form_data,
    handed_on,
    header_context,
    refused_page,
    scope_of,
)
from analytics.presentation.filters import ScopeForm
from analytics.presentation.following import set_aside
from analytics.presentation.pages import CHANGED
from analytics.summaries.snapshots import snapshot
from analytics.web.conditional import conditional_get
from analytics.web.viewer import viewer_of
from analytics.web.views import download_workbook, handle_scope_errors


@require_safe
@handle_scope_errors
@conditional_get
def changed(request: HttpRequest) -> HttpResponse:
    """Show what changed in a scope since the period before."""
    viewer, now, path = viewer_of(request), timezone.now(), request.path
    with snapshot():
        try:
            scope = scope_of(CHANGED, request.GET, viewer, now=now)
        except (NotVisible, Forbidden):
            raise
        except ScopeError as error:
            refused = refused_page(CHANGED, request.GET, viewer, error=error, now=now, path=path)
            return render(request, "portal/changed.html", refused.context, status=refused.status)
        changes = what_changed(scope)
        data = form_data(request.GET) | scope.as_params()
        _, aside = set_aside(CHANGED, request.GET, viewer)
        form = ScopeForm(
            data, parameters=CHANGED.parameters, viewer=viewer, scope=scope, aside=aside
        )
        latest = periods.last_days(
            replace(scope, team=False),
            CHANGED.opens_with,
            periods.yesterday(timezone.localdate(now)),
        )
        header = header_context(CHANGED, scope, form, now=now, path=path)
        context = {
            **header,
            **handed_on(aside, header["ranges"]),
            **changed_context(changes),
            "subtitle": changed_subtitle(changes),
            "insights_url": periods.scope_url(scope, path=reverse("portal:insights")),
            "covered_url": periods.scope_url(latest, path=path) if latest != scope else "",
            "workbook_url": periods.scope_url(scope, path=reverse("portal:changed-xlsx"))
            if changes.before
            else "",
        }
    return render(request, "portal/changed.html", context)


@require_safe
@handle_scope_errors
def changed_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The page's lists as one workbook."""
    with snapshot():
        scope = scope_of(CHANGED, request.GET, viewer_of(request), now=timezone.now())
        path = periods.scope_url(scope, path=reverse("portal:changed"))
        file = changed_workbook(what_changed(scope), address=request.build_absolute_uri(path))
    return download_workbook(file, "changed.xlsx")
