"""The page that a person gets when the portal fails, or cannot answer at the moment."""

import sys
from http import HTTPStatus

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from psycopg.errors import LockNotAvailable

from moderation_portal.postgres import ReadOnlyServer

# After how many seconds to try again: a database that is away is soon started again.
RETRY_SECONDS = "10"


class Overloaded(Exception):
    """As much as can be is done at once already; the message is a sentence for whoever asked."""


def is_busy(error: BaseException | None) -> bool:
    """Whether another transaction held what this one waited for, longer than it may wait."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, LockNotAvailable)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 where trying again helps, else 500; called while the exception is handled."""
    error = sys.exc_info()[1]
    away = isinstance(error, OperationalError | Overloaded)
    status = HTTPStatus.SERVICE_UNAVAILABLE if away else HTTPStatus.INTERNAL_SERVER_ERROR
    # Without the request: whoever is logged in is asked of the database.
    context = {
        "request_id": getattr(request, "request_id", ""),
        "is_busy": is_busy(error),
        "is_read_only": isinstance(error, ReadOnlyServer),
        "overload": str(error) if isinstance(error, Overloaded) else "",
    }
    page = loader.render_to_string(f"{status.value}.html", context)
    headers = {"Retry-After": RETRY_SECONDS} if away else {}
    return HttpResponse(page, status=status, headers=headers)
