"""What a person or a program gets when the portal fails, or cannot reach its database."""

import sys
from http import HTTPStatus

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader

from analytics.api.problems import RETRY_SECONDS, fault


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 when the database is away, to be tried again; else 500.

    Django calls this while it handles the exception.
    """
    error = sys.exc_info()[1]
    if request.path_info.startswith("/api/"):
        return fault(error)
    away = isinstance(error, OperationalError)
    status = HTTPStatus.SERVICE_UNAVAILABLE if away else HTTPStatus.INTERNAL_SERVER_ERROR
    # Without the request: whoever is logged in is asked of the database.
    page = loader.render_to_string(f"{status.value}.html")
    response = HttpResponse(page, status=status)
    if away:
        response.headers["Retry-After"] = RETRY_SECONDS
    return response
