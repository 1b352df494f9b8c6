"""The pages of checks: one with both sides of its dispute, one's own, and the disputes."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from analytics.access import LEADS_AND_ADMINS, WITH_OWN_PAGE, Forbidden, ScopeError
from analytics.formatting import plural
from analytics.models import Dispute, DisputeOutcome, QualityCheck
from analytics.presentation.cells import body_html
from analytics.presentation.checks import (
    DISPUTE_COLUMNS,
    MAX_LISTED,
    OWN_COLUMNS,
    check_context,
    decided_disputes,
    dispute_cells,
    figures_words,
    how_disputes_go,
    open_disputes,
    own_cells,
    own_figures,
    visible_check,
    visible_checks,
    what_it_means,
)
from analytics.presentation.quality_tabs import quality_tabs
from analytics.presentation.sample_forms import DecisionForm, DisputeForm
from analytics.quality.dispute_mail import send_soon
from analytics.quality.disputes import (
    decide_dispute,
    open_dispute,
    why_not_decided,
    why_not_disputed,
)
from analytics.web.viewer import viewer_of
from analytics.web.views import handle_scope_errors


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@handle_scope_errors
def check_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a check; a POST disputes it, or decides its dispute."""
    viewer = viewer_of(request)
    check = visible_check(pk, viewer)
    form: DisputeForm | DecisionForm | None = None
    if request.method == "POST":
        decides = viewer.sees_everyone and hasattr(check, "dispute")
        form = DecisionForm(request.POST) if decides else DisputeForm(request.POST)
        if is_done(request, check, form):
            return redirect("portal:quality-check", check.pk)
    context = {
        **check_context(check, viewer),
        "title": f"{'Dispute about' if hasattr(check, 'dispute') else 'Check of'} "
        f"{check.video or 'an unknown video'}",
        "tabs": quality_tabs(viewer, "portal:quality-disputes"),
        "dispute_form": None,
        "decision_form": None,
        **sides(check, viewer, form),
    }
    status = HTTPStatus.BAD_REQUEST if form is not None and form.errors else HTTPStatus.OK
    return render(request, "portal/check.html", context, status=status)


def sides(
    check: QualityCheck, viewer: User, form: DisputeForm | DecisionForm | None
) -> dict[str, Any]:
    """What the viewer may do with a check, as a form, or why not; and what stands beside it."""
    dispute = getattr(check, "dispute", None)
    found: dict[str, Any] = {}
    if viewer.sees_everyone:
        found["open_disputes"] = open_disputes()
        found["go"] = how_disputes_go()
    else:
        found["means"] = what_it_means(check, viewer)
    if dispute is None:
        if not why_not_disputed(check, viewer):
            found["dispute_form"] = form if isinstance(form, DisputeForm) else DisputeForm()
    elif dispute.outcome == DisputeOutcome.OPEN and viewer.sees_everyone:
        found["refusal"] = why_not_decided(dispute, viewer)
        if not found["refusal"]:
            found["decision_form"] = form if isinstance(form, DecisionForm) else DecisionForm()
    return found


def is_done(request: HttpRequest, check: QualityCheck, form: DisputeForm | DecisionForm) -> bool:
    """Carry out what a form says; False where the form says what is wrong."""
    viewer = viewer_of(request)
    if not form.is_valid():
        return False
    said = form.cleaned_data
    try:
        if isinstance(form, DisputeForm):
            open_dispute(check, said["reason"], by=viewer)
            messages.success(request, "Your dispute is with the leads.")
            return True
        dispute = Dispute.objects.filter(quality_check=check).first()
        if dispute is None:
            raise ScopeError("check", "nobody disputes this check")
        decide_dispute(dispute, said["outcome"], said["reply"], by=viewer)
    except Forbidden:
        raise
    except ScopeError as error:
        if error.status != HTTPStatus.BAD_REQUEST:
            raise
        messages.error(request, f"{error.message[:1].upper()}{error.message[1:]}.")
        return True
    send_soon()
    messages.success(request, "The dispute is decided. Both sides stay on record.")
    return True


@never_cache
@require_safe
@handle_scope_errors
def disputes(request: HttpRequest) -> HttpResponse:
    """List the open disputes, oldest first, and the last that were decided."""
    viewer = viewer_of(request)
    LEADS_AND_ADMINS.require(viewer)
    waiting, decided = open_disputes(), decided_disputes()
    context = {
        "title": "Disputes",
        "tabs": quality_tabs(viewer, "portal:quality-disputes"),
        "subtitle": f"{plural(len(waiting), 'open dispute')}, oldest first",
        "columns": DISPUTE_COLUMNS,
        "body": body_html(map(dispute_cells, waiting)) if waiting else "",
        "decided_body": body_html(map(dispute_cells, decided)) if decided else "",
        "go": how_disputes_go(),
    }
    return render(request, "portal/disputes.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@handle_scope_errors
def own_checks(request: HttpRequest) -> HttpResponse:
    """List the checks of the viewer's own views; a POST turns the mails on or off."""
    viewer = viewer_of(request)
    WITH_OWN_PAGE.require(viewer)
    if request.method == "POST":
        viewer.wants_dispute_mail = "wants-mail" in request.POST
        viewer.save(update_fields=["wants_dispute_mail"])
        messages.success(request, "Your choice is kept.")
        return redirect("portal:own-checks")
    rows = list(visible_checks(viewer)[: MAX_LISTED + 1])
    context = {
        "title": "My checks",
        "subtitle": "What checkers said of your decisions, newest first",
        "columns": OWN_COLUMNS,
        "body": body_html(map(own_cells, rows[:MAX_LISTED])) if rows else "",
        "cut": MAX_LISTED if len(rows) > MAX_LISTED else 0,
        "figures": figures_words(own_figures(viewer)),
        "wants_mail": viewer.wants_dispute_mail,
        "has_address": bool(viewer.email),
    }
    return render(request, "portal/own_checks.html", context)
