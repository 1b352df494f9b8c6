"""Pages read in one snapshot of the database: answered with 304, or kept, while nothing changes."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Concatenate, ParamSpec

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from analytics.conditional import address_of, conditional_response, viewer_etag
from analytics.kept_answers import kept_answer
from analytics.summaries.snapshots import current_state, snapshot
from analytics.summaries.version import DataVersion
from analytics.viewer import viewer_of

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
            return unless_unchanged(
                request, current_state().last_change, lambda: view(request, *args, **kwargs)
            )

    return wrapper


def kept_page(view: ViewFunction[P]) -> ViewFunction[P]:
    """``conditional_get`` for a page that is made once for all who may see the same.

    The view must make its page of the data and what ``kept_answers.answer_key`` names, and of
    nothing else.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if len(get_messages(request)):
            with snapshot():
                return view(request, *args, **kwargs)
        response = kept_answer(
            request,
            partial(view, request, *args, **kwargs),
            request.headers.get(PANEL_HEADER, ""),
            etag=partial(page_etag, request),
        )
        patch_vary_headers(response, [PANEL_HEADER])
        return response

    return wrapper


def kept_file(view: ViewFunction[P]) -> ViewFunction[P]:
    """Keep a file to download as ``kept_page`` keeps a page; it has no ETag."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return kept_answer(request, partial(view, request, *args, **kwargs))

    return wrapper


def unless_unchanged(
    request: HttpRequest, version: DataVersion, build: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """A page of a version of the data, or 304."""
    response = conditional_response(request, page_etag(request, version), build)
    # On a 304 too, which no view has made.
    patch_vary_headers(response, [PANEL_HEADER])
    return response


def page_etag(request: HttpRequest, version: DataVersion) -> str:
    """The ETag of a page for its viewer.

    The minute, since pages tell how long ago something was; the login, since a page holds a token
    of it; the name in the bar, which alone of the names on a page renews no version.
    """
    if "CSRF_COOKIE" not in request.META:
        # Makes one. To write it costs more than all else here.
        get_token(request)
    viewer = viewer_of(request)
    return viewer_etag(
        version.everything,
        viewer,
        viewer.display_name,
        address_of(request),
        request.headers.get(PANEL_HEADER, ""),
        timezone.now().strftime("%Y-%m-%d %H:%M"),
        str(request.session.session_key),
        str(request.META.get("CSRF_COOKIE", "")),
    )
