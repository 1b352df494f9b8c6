"""Pages read in one snapshot of the database, and answered with 304 while nothing has changed."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from analytics.conditional import conditional_response, viewer_etag
from analytics.summaries.snapshots import current_state, snapshot
from analytics.web.viewer import viewer_of

#: Sent by the script that shows a page in the panel beside the charts (``analytics.web.panel``).
PANEL_HEADER = "X-Portal-Panel"

P = ParamSpec("P")
ViewFunction = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def conditional_get(view: ViewFunction[P]) -> ViewFunction[P]:
    """Run a view in one snapshot, or answer 304 when the browser has its page already.

    The ETag and everything on the page come from the same snapshot, so the ETag can be neither too
    old nor too new for what it stands on. A page with a message to show is always made.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        with snapshot():
            if len(get_messages(request)):
                return view(request, *args, **kwargs)
            response = conditional_response(
                request, page_etag(request), lambda: view(request, *args, **kwargs)
            )
            # On a 304 too, which no view has made.
            patch_vary_headers(response, [PANEL_HEADER])
            return response

    return wrapper


def page_etag(request: HttpRequest) -> str:
    """The ETag of a page for its viewer.

    The minute, since pages tell how long ago something was; the login, since a page holds a token
    of it.
    """
    get_token(request)
    return viewer_etag(
        current_state().answer_version,
        viewer_of(request),
        request.get_full_path(),
        request.headers.get(PANEL_HEADER, ""),
        timezone.now().strftime("%Y-%m-%d %H:%M"),
        str(request.session.session_key),
        str(request.META.get("CSRF_COOKIE", "")),
    )
