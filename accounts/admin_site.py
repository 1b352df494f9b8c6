"""The admin site: Django's, behind the portal's own login."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from accounts.views import PortalLogoutView
from analytics import formatting


class PortalAdminSite(admin.AdminSite):
    """One product, one login: what Django's admin offers for accounts is the portal's."""

    site_header = "Moderation portal"
    site_title = "Moderation portal"
    index_title = "Administration"
    site_url = "/"

    def __init__(self, name: str = "admin") -> None:
        """Show what is not known as everywhere else in the portal."""
        super().__init__(name)
        self.empty_value_display = formatting.MISSING

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Put the portal's pages in front of the admin's own of the same names."""
        password_change = RedirectView.as_view(pattern_name="password_change")
        return [
            path("login/", ask_for_login, name="login"),
            path("logout/", PortalLogoutView.as_view(), name="logout"),
            path("password_change/", password_change, name="password_change"),
            *super().get_urls(),
        ]


@never_cache
@login_not_required
def ask_for_login(request: HttpRequest) -> HttpResponse:
    """Send the visitor to the portal's login, or say that the admin is not theirs."""
    if request.user.is_authenticated and not admin.site.has_permission(request):
        raise PermissionDenied
    index = reverse("admin:index")
    if request.user.is_authenticated:
        return redirect(index)
    # The login itself refuses to lead to another host.
    return redirect_to_login(request.GET.get("next") or index)
