"""Addresses below /api/ where there is nothing."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt

from analytics.api.transport.problems import problem_response


@csrf_exempt
@login_not_required
def not_found(request: HttpRequest) -> HttpResponse:
    """Answer 404; where only the slash at the end is missing, say so, or (GET) redirect."""
    with_slash = f"{request.path_info}/"
    try:
        match = resolve(with_slash)
    except Resolver404:
        match = None
    if match is None or match.func is not_found:
        return problem_response(HTTPStatus.NOT_FOUND, "There is nothing at this address.")
    if request.method in ("GET", "HEAD"):
        return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
    return problem_response(
        HTTPStatus.NOT_FOUND, "There is nothing here; the address ends in a slash."
    )
