"""The portal's own page for what is not there, in debug mode too."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.defaults import page_not_found


class PortalNotFoundMiddleware:
    """Exchange Django's technical 404 page, which lists all addresses, for the portal's own.

    The demo runs in debug mode, and people try it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.DEBUG:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; other kinds of 404 (problems of the REST API) pass."""
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if response.status_code == 404 and is_page and hasattr(request, "user"):
            return page_not_found(request, Http404())
        return response
