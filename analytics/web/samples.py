"""The pages of samples: the list, to which a plan is drawn, and each sample."""

from typing import Any

from django.contrib import messages
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from analytics import formatting
from analytics.access import LEADS_AND_ADMINS, ScopeError
from analytics.formatting import plural
from analytics.models import QualitySample
from analytics.pagination import BoundedPaginator
from analytics.presentation.cells import body_html
from analytics.presentation.check_lists import (
    BEFORE,
    CURSOR,
    LIST,
    pages_of,
    sample_checks,
)
from analytics.presentation.check_lists import PAGE_SIZE as CHECKS_AT_ONCE
from analytics.presentation.context import form_data, non_empty_params
from analytics.presentation.plan_forms import DrawForm, PlanForm
from analytics.presentation.quality_tabs import quality_tabs
from analytics.presentation.sample_plan import sample_design
from analytics.presentation.samples import (
    CHECK_COLUMNS,
    PAGE_SIZE,
    SAMPLE_COLUMNS,
    check_cells,
    checkers_agreement,
    is_revealed,
    listed_samples,
    progress_bar,
    sample_cells,
)
from analytics.quality.checking import open_views
from analytics.quality.drawing import draw_sample
from analytics.scope import PEOPLE_PARAMETERS, Scope, single_values
from analytics.viewer import viewer_of
from analytics.web.views import handle_scope_errors

CSRF_FIELD = "csrfmiddlewaretoken"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@handle_scope_errors
def samples(request: HttpRequest) -> HttpResponse:
    """List the samples, newest first; a POST draws one as planned."""
    viewer = viewer_of(request)
    LEADS_AND_ADMINS.require(viewer)
    if request.method == "POST":
        sample = drawn(request)
        messages.success(request, f"{plural(sample.views.count(), 'view')} drawn.")
        return redirect("portal:quality-sample", sample.pk)
    params = single_values(non_empty_params(request.GET), ("page",))
    try:
        page = BoundedPaginator(listed_samples(), PAGE_SIZE).page(params.get("page", 1))
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404 from error
    context = {
        "title": "Samples",
        "tabs": quality_tabs(viewer, "portal:quality-samples"),
        "subtitle": "Decisions that were drawn for checking, newest first",
        "columns": SAMPLE_COLUMNS,
        "body": body_html(map(sample_cells, page.object_list)),
        "page": page,
        "page_params": QueryDict(),
    }
    return render(request, "portal/samples.html", context)


def drawn(request: HttpRequest) -> QualitySample:
    """The sample that a form asks for; raises ``ScopeError``."""
    params = non_empty_params(request.POST)
    if "method" not in params:
        raise ScopeError("method", "says what to draw, and is missing")
    form, draw = PlanForm(form_data(params)), DrawForm(request.POST)
    for each in (form, draw):
        for field, errors in each.errors.items():
            raise ScopeError(field, " ".join(map(str, errors)))
    scope_params = QueryDict(mutable=True)
    for name, values in params.lists():
        if name not in (*PlanForm.base_fields, *DrawForm.base_fields, CSRF_FIELD):
            scope_params.setlist(name, values)
    viewer = viewer_of(request)
    scope = Scope.parse(scope_params, viewer, accepts=PEOPLE_PARAMETERS)
    return draw_sample(
        sample_design(scope, form),
        by=viewer,
        name=draw.cleaned_data["name"].strip(),
        is_blind=draw.cleaned_data["is_blind"],
        second_checks=draw.cleaned_data["second_checks"] or 0,
    )


@never_cache
@require_safe
@handle_scope_errors
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a sample is, and what came of it once it tells nobody how to decide."""
    viewer = viewer_of(request)
    LEADS_AND_ADMINS.require(viewer)
    row = get_object_or_404(QualitySample.objects.select_related("moderator", "created_by"), pk=pk)
    by = f" by {row.created_by.get_username()}" if row.created_by else ""
    context: dict[str, Any] = {
        "title": row.name,
        "tabs": quality_tabs(viewer, "portal:quality-samples"),
        "sample": row,
        "subtitle": sample_words(row),
        "progress": progress_bar(row, viewer),
        "left": open_views(row, viewer).count(),
        "drawn": f"{formatting.moment(row.created_at)}{by}",
        "agreement": checkers_agreement(row),
        "revealed": is_revealed(row, viewer),
        "check_url": reverse("portal:quality-checking", args=[row.pk]),
    }
    if context["revealed"]:
        params = single_values(non_empty_params(request.GET), (LIST, CURSOR, BEFORE))
        checks = sample_checks(row, viewer)
        page = checks.page(CHECKS_AT_ONCE, params.get(CURSOR), params.get(BEFORE))
        context["columns"] = CHECK_COLUMNS
        context["body"] = body_html(map(check_cells, page.rows))
        context["pages"] = pages_of(checks, page)
    return render(request, "portal/sample.html", context)


def sample_words(row: QualitySample) -> str:
    """What a sample was drawn from, in a line."""
    whose = f"{row.moderator.username}, " if row.moderator else ""
    return (
        f"{row.get_method_display()}, from {plural(row.population, 'view')} · {whose}"
        f"{formatting.date_range(row.start, row.end)} · seed {row.seed}"
        f" · {'blind' if row.is_blind else 'open'}"
    )
