"""Answers are written as their reader has chosen on the account page."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.models import User
from analytics import display


class DisplayMiddleware:
    """Activates the display settings of whoever asks, for pages; the API is for programs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        # The path first: whoever needs no login is not looked up.
        if request.path_info.startswith("/api/") or not isinstance(request.user, User):
            return self.get_response(request)
        with display.activate(request.user.display):
            return self.get_response(request)
