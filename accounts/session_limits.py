"""Sessions end by themselves: when nobody uses them, and in any case some time after the login."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.login_sessions import (
    ADDRESS,
    BEGUN,
    BROWSER,
    LAST_USE,
    MAX_BROWSER_LENGTH,
    ran_out,
)
from moderation_portal.client_address import client_address

# The session is written at most so often: a write a request would be the dearest part of many.
PRECISION_SECONDS = 60


@receiver(user_logged_in)
def begin(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """A login is the first use."""
    now = int(time.time())
    request.session[BEGUN] = now
    note_use(request, now)


def note_use(request: HttpRequest, now: int) -> None:
    """Write when, from where and with what a session is used."""
    request.session[LAST_USE] = now
    request.session[ADDRESS] = client_address(request) or None
    browser = request.headers.get("User-Agent", "")[:MAX_BROWSER_LENGTH]
    request.session[BROWSER] = browser.replace("\0", "")


class SessionLimitsMiddleware:
    """Logs out who asked for nothing for ``SESSION_IDLE_MINUTES``.

    And who logged in ``SESSION_HOURS`` ago, whatever they asked for since.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, as nobody's when its session is over."""
        if request.path_info in settings.PROBE_PATHS:
            return self.get_response(request)
        now = int(time.time())
        if ran_out(request.session, now):
            logout(request)
        response = self.get_response(request)
        # After the view, which may have logged somebody in or out.
        logged_in = SESSION_KEY in request.session
        if logged_in and now - request.session.get(LAST_USE, 0) >= PRECISION_SECONDS:
            # One of before there was a limit begins to age now.
            request.session.setdefault(BEGUN, now)
            note_use(request, now)
        return response
