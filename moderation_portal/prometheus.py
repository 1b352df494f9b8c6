"""Numbers for Prometheus at ``/metrics``: requests, how long they took, failed logins.

Nothing of people is among them. With gunicorn (``gunicorn.conf.py``) the processes count into files
of one folder, and any of them answers for all.
"""

import os
import secrets
from collections.abc import Callable
from http import HTTPStatus
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

REQUESTS = Counter("portal_requests", "Requests answered, by view.", ["method", "view", "status"])
SECONDS = Histogram(
    "portal_request_seconds",
    "How long answers took until their first byte.",
    ["area"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
FAILED_LOGINS = Counter("portal_failed_logins", "Wrong passwords, and those refused unseen.")


def count_request(method: str, view: str, status: int, seconds: float) -> None:
    """Count an answer. What clients invent (methods, addresses) is one value each."""
    method_label = method if method in METHODS else "other"
    REQUESTS.labels(method_label, view or "none", status).inc()
    SECONDS.labels(view.partition(":")[0] if ":" in view else "other").observe(seconds)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers, for whoever may have them; for others there is nothing here."""
    if not may_read(request):
        return HttpResponse("Not found", status=HTTPStatus.NOT_FOUND, content_type="text/plain")
    registry: CollectorRegistry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the package's own
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_read(request: HttpRequest) -> bool:
    """With ``METRICS_TOKEN`` whoever has it; without one, this machine."""
    if settings.METRICS_TOKEN:
        authorization = request.headers.get("Authorization", "").encode()
        return secrets.compare_digest(authorization, f"Bearer {settings.METRICS_TOKEN}".encode())
    if not settings.BEHIND_PROXY and FORWARDED & set(request.headers):
        # A proxy on this machine that the portal does not know of: the address is not the client's.
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


FORWARDED = {"X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"}


class MetricsMiddleware:
    """Answers before a host name is checked: the scraper asks by the machine's address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer ``/metrics``; pass on the rest."""
        return metrics(request) if request.path_info == "/metrics" else self.get_response(request)
