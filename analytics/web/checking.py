"""Working through a sample: one view after the other, by keyboard, and without JavaScript."""

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from analytics.access import LEADS_AND_ADMINS, NotVisible, ScopeError
from analytics.models import QualityCheck, QualitySample, SampledView
from analytics.presentation.checking import stage_context
from analytics.presentation.context import non_empty_params
from analytics.presentation.quality_tabs import quality_tabs
from analytics.presentation.sample_forms import OpinionForm
from analytics.quality.checking import Opinion, check_sampled, next_view, put_back
from analytics.scope import single_values
from analytics.viewer import viewer_of
from analytics.web.views import handle_scope_errors

#: The parameters: a view that was checked, by its number, and those put off.
VIEW, SKIP = "view", "skip"
MAX_SKIPPED = 100


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@handle_scope_errors
def checking(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the next view of a sample; a POST keeps the verdict on one and leads on."""
    viewer = viewer_of(request)
    LEADS_AND_ADMINS.require(viewer)
    sample = get_object_or_404(QualitySample, pk=pk)
    params = single_values(non_empty_params(request.GET), (VIEW, SKIP))
    skipped = numbers(params.get(SKIP, ""))
    if request.method == "POST":
        return keep(request, sample, skipped)
    if VIEW in params:
        shown = numbered_view(sample, params[VIEW])
        if not QualityCheck.objects.filter(sampled=shown, checked_by=viewer).exists():
            raise NotVisible(VIEW, "you have not checked it")
    else:
        put_off = list(sample.views.filter(number__in=skipped).values_list("pk", flat=True))
        found = next_view(sample, viewer, skipping=put_off)
        if found is None and put_off:
            # The others are done: those put off come again.
            return redirect("portal:quality-checking", sample.pk)
        if found is None:
            return redirect("portal:quality-sample", sample.pk)
        shown = found
    return stage(request, sample, shown)


def stage(
    request: HttpRequest, sample: QualitySample, shown: SampledView, form: OpinionForm | None = None
) -> HttpResponse:
    """The page of one view; 400 where its form says what is wrong."""
    viewer = viewer_of(request)
    context = stage_context(sample, shown, viewer)
    own = context["own"]
    if form is None:
        said = {} if own is None else {n: getattr(own, n) for n in OpinionForm.base_fields}
        form = OpinionForm(initial=said)
    context |= {
        "title": sample.name,
        "tabs": quality_tabs(viewer, "portal:quality-samples"),
        "subtitle": "Blind: the decision and the person are hidden" if sample.is_blind else "Open",
        "sample": sample,
        "form": form,
        "sample_url": reverse("portal:quality-sample", args=[sample.pk]),
        "samples_url": reverse("portal:quality-samples"),
    }
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "portal/checking.html", context, status=status)


def keep(request: HttpRequest, sample: QualitySample, skipped: list[int]) -> HttpResponse:
    """Keep the verdict that was sent, or put the view off, and go on."""
    viewer = viewer_of(request)
    shown = numbered_view(sample, request.POST.get(VIEW, ""))
    if "put-off" in request.POST:
        put_back(shown, viewer)
        return go_on(sample, [*skipped, shown.number])
    form = OpinionForm(request.POST)
    if not form.is_valid():
        return stage(request, sample, shown, form)
    said = form.cleaned_data
    try:
        check_sampled(shown, Opinion(said["verdict"], said["reason"], said["note"]), by=viewer)
    except ScopeError as error:
        if error.status != HTTPStatus.BAD_REQUEST:
            raise
        messages.error(request, f"View {shown.number} was not kept: {error.message}.")
    return go_on(sample, skipped)


def go_on(sample: QualitySample, skipped: list[int]) -> HttpResponseRedirect:
    """To the next view, those put off left out."""
    address = reverse("portal:quality-checking", args=[sample.pk])
    left_out = ",".join(map(str, skipped[-MAX_SKIPPED:]))
    return HttpResponseRedirect(f"{address}?{urlencode({SKIP: left_out})}" if skipped else address)


def numbers(text: str) -> list[int]:
    """Read ``3,17``; raises ``ScopeError``."""
    parts = text.split(",") if text else []
    if not all(is_number(part) for part in parts) or len(parts) > MAX_SKIPPED:
        raise ScopeError(SKIP, f"is not a list of up to {MAX_SKIPPED} numbers")
    return [int(part) for part in parts]


def is_number(text: str) -> bool:
    """Whether a text is the number of a view."""
    return text.isascii() and text.isdecimal() and len(text) < 10


def numbered_view(sample: QualitySample, text: str) -> SampledView:
    """A view of a sample by its number; raises ``NotVisible``."""
    view = sample.views.filter(number=int(text)).first() if is_number(text) else None
    if view is None:
        raise NotVisible(VIEW, "no such view in this sample")
    return view
