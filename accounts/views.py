"""Login, logout and passwords: Django's views with the portal's rules."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from accounts.forms import LoginForm, OwnPasswordForm
from accounts.login_sessions import end_sessions
from accounts.models import User
from accounts.reset_mail import ask_for_mail
from accounts.tokens import TokenScope
from moderation_portal.client_address import client_address

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def needs_passwords(view: View) -> View:
    """Not found where people log in by single sign-on alone."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.LOCAL_PASSWORDS:
            raise Http404
        return view(request, *args, **kwargs)

    return cast(View, checked)


class PortalLoginView(auth_views.LoginView):
    """The one login; ``?expired=1`` explains why somebody is asked again."""

    authentication_form = LoginForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Look at the password, where there are passwords."""
        if not settings.LOCAL_PASSWORDS:
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add ``expired``: whether an earlier login has run out."""
        return super().get_context_data(expired="expired" in self.request.GET, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password is right: on to the second step, if there is one, else log in."""
        login = Login(user=form.get_user(), redirect_url=self.get_success_url())
        credentials = {"username": form.cleaned_data["username"]}
        return cast(HttpResponse, perform_password_login(self.request, credentials, login))


class PortalLogoutView(auth_views.LogoutView):
    """Ends the login; by POST only, so that no link can do it."""


@method_decorator(never_cache, name="dispatch")
class OwnPasswordView(auth_views.PasswordChangeView):
    """Changes one's own password; ends one's other sessions."""

    # Their data are of the old password, so that they open nothing; the rows go with them.
    def form_valid(self, form: Any) -> HttpResponse:
        """Change it."""
        response = super().form_valid(form)
        end_sessions(form.user, keep=self.request.session.session_key)
        return response

    form_class = OwnPasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Add the request, by whose address wrong passwords are counted."""
        return {**super().get_form_kwargs(), "request": self.request}


@method_decorator(never_cache, name="dispatch")
class PortalPasswordResetView(auth_views.PasswordResetView):
    """Takes a request for a mail; whether the address is known takes no part in the answer."""

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        """Leave the request to the thread that mails."""
        ask_for_mail(form.cleaned_data["email"], client_address(self.request))
        return HttpResponseRedirect(self.get_success_url())


class PortalPasswordResetConfirmView(auth_views.PasswordResetConfirmView):
    """Sets a password by a link; ends the sessions and the read tokens there were."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Set it. Somebody else may have made the tokens: that is why passwords are reset."""
        response = super().form_valid(form)
        user: User = form.user
        end_sessions(user, keep=self.request.session.session_key)
        for token in user.api_tokens.filter(scope=TokenScope.READ, revoked_at=None):
            token.revoke()
        return response
