"""All workarounds for django-plotly-dash 2.5.1 with Dash 4.4.0, in one place.

Both versions are pinned; ``tests/web/dash/test_guard.py`` and the browser tests fail when an
upgrade changes what is relied on here. What is guarded against:

- ``add_stateless_apps`` is anonymous and writes to the database; standalone app pages, stored
  instances and ``_dash-routes`` are of no use here, or answer 500: all of them 404.
- An expired login answered an XHR with a redirect to HTML: 401 as JSON instead.
- The callback endpoint is exempt from CSRF checks and answers GET: only a POST of JSON from a page
  of this origin gets through.
- Each request looked the app up in a table, writing it when it was missing, and built it anew
  (about 30 ms): the apps declared in code are the only ones, each built once a thread.
- Every callback wrote the Django session, over what another request wrote at the same time.
- Scripts came with every page, by way of redirects, with the bundle of a table component nobody
  uses and an inline script: they are one static file (``scripts.py``). Its finder of static files
  gives 150 MB of source maps, development builds and Plotly once more, and is not used.
"""

import json
import threading
from collections.abc import Callable
from functools import partial, wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from dash.exceptions import DashException
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django_plotly_dash import DjangoDash, models
from django_plotly_dash.dash_wrapper import WrappedDash, all_apps, get_local_stateless_by_name
from django_plotly_dash.middleware import EmbeddedHolder

from analytics.web.dash.kept_redraws import kept_redraw
from analytics.web.dash.late_texts import with_late_texts

ViewFunction = Callable[..., HttpResponseBase]

UPDATE = "update-component"
# The endpoints that a page in our own templates needs; everything else is 404.
OPEN_ENDPOINTS = ("layout", "dependencies", UPDATE)

# Looks the app up in the database and stores a row when there is none: ours are in the code.
models.find_stateless_by_name = get_local_stateless_by_name


class PageDash(DjangoDash):  # type: ignore[misc]  # the package ships no types
    """A Dash app of a page, built once a thread instead of once a request.

    A thread serves one request at a time, and nothing of a request stays in the built app: layout
    and callbacks are the same for everyone, and who is asking is an argument of the callback.
    """

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(name, serve_locally=True, **kwargs)
        self._built = threading.local()

    def as_dash_instance(self, cache_id: str | None = None) -> WrappedDash:
        """The app of this thread."""
        app = getattr(self._built, "app", None)
        if app is None:
            app = self._built.app = super().as_dash_instance()
        return app


class ConfigHolder(EmbeddedHolder):  # type: ignore[misc]  # the package ships no types
    """Collects what an app adds to the page, without its scripts: they come later, as one file."""

    def add_scripts(self, scripts: str) -> None:
        """Add nothing (``scripts.py`` makes the file)."""


def prepare(request: HttpRequest) -> None:
    """Make a request ready for ``{% plotly_direct %}``: without scripts of Dash."""
    # The package's middleware set the attribute.
    request.dpd_content_handler.embedded_holder = ConfigHolder()  # type: ignore[attr-defined]


def is_same_origin(request: HttpRequest) -> bool:
    """Whether a request comes from a page of the portal itself.

    Browsers say so in ``Sec-Fetch-Site``; those that do not, in ``Origin``.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc == request.get_host()


def problem_response(status: HTTPStatus, detail: str) -> JsonResponse:
    """A refusal that a script can read."""
    return JsonResponse({"title": status.phrase, "status": status, "detail": detail}, status=status)


def refusal(request: HttpRequest, name: str) -> HttpResponse | None:
    """Why a request to an endpoint is refused; None when it is not."""
    if not request.user.is_authenticated:
        if request.headers.get("Sec-Fetch-Mode") == "navigate":
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        return problem_response(HTTPStatus.UNAUTHORIZED, "Your login has expired.")
    if name != UPDATE:
        if request.method not in ("GET", "HEAD"):
            return problem_response(HTTPStatus.METHOD_NOT_ALLOWED, "Only GET.")
        return None
    if request.method != "POST":
        return problem_response(HTTPStatus.METHOD_NOT_ALLOWED, "Only POST.")
    if request.content_type != "application/json":
        return problem_response(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Only application/json.")
    if not is_same_origin(request):
        return problem_response(HTTPStatus.FORBIDDEN, "Only from a page of the portal.")
    try:
        body = request.body
    except RequestDataTooBig:
        return problem_response(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large.")
    if not is_callback(body):
        return problem_response(HTTPStatus.BAD_REQUEST, "Not the call of a callback.")
    return None


def is_callback(raw: bytes) -> bool:
    """Whether a body is what Dash's renderer sends: the package answers others with 500."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return False
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        return False
    changed = body.get("changedPropIds", [])
    return (
        all(are_properties(body.get(name, [])) for name in ("inputs", "state"))
        and are_properties(body.get("outputs", []))
        and isinstance(changed, list)
        and all(isinstance(name, str) for name in changed)
    )


def are_properties(items: object) -> bool:
    """Whether a value is a list of properties of components."""
    return isinstance(items, list) and all(
        isinstance(item, dict)
        and isinstance(item.get("id"), str)
        and isinstance(item.get("property"), str)
        for item in items
    )


def guard(view: ViewFunction, *, name: str, route_name: str, **_kwargs: Any) -> ViewFunction:
    """Wrap an endpoint of django-plotly-dash (``PLOTLY_DASH["view_decorator"]``)."""
    # The apps' own endpoints are named "app-..."; the others belong to stored instances.
    is_open = name in OPEN_ENDPOINTS and route_name == f"app-{name}"

    @login_not_required  # Answered here: a script can make nothing of a redirect to a form.
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refused = refusal(request, name)
        if refused is not None:
            return refused
        if not is_open or kwargs.get("ident") not in all_apps():
            raise Http404
        try:
            if name == UPDATE:
                build = partial(with_late_texts, partial(view, request, *args, **kwargs))
                return kept_redraw(request, kwargs["ident"], build)
            return view(request, *args, **kwargs)
        # Outputs or inputs of no callback: our own answers whatever goes wrong in it.
        except (LookupError, TypeError, ValueError, AttributeError, DashException):
            if name != UPDATE:
                raise
            return problem_response(HTTPStatus.BAD_REQUEST, "There is no such callback.")
        finally:
            # The view stores an empty state in it, over what others may have written.
            request.session.modified = False

    return guarded
