"""The pages of saved views: the list with a form for a new one, a form for each, the first page."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.models import FirstPage, SavedView
from analytics.presentation.context import non_empty_params
from analytics.presentation.saved_views import (
    SavedViewForm,
    first_address,
    shown_views,
    visible_views,
)
from analytics.scope import single_values
from analytics.viewer import viewer_of
from analytics.web.views import handle_scope_errors

MAX_LISTED = 200
MAX_IN_MENU = 12
#: The first views of the menu open by a digit.
MAX_KEYS = 9


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@handle_scope_errors
def saved_views(request: HttpRequest) -> HttpResponse:
    """List the views that the viewer sees; a POST saves a new one."""
    user = viewer_of(request)
    params = single_values(non_empty_params(request.GET), ("address",))
    form = SavedViewForm(initial={"address": params.get("address", "")}, owner=user)
    if request.method == "POST":
        form = SavedViewForm(request.POST, owner=user)
        if saved(form):
            messages.success(request, "The view is saved.")
            return redirect("portal:views")
    shown = list(shown_views(user, visible_views(user)[:MAX_LISTED]))
    context: dict[str, Any] = {
        "title": "Saved views",
        "subtitle": "Pages with their filters, by name",
        "form": form,
        "lists": [
            ("Mine", [view for view in shown if view.is_own]),
            ("Shared with you", [view for view in shown if not view.is_own]),
        ],
        "has_first": any(view.is_first for view in shown),
    }
    return answer(request, "portal/views.html", context)


@never_cache
@require_safe
def views_menu(request: HttpRequest) -> HttpResponse:
    """The views alone, for the menu in the head of a page."""
    user = viewer_of(request)
    shown = [
        view for view in shown_views(user, visible_views(user)[:MAX_LISTED]) if not view.closed
    ]
    own = [view for view in shown if view.is_own][:MAX_IN_MENU]
    shared = [view for view in shown if not view.is_own][:MAX_IN_MENU]
    keyed = [
        replace(view, key=str(place)) if place <= MAX_KEYS else view
        for place, view in enumerate((*own, *shared), start=1)
    ]
    context = {"own": keyed[: len(own)], "shared": keyed[len(own) :]}
    return render(request, "portal/views_menu.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def saved_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one's own view in a form; a POST changes it."""
    user = viewer_of(request)
    view = get_object_or_404(SavedView, pk=pk, owner=user)
    form = SavedViewForm(request.POST or None, instance=view, owner=user)
    if request.method == "POST":
        form = SavedViewForm(request.POST, instance=view, owner=user)
        if saved(form):
            messages.success(request, "The view was changed.")
            return redirect("portal:views")
    return answer(request, "portal/view.html", {"title": "Saved view", "form": form, "pk": pk})


@never_cache
@require_POST
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one's own view."""
    view = get_object_or_404(SavedView, pk=pk, owner=viewer_of(request))
    with transaction.atomic():
        view.delete()
    messages.success(request, "The view was deleted.")
    return redirect("portal:views")


@never_cache
@require_POST
def choose_first_page(request: HttpRequest) -> HttpResponse:
    """Make a view one's first page; without a view, Home again."""
    user = viewer_of(request)
    key = request.POST.get("view", "")
    with transaction.atomic():
        if not key:
            FirstPage.objects.filter(user=user).delete()
            messages.success(request, "Your login opens with Home.")
        else:
            pk = int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else 0
            view = get_object_or_404(visible_views(user), pk=pk)
            FirstPage.objects.update_or_create(user=user, defaults={"view": view})
            messages.success(request, f"Your login opens with “{view.name}”.")
    return redirect("portal:views")


@never_cache
@require_safe
def first_page(request: HttpRequest) -> HttpResponse:
    """Go on to one's first page; to Home where there is none, or with the reason."""
    address, reason = first_address(viewer_of(request))
    if reason:
        messages.warning(request, f"Your first page cannot be opened: {reason}.")
    return redirect(address or "portal:home")


def saved(form: SavedViewForm) -> bool:
    """Whether the form's view could be saved; it says what is wrong."""
    with transaction.atomic():
        if not form.is_valid():
            return False
        form.save()
    return True


def answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page; 400 where its form says what is wrong."""
    status = HTTPStatus.BAD_REQUEST if context["form"].errors else HTTPStatus.OK
    return render(request, template, context, status=status)
