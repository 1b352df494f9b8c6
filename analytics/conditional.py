"""Conditional GET for pages and API: an ETag on every answer, and 304 while it still holds."""

import hashlib
from collections.abc import Callable
from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

from accounts.models import User
from analytics.display import active
from moderation_portal.code_version import code_version


def viewer_etag(version: str, viewer: User, *parts: str) -> str:
    """The ETag of what ``viewer`` gets at a version of the data.

    It covers the data (targets are among them), what people add to them, the code, the time zone,
    how numbers and dates are written, and who asks with which rights; ``parts`` are whatever else
    the answer is made of, the address first of all.
    """
    everything = (
        version,
        code_version(),
        settings.TIME_ZONE,
        str(viewer.pk),
        viewer.username,
        viewer.role,
        active().key,
        str(viewer.moderator_id),
        *parts,
    )
    return quoted_etag(hashlib.sha256("\n".join(everything).encode()).hexdigest()[:32])


def address_of(request: HttpRequest) -> str:
    """An address as it was sent, as part of keys and ETags.

    ``build_absolute_uri`` is no such part: it writes ``?é`` in bare UTF-8 as it writes the escaped
    ``?%C3%83%C2%A9``, which is "Ã©".
    """
    query = request.META.get("QUERY_STRING", "")
    return f"{request.scheme}://{request.get_host()}{request.path}?{query}"


def quoted_etag(text: str) -> str:
    """A strong ETag."""
    return f'"{text}"'


def has_current(request: HttpRequest, etag: str) -> bool:
    """Whether the client has what has this ETag, so that nothing needs to be made for it."""
    return names_etags(request) and get_conditional_response(request, etag) is not None


def names_etags(request: HttpRequest) -> bool:
    """False for ``If-None-Match: *``: it fits whatever there is, which only the answer tells."""
    return request.headers.get("If-None-Match", "").strip() != "*"


def conditional_response(
    request: HttpRequest, etag: str, build: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """Build the response, unless the client has it already.

    If-Modified-Since is not looked at: seconds are too coarse for data, and no time of change is
    known of a viewer's role.
    """
    response: HttpResponseBase | None = None
    if names_etags(request):
        response = get_conditional_response(request, etag)
    if response is None:
        # Only its status and headers are looked at: a stream will do.
        built = cast(HttpResponse, build())
        response = get_conditional_response(request, etag, response=built) or built
    if response.status_code in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
        # Compressed already, by random bytes other ones each time: the same only in meaning.
        is_encoded = response.has_header("Content-Encoding")
        response.headers["ETag"] = f"W/{etag}" if is_encoded else etag
        # Kept by the client, never by a proxy, and asked about before each use.
        response.headers["Cache-Control"] = "private, no-cache"
        # On a 304 too, which nothing compresses: a cache takes its headers for the answer's.
        patch_vary_headers(response, ["Accept-Encoding"])
    return response
