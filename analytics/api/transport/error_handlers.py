"""What is answered when an exception comes from outside of the API's views."""

import sys

from django.http import HttpRequest, HttpResponse

from analytics.api.transport.problems import server_error_response
from moderation_portal import error_handlers


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer programs with a problem, people with a page; Django's ``handler500``."""
    if request.path_info.startswith("/api/"):
        return server_error_response(sys.exc_info()[1])
    return error_handlers.server_error(request)
