"""The admin site: Django's, behind the portal's own login."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from moderation_portal.accounts import views


class PortalAdminSite(admin.AdminSite):
    """One product, one login: what Django's admin offers for accounts is the portal's."""

    site_header = "Moderation portal"
    site_title = "Moderation portal"
    index_title = "Administration"
    site_url = "/"

    @method_decorator([never_cache, login_not_required])
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send the visitor to the portal's login, or say that the admin is not theirs."""
        next_url = request.GET.get("next", request.path.removesuffix("login/"))
        if not request.user.is_authenticated:
            return redirect_to_login(next_url)
        if not self.has_permission(request):
            raise PermissionDenied("The admin is for admins.")
        return redirect("admin:index")

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Log out of portal and admin alike."""
        return views.PortalLogoutView.as_view()(request)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send the user to the portal's page."""
        return redirect("password_change")
