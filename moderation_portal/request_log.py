"""Each request has an id, a line in the log and its part in the metrics."""

import logging
import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from moderation_portal import prometheus

logger = logging.getLogger("portal.access")

# An id that a proxy gave; anything else, what would forge a log among it, is replaced.
GIVEN_ID = re.compile(r"[A-Za-z0-9._=/+-]{1,64}", re.ASCII)


class RequestMiddleware:
    """Gives a request its id, from ``X-Request-ID`` or a new one, and tells of the answer.

    The id is in every line that is logged meanwhile, in the answer's ``X-Request-ID``, in the audit
    and on the pages that say that something went wrong.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        client_id = request.headers.get("X-Request-ID", "")
        request_id = client_id if GIVEN_ID.fullmatch(client_id) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]  # ours
        began = time.perf_counter()
        # Left there until the thread's next request: Django logs a refusal after all middleware.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        tell(request, response, time.perf_counter() - began)
        return response


def tell(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """Log and count an answer; the probes only when they fail, which they say often."""
    match = request.resolver_match
    view = match.view_name if match else ""
    prometheus.count_request(request.method or "", view, response.status_code, seconds)
    if request.path_info in settings.PROBE_PATHS and response.status_code < 500:
        return
    logger.info(
        "request",
        extra={
            "method": request.method,
            # Without the filters, which name people.
            "path": request.path,
            "view": view,
            "status": response.status_code,
            "milliseconds": round(seconds * 1000, 1),
            "address": request.META.get("REMOTE_ADDR", ""),
            "account": account_of(request),
        },
    )


def account_of(request: HttpRequest) -> str | None:
    """The number of the account that asked, as far as the view wanted to know it."""
    token = getattr(request, "auth", None)
    if token is not None:
        return str(token.user_id)
    # Only what was loaded: where the database is away, loading would wait for it once more.
    loaded = getattr(getattr(request, "session", None), "_session_cache", None)
    return loaded.get(SESSION_KEY) if loaded else None
