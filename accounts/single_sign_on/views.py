"""The way to the provider and back, and the link between accounts."""

import logging
from functools import wraps
from typing import Any, Protocol, cast

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import CompanyAccount, User
from accounts.second_factor.requirement import remember_second_step
from accounts.single_sign_on.accounts import (
    account_of,
    had_second_factor,
    link_account,
    link_of,
)
from accounts.single_sign_on.provider import (
    Goal,
    Identity,
    Refused,
    come_back,
    is_configured,
    way_to_provider,
)
from audit.logins import sign_on_refused

logger = logging.getLogger("portal.login")
METHOD = "single sign-on"


class View(Protocol):
    """A view of these pages."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""


def needs_provider(view: View) -> View:
    """Without a provider there is no such page; a refusal is a page that says why."""

    @never_cache
    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        if not is_configured():
            raise Http404
        try:
            return view(request)
        except Refused as refusal:
            return refuse(request, refusal)

    return checked


def refuse(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The page with the reason; the log has what the provider said."""
    logger.warning("Single sign-on refused: %s %s", refusal.reason, refusal.detail)
    return render(
        request,
        "accounts/single_sign_on_failed.html",
        {"reason": refusal.reason},
        status=refusal.status,
    )


@login_not_required
@require_GET
@needs_provider
def sign_in(request: HttpRequest) -> HttpResponse:
    """To the provider, to log in."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return redirect(way_to_provider(request, Goal("login", next_of(request))))


@login_not_required
@require_GET
@needs_provider
def callback(request: HttpRequest) -> HttpResponse:
    """Back from the provider: log in, link or confirm, as it was asked for."""
    try:
        identity, goal = come_back(request)
        if goal.purpose == "login":
            return log_in(request, identity, goal)
        return attach(request, identity, goal)
    except Refused as refusal:
        sign_on_refused(request, METHOD, refusal.reason)
        raise


def log_in(request: HttpRequest, identity: Identity, goal: Goal) -> HttpResponse:
    """Log the account in, with the second step that the provider or the portal asks for."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    user = account_of(identity)
    record_authentication(request, user, METHOD)
    if had_second_factor(identity):
        remember_second_step(request, user)
    redirect_url = goal.next or resolve_url(settings.LOGIN_REDIRECT_URL)
    return cast(HttpResponse, perform_login(request, Login(user=user, redirect_url=redirect_url)))


def attach(request: HttpRequest, identity: Identity, goal: Goal) -> HttpResponse:
    """Link the identity to who is logged in, or take it as the proof that it is them."""
    user = request.user
    if not isinstance(user, User):
        raise Refused("You are no longer logged in. Begin again.")
    if goal.purpose == "link":
        link_account(user, identity)
        messages.success(request, "Your company account is linked.")
        return redirect("company-account")
    link = link_of(identity)
    if link is None or link.user_id != user.pk:
        raise Refused("That is not the company account that is linked to this account.")
    record_authentication(request, user, METHOD)
    return redirect(goal.next or "second-factor")


@require_http_methods(["GET", "POST"])
@needs_provider
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]  # has no types
def company_account(request: HttpRequest) -> HttpResponse:
    """The link to the company account: made by way of the provider, ended by a POST."""
    user = cast(User, request.user)
    links = CompanyAccount.objects.filter(user=user)
    may_unlink = settings.LOCAL_PASSWORDS and user.has_usable_password()
    if request.method == "POST" and may_unlink:
        links.delete()
        messages.success(request, "Your company account is no longer linked.")
        return redirect("company-account")
    context: dict[str, Any] = {"links": links, "may_unlink": may_unlink}
    if not links.exists():
        context["way"] = way_to_provider(request, Goal("link"), ask_again=True)
    status = 200 if request.method == "GET" else 409
    return render(request, "accounts/company_account.html", context, status=status)


@require_GET
@needs_provider
def confirm(request: HttpRequest) -> HttpResponse:
    """The way to the provider for who has to show once more that it is them."""
    way = way_to_provider(request, Goal("confirm", next_of(request)), ask_again=True)
    return render(request, "accounts/confirm.html", {"method": "company", "way": way})


def next_of(request: HttpRequest) -> str:
    """The address to go on to, if it is the portal's own."""
    address = request.GET.get("next", "")
    is_own = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if is_own else ""
