"""Keeps whoever must have a second factor, and has none, to the pages that set one up."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from accounts.models import User
from accounts.second_factor.requirement import has_second_factor, is_missing

#: What is open without one.
OPEN = frozenset(
    {
        *("login", "account_login", "logout", "second-factor", "mfa_index"),
        *("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
        *("single-sign-on-callback", "confirm-company-account"),
        *("healthz", "readyz", "prometheus"),
    }
)
#: And this, as long as the account has no factor: who only knows the password adds none to others.
ENROLMENT = frozenset({"mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes"})
REASON = "Your role needs a second step at the login. Set it up in the portal first."


class RequiredSecondFactorMiddleware:
    """Leads pages to the enrolment and refuses everything else. Tokens are no logins."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; ``process_view`` knows where it leads."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """An answer in place of the view's, or None."""
        match = request.resolver_match
        if settings.REQUIRE_SECOND_FACTOR == "none" or (match and match.view_name in OPEN):
            return None
        user = request.user
        if not isinstance(user, User) or not is_missing(request, user):
            return None
        if request.path_info.startswith("/api/"):
            problem = {"type": "about:blank", "title": "Forbidden", "status": 403, "detail": REASON}
            return JsonResponse(problem, status=403, content_type="application/problem+json")
        if match and match.view_name in ENROLMENT and not has_second_factor(user):
            return None
        is_page = request.method == "GET" and not request.path_info.startswith("/charts/")
        return redirect("second-factor") if is_page else HttpResponseForbidden(REASON)
