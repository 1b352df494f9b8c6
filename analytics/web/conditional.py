"""Pages that are not computed again while nothing has changed: ETag and 304."""

import hashlib
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.http import parse_etags

from analytics.summaries.version import data_version
from analytics.web.viewer import viewer_of
from moderation_portal.code_version import code_version

P = ParamSpec("P")
ViewFunction = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def conditional_get(view: ViewFunction[P]) -> ViewFunction[P]:
    """Answer 304 when the browser has the page already.

    The version of the data is read before the page: what changes in between makes the ETag too
    old, never too new. A page with a message to show is always made.
    """

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if len(get_messages(request)):
            return view(request, *args, **kwargs)
        etag = etag_of(request)
        # A compressing proxy or middleware makes an ETag weak.
        known = {
            tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))
        }
        response: HttpResponseBase
        if etag in known:
            response = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
        else:
            response = view(request, *args, **kwargs)
        if response.status_code in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
            response.headers["ETag"] = etag
            # Kept by the browser alone, and asked about before each use.
            response.headers["Cache-Control"] = "private, no-cache"
        return response

    return answered


def etag_of(request: HttpRequest) -> str:
    """Return the ETag of a page for a viewer: of all that it is made of.

    The minute, since pages tell how long ago something was; the login, since a page holds a token
    of it.
    """
    viewer = viewer_of(request)
    get_token(request)
    version, _changed_at = data_version()
    parts = (
        version,
        code_version(),
        settings.TIME_ZONE,
        timezone.now().strftime("%Y-%m-%d %H:%M"),
        str(viewer.pk),
        viewer.username,
        viewer.role,
        str(viewer.moderator_id),
        str(request.session.session_key),
        str(request.META.get("CSRF_COOKIE", "")),
        request.get_full_path(),
    )
    return '"' + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32] + '"'
