"""Login, logout and passwords: Django's views with the portal's words."""

from typing import Any

from django.contrib.auth import views as auth_views

from accounts.forms import PortalPasswordResetForm


class PortalLoginView(auth_views.LoginView):
    """The one login; ``?expired=1`` explains why somebody is asked again."""

    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add ``expired``: whether an earlier login has run out."""
        return super().get_context_data(expired="expired" in self.request.GET, **kwargs)


class PortalLogoutView(auth_views.LogoutView):
    """Ends the login; by POST only, so that no link can do it."""


class PortalPasswordResetView(auth_views.PasswordResetView):
    """Mails a link that sets a new password; never tells whether the address is known."""

    form_class = PortalPasswordResetForm
