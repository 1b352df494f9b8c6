"""Whose address a request comes from, when proxies stand in between."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class ClientAddressMiddleware:
    """Puts the client's own address into ``REMOTE_ADDR``, so that nothing else has to know.

    Behind a proxy (``BEHIND_PROXY``) it is the ``PROXY_HOPS``-th from the right of
    ``X-Forwarded-For``: each trusted proxy adds the address it was asked from at the right, and
    what stands further left is the client's own invention. A header that is too short or holds no
    address there did not come through the proxies, and the address stays that of the connection.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, with the client's address in place."""
        if settings.BEHIND_PROXY:
            forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
            address = forwarded_address(forwarded, hops=settings.PROXY_HOPS)
            if address:
                request.META["REMOTE_ADDR"] = address
        return self.get_response(request)


def client_address(request: HttpRequest) -> str:
    """The client's address; "" where there is none (a Unix socket)."""
    return str(request.META.get("REMOTE_ADDR", ""))


def forwarded_address(header: str, *, hops: int) -> str:
    """The ``hops``-th address from the right of a header, without a port; "" for none."""
    entries = [entry.strip() for entry in header.split(",")]
    if not 0 < hops <= len(entries):
        return ""
    entry = entries[-hops]
    if entry.startswith("["):
        entry = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]
    try:
        return str(ip_address(entry))
    except ValueError:
        return ""
