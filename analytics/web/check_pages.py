"""The pages of checks: one with both sides of its dispute, one's own, and the disputes."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from analytics.access import LEADS_AND_ADMINS, LINKED, Forbidden, ScopeError
from analytics.formatting import plural
from analytics.models import Dispute, DisputeOutcome, QualityCheck
from analytics.presentation.cells import body_html
from analytics.presentation.check_lists import (
    BEFORE,
    CURSOR,
    FOUND,
    LIST,
    PAGE_SIZE,
    SHOW,
    CheckList,
    chosen,
    decided_disputes,
    list_of,
    open_disputes,
    own_choices,
    own_list,
    pages_of,
)
from analytics.presentation.checks import (
    DISPUTE_COLUMNS,
    OWN_COLUMNS,
    check_context,
    dispute_cells,
    how_disputes_go,
    is_own_check,
    own_accuracy,
    own_cells,
    visible_check,
    waiting,
    what_it_means,
)
from analytics.presentation.context import non_empty_params
from analytics.presentation.quality_tabs import quality_tabs
from analytics.presentation.sample_forms import (
    DecisionForm,
    DisputeForm,
    OpinionForm,
    WithdrawalForm,
)
from analytics.quality.checking import Opinion, correct_check, why_not_corrected
from analytics.quality.disputes import (
    decide_dispute,
    open_dispute,
    why_not_decided,
    why_not_disputed,
    withdraw_dispute,
)
from analytics.scope import single_values
from analytics.viewer import viewer_of
from analytics.web.views import handle_scope_errors

#: So many open disputes are listed beside a check.
MAX_BESIDE = 12


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@handle_scope_errors
def check_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a check; a POST disputes it, withdraws or decides its dispute, or corrects it."""
    viewer = viewer_of(request)
    params = single_values(non_empty_params(request.GET), (LIST, SHOW, FOUND))
    check = visible_check(pk, viewer)
    form: Form | None = None
    if request.method == "POST":
        form = posted_form(request, check)
        if is_done(request, check, form):
            return HttpResponseRedirect(request.get_full_path())
    found = list_of(check, viewer, params)
    previous, following = ("", "") if found is None else found.beside(check)
    context = {
        **check_context(check, viewer),
        "title": f"{'Dispute about' if hasattr(check, 'dispute') else 'Check of'} "
        f"{check.video or 'an unknown video'}",
        **place_of(check, viewer),
        "previous_url": previous,
        "following_url": following,
        **sides(check, viewer, form),
    }
    status = HTTPStatus.BAD_REQUEST if form is not None and form.errors else HTTPStatus.OK
    return render(request, "portal/check.html", context, status=status)


def place_of(check: QualityCheck, viewer: User) -> dict[str, Any]:
    """The tabs, and the page above: the disputes, else the sample, else that of quality itself."""
    if hasattr(check, "dispute"):
        return {
            "tabs": quality_tabs(viewer, "portal:quality-disputes"),
            "parent": "Disputes",
            "parent_url": reverse("portal:quality-disputes"),
        }
    if check.sampled is None:
        return {"tabs": quality_tabs(viewer, "portal:quality")}
    sample = check.sampled.sample
    return {
        "tabs": quality_tabs(viewer, "portal:quality-samples"),
        "parent": sample.name,
        "parent_url": reverse("portal:quality-sample", args=[sample.pk]),
    }


def posted_form(request: HttpRequest, check: QualityCheck) -> Form:
    """The form that was sent: its button says which, else whether there is a dispute to decide."""
    if "withdraw" in request.POST:
        return WithdrawalForm(request.POST)
    if "correct" in request.POST:
        return OpinionForm(request.POST)
    decides = viewer_of(request).sees_everyone and hasattr(check, "dispute")
    return DecisionForm(request.POST) if decides else DisputeForm(request.POST)


def sides(check: QualityCheck, viewer: User, form: Form | None) -> dict[str, Any]:
    """What the viewer may do with a check, as a form, or why not; and what stands beside it."""
    dispute = getattr(check, "dispute", None)
    is_open = dispute is not None and dispute.outcome == DisputeOutcome.OPEN
    found: dict[str, Any] = dict.fromkeys(("dispute_form", "decision_form", "correction_form"))
    if viewer.sees_everyone:
        disputes_now = open_disputes(viewer)
        found["open_disputes"] = [waiting(each) for each in disputes_now.page(MAX_BESIDE).rows]
        found["n_open"] = disputes_now.rows.count()
        found["go"] = how_disputes_go()
    else:
        found["means"] = what_it_means(check, viewer)
    if dispute is None:
        if not why_not_disputed(check, viewer):
            found["dispute_form"] = form if isinstance(form, DisputeForm) else DisputeForm()
        if not why_not_corrected(check, viewer):
            found["correction_form"] = correction_form(check, form)
    elif is_open and viewer.sees_everyone:
        found["refusal"] = why_not_decided(dispute, viewer)
        if not found["refusal"]:
            found["decision_form"] = decision_form(check, form)
    found["may_withdraw"] = is_open and is_own_check(check, viewer)
    return found


def correction_form(check: QualityCheck, form: Form | None) -> OpinionForm:
    """The form of what a check says, as it was sent or as it is."""
    if isinstance(form, OpinionForm):
        return form
    return OpinionForm(initial={name: getattr(check, name) for name in OpinionForm.base_fields})


def decision_form(check: QualityCheck, form: Form | None) -> DecisionForm:
    """The form of a decision, as it was sent or empty; it names who reads the reply."""
    shown = form if isinstance(form, DecisionForm) else DecisionForm()
    reader: str = check.moderator_name or "the person"  # type: ignore[attr-defined]  # annotated
    shown.fields["reply"].label = f"Why, in a sentence that {reader} reads"
    return shown


def is_done(request: HttpRequest, check: QualityCheck, form: Form) -> bool:
    """Carry out what a form says; False where the form says what is wrong."""
    if not form.is_valid():
        return False
    try:
        words = carry_out(check, form, viewer_of(request))
    except Forbidden:
        raise
    except ScopeError as error:
        if error.status != HTTPStatus.BAD_REQUEST:
            raise
        messages.error(request, f"{error.message[:1].upper()}{error.message[1:]}.")
        return True
    messages.success(request, words)
    return True


def carry_out(check: QualityCheck, form: Form, viewer: User) -> str:
    """Do what a form without errors says; returns the sentence that tells so."""
    said = form.cleaned_data
    if isinstance(form, DisputeForm):
        open_dispute(check, said["reason"], by=viewer)
        return "Your dispute is with the leads."
    if isinstance(form, OpinionForm):
        correct_check(check, Opinion(said["verdict"], said["reason"], said["note"]), by=viewer)
        return "Your check says so now. The audit keeps what it said before."
    dispute = Dispute.objects.filter(quality_check=check).first()
    if dispute is None:
        raise ScopeError("check", "nobody disputes this check")
    if isinstance(form, WithdrawalForm):
        withdraw_dispute(dispute, by=viewer)
        return "Your dispute is withdrawn. The check counts as it says."
    decide_dispute(dispute, said["outcome"], said["reply"], by=viewer)
    return "The dispute is decided. Both sides stay on record."


@never_cache
@require_safe
@handle_scope_errors
def disputes(request: HttpRequest) -> HttpResponse:
    """List the open disputes, oldest first, and those decided, the last first."""
    viewer = viewer_of(request)
    LEADS_AND_ADMINS.require(viewer)
    params = single_values(non_empty_params(request.GET), (LIST, CURSOR, BEFORE))
    turned = chosen(LIST, dict.fromkeys(("", "open", "decided")), params)
    lists = {"open": open_disputes(viewer), "decided": decided_disputes(viewer)}
    tables = {
        name: disputes_table(shown, params if name == (turned or "open") else {})
        for name, shown in lists.items()
    }
    context = {
        "title": "Disputes",
        "tabs": quality_tabs(viewer, "portal:quality-disputes"),
        "subtitle": f"{plural(lists['open'].rows.count(), 'open dispute')}, oldest first",
        "columns": DISPUTE_COLUMNS,
        "open": tables["open"],
        "decided": tables["decided"],
        "go": how_disputes_go(),
    }
    return render(request, "portal/disputes.html", context)


def disputes_table(shown: CheckList, params: Mapping[str, str]) -> dict[str, Any]:
    """A page of a list of disputes, for the template."""
    page = shown.page(PAGE_SIZE, params.get(CURSOR), params.get(BEFORE))
    return {"body": body_html(map(dispute_cells, page.rows)), "pages": pages_of(shown, page)}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@handle_scope_errors
def own_checks(request: HttpRequest) -> HttpResponse:
    """List the checks of the viewer's own views; a POST turns the mails on or off."""
    viewer = viewer_of(request)
    LINKED.require(viewer)
    if request.method == "POST":
        viewer.wants_dispute_mail = "wants-mail" in request.POST
        viewer.save(update_fields=["wants_dispute_mail"])
        messages.success(request, "Your choice is kept.")
        return redirect("portal:own-checks")
    params = single_values(non_empty_params(request.GET), (SHOW, FOUND, CURSOR, BEFORE))
    shown = own_list(viewer, params)
    page = shown.page(PAGE_SIZE, params.get(CURSOR), params.get(BEFORE))
    context = {
        "title": "My checks",
        "subtitle": "What checkers said of your decisions, newest first",
        "columns": OWN_COLUMNS,
        "body": body_html(own_cells(check, shown.query) for check in page.rows),
        "groups": own_choices(shown),
        "is_narrowed": bool(shown.params),
        "pages": pages_of(shown, page),
        "figures": own_accuracy(viewer),
        "wants_mail": viewer.wants_dispute_mail,
        "has_address": bool(viewer.email),
    }
    return render(request, "portal/own_checks.html", context)
