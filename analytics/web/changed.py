"""The page "What changed", and its workbook."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.access import Forbidden, NotVisible, ScopeError
from analytics.display import plain
from analytics.insights.what_changed import what_changed
from analytics.presentation import periods
from analytics.presentation.changed import (
    against_field,
    against_query,
    changed_context,
    changed_subtitle,
    split_against,
)
from analytics.presentation.changed_workbook import changed_workbook
from analytics.presentation.context import (
    form_data,
    handed_on,
    header_context,
    refused_page,
    scope_of,
)
from analytics.presentation.filters import ScopeForm
from analytics.presentation.following import hand_on, set_aside
from analytics.presentation.pages import CHANGED
from analytics.summaries.snapshots import snapshot
from analytics.viewer import viewer_of
from analytics.web.conditional import kept_page
from analytics.web.views import download_workbook, handle_scope_errors


@require_safe
@handle_scope_errors
@kept_page
def changed(request: HttpRequest) -> HttpResponse:
    """Show what changed in a scope since an earlier period."""
    viewer, now, path = viewer_of(request), timezone.now(), request.path
    with snapshot():
        params: QueryDict = request.GET
        try:
            params, against = split_against(params)
            scope = scope_of(CHANGED, params, viewer, now=now)
        except (NotVisible, Forbidden):
            raise
        except ScopeError as error:
            refused = refused_page(CHANGED, params, viewer, error=error, now=now, path=path)
            return render(request, "portal/changed.html", refused.context, status=refused.status)
        changes = what_changed(scope, against)
        data = form_data(params) | scope.as_params() | {"against": against}
        _, aside = set_aside(CHANGED, params, viewer)
        form = ScopeForm(
            data, parameters=CHANGED.parameters, viewer=viewer, scope=scope, aside=aside
        )
        form.fields["against"] = against_field(against)
        chosen = against_query(against)
        latest = periods.last_days(
            replace(scope, team=False),
            CHANGED.opens_with,
            periods.yesterday(timezone.localdate(now)),
        )
        header = header_context(CHANGED, scope, form, now=now, path=path)
        context = {
            **header,
            **handed_on(aside, header["ranges"], also=chosen),
            **changed_context(changes),
            "subtitle": changed_subtitle(changes),
            "insights_url": periods.scope_url(scope, path=reverse("portal:insights")),
            "covered_url": periods.scope_url(latest, path=path) if latest != scope else "",
            "workbook_url": hand_on(
                periods.scope_url(scope, path=reverse("portal:changed-xlsx")), chosen
            )
            if changes.before
            else "",
        }
    return render(request, "portal/changed.html", context)


@require_safe
@handle_scope_errors
@plain
def changed_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The page's lists as one workbook."""
    with snapshot():
        params, against = split_against(request.GET)
        scope = scope_of(CHANGED, params, viewer_of(request), now=timezone.now())
        path = hand_on(
            periods.scope_url(scope, path=reverse("portal:changed")), against_query(against)
        )
        file = changed_workbook(
            what_changed(scope, against), address=request.build_absolute_uri(path)
        )
    return download_workbook(file, "changed.xlsx")
