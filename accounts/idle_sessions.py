"""Logins that nobody uses end by themselves."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase

LAST_USE = "last_use"
# The session is written at most so often: a write a request would be the dearest part of many.
PRECISION_SECONDS = 60


@receiver(user_logged_in)
def begin(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    """A login is a use."""
    request.session[LAST_USE] = int(time.time())


class IdleSessionMiddleware:
    """Logs out who has asked for nothing during ``SESSION_IDLE_MINUTES``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, as nobody's when the login has been idle for too long."""
        if request.path_info in settings.PROBE_PATHS:
            return self.get_response(request)
        now = int(time.time())
        last_use = request.session.get(LAST_USE)
        if last_use is not None and now - last_use > settings.SESSION_IDLE_SECONDS:
            logout(request)
        response = self.get_response(request)
        # After the view, which may have logged somebody in or out.
        logged_in = SESSION_KEY in request.session
        if logged_in and now - request.session.get(LAST_USE, 0) >= PRECISION_SECONDS:
            request.session[LAST_USE] = now
        return response
