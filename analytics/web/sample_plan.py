"""The page on which a lead finds out how many views to check."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.access import LEADS_AND_ADMINS, Forbidden, NotVisible, ScopeError
from analytics.presentation import periods
from analytics.presentation.context import form_data, non_empty_params, scope_of
from analytics.presentation.filters import ScopeForm
from analytics.presentation.pages import QUALITY
from analytics.presentation.plan_forms import DrawForm, PlanForm
from analytics.presentation.quality_tabs import quality_tabs
from analytics.presentation.sample_plan import basis_of, make_plan
from analytics.quality.chosen import MAX_SAMPLE
from analytics.scope import PEOPLE_PARAMETERS, single_values
from analytics.viewer import viewer_of
from analytics.web.conditional import conditional_get
from analytics.web.views import handle_scope_errors


@require_safe
@handle_scope_errors
@conditional_get
def sample_plan(request: HttpRequest) -> HttpResponse:
    """Show how many views to check for a precision."""
    viewer = viewer_of(request)
    LEADS_AND_ADMINS.require(viewer)
    given = non_empty_params(request.GET)
    single_values(given, (*PEOPLE_PARAMETERS, *PlanForm.base_fields))
    scope_params = given.copy()
    for name in PlanForm.base_fields:
        scope_params.pop(name, None)
    form = PlanForm(form_data(given))
    scope_form = ScopeForm(form_data(scope_params), parameters=PEOPLE_PARAMETERS, viewer=viewer)
    context: dict[str, Any] = {
        "title": "Plan a sample",
        "tabs": quality_tabs(viewer, "portal:quality-plan"),
        "form": form,
        "scope_form": scope_form,
    }
    try:
        scope = scope_of(QUALITY, scope_params, viewer, now=timezone.now())
    except (NotVisible, Forbidden):
        raise
    except ScopeError as error:
        scope_form.error(error)
        return render(request, "portal/sample_plan.html", context, status=error.status)
    if not scope_params:
        values = scope.as_params()
        context["scope_form"] = ScopeForm(values, parameters=PEOPLE_PARAMETERS, viewer=viewer)
    context["scope_params"] = scope.as_params()
    context["draw_form"] = DrawForm(auto_id="draw_%s", label_suffix="")
    context["subtitle"] = periods.describe_scope(scope)
    basis = basis_of(scope)
    form.suggest(basis)
    status = HTTPStatus.OK
    if form.is_valid():
        context["plan"] = make_plan(scope, form, basis)
        context["max_sample"] = MAX_SAMPLE
    else:
        status = HTTPStatus.BAD_REQUEST
    return render(request, "portal/sample_plan.html", context, status=status)
