"""The pages of annotations: a list with a form for a new one, and a form for each."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from analytics.access import may_annotate
from analytics.formatting import plural
from analytics.models import Annotation
from analytics.presentation.annotations import shown_annotations
from analytics.presentation.context import non_empty_params
from analytics.presentation.row_forms import AnnotationForm
from analytics.scope import single_values
from analytics.viewer import viewer_of
from analytics.web.views import handle_scope_errors

PAGE_SIZE = 50
#: What an address may fill into the form.
PREFILLED = ("start", "end", "queue")
#: Where to go after adding one.
NEXT = "next"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@handle_scope_errors
def annotations(request: HttpRequest) -> HttpResponse:
    """List the annotations, newest first; a POST by a lead or an admin adds one."""
    form = None
    writes = may_annotate(viewer_of(request))
    accepts = ("page", *PREFILLED, NEXT) if writes else ("page",)
    params = single_values(non_empty_params(request.GET), accepts)
    if writes:
        form = AnnotationForm(request.POST) if request.method == "POST" else prefilled_form(params)
    if request.method == "POST":
        row = saved(request, form)
        if row is not None:
            messages.success(request, "The annotation is on the charts.")
            return redirect(way_back(request) or "portal:annotations")
    rows = Annotation.objects.select_related("created_by")
    try:
        page = Paginator(rows, PAGE_SIZE).page(params.get("page", 1))
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404 from error
    viewer = viewer_of(request)
    context: dict[str, Any] = {
        "title": "Annotations",
        "subtitle": f"{plural(page.paginator.count, 'note')} on the charts over days",
        "form": form,
        "next": way_back(request),
        "page": page,
        "page_params": QueryDict(),
        "annotations": shown_annotations(list(page.object_list), viewer),
        "sees_authors": viewer.sees_everyone,
    }
    return answer(request, "portal/annotations.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def annotation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an annotation in a form; a POST changes it."""
    require_writer(request)
    row = get_object_or_404(Annotation, pk=pk)
    form = AnnotationForm(request.POST if request.method == "POST" else None, instance=row)
    if request.method == "POST" and saved(request, form) is not None:
        messages.success(request, "The annotation was changed.")
        return redirect("portal:annotations")
    return answer(
        request, "portal/annotation.html", {"title": "Annotation", "form": form, "pk": pk}
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete_annotation(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then delete an annotation."""
    require_writer(request)
    row = get_object_or_404(Annotation, pk=pk)
    if request.method == "POST":
        with transaction.atomic():
            row.delete()
        messages.success(request, "The annotation was deleted.")
        return redirect("portal:annotations")
    [shown] = shown_annotations([row], viewer_of(request))
    context = {"title": "Delete an annotation", "annotation": shown}
    return answer(request, "portal/annotation_delete.html", context)


def way_back(request: HttpRequest) -> str:
    """The page of the portal that asked for an annotation; empty for none and for other hosts."""
    address = request.POST.get(NEXT) or request.GET.get(NEXT, "")
    is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, None)
    return address if is_ours else ""


def require_writer(request: HttpRequest) -> None:
    """Raise ``PermissionDenied`` for those who only read."""
    if not may_annotate(viewer_of(request)):
        raise PermissionDenied("annotations are written by leads and admins")


def prefilled_form(params: Mapping[str, str]) -> AnnotationForm:
    """The form of a new annotation, with what the address says."""
    return AnnotationForm(initial={name: params.get(name, "") for name in PREFILLED})


def saved(request: HttpRequest, form: AnnotationForm | None) -> Annotation | None:
    """The annotation as stored, by whom; None where the form says what is wrong."""
    require_writer(request)
    assert form is not None
    with transaction.atomic():
        if not form.is_valid():
            return None
        row: Annotation = form.save(commit=False)
        if row._state.adding:
            row.created_by = viewer_of(request)
        row.save()
    return row


def answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page; 400 where its form says what is wrong."""
    form = context.get("form")
    status = HTTPStatus.BAD_REQUEST if form is not None and form.errors else HTTPStatus.OK
    return render(request, template, context, status=status)
