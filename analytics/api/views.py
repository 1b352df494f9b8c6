"""What all views of the API have in common: checked parameters, conditional answers."""

import hashlib
from http import HTTPStatus
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date, parse_etags
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import User
from analytics.api.openapi.operations import Operation
from analytics.api.transport.parameters import Parameter
from analytics.scope import single_values
from analytics.summaries.snapshots import current_state, snapshot
from moderation_portal.code_version import code_version


class PortalView(APIView):
    """A view whose parameters are declared; any other is an error."""

    #: What the address takes after the question mark (GET).
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    #: What stands in the address itself.
    path_parameters: ClassVar[tuple[Parameter, ...]] = ()

    def operation(self, method: str) -> Operation:
        """Return what the description says of ``method``."""
        raise NotImplementedError

    def parameters_of(self, method: str) -> tuple[Parameter, ...]:
        """Return the parameters that ``method`` takes."""
        return self.parameters if method == "GET" else ()

    def parameters_in_path(self) -> tuple[Parameter, ...]:
        """Return the parameters that stand in the address."""
        return self.path_parameters

    def values(self, request: Request) -> dict[str, str]:
        """Return the parameters given; raises ``ScopeError`` for unknown or doubled ones."""
        method = "GET" if request.method == "HEAD" else request.method or ""
        return single_values(
            request.query_params, [parameter.name for parameter in self.parameters_of(method)]
        )


class ReadView(PortalView):
    """A view that reads: the whole answer from one state of the data, with an ETag."""

    http_method_names = ["get", "head"]

    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Answer, or say that nothing has changed."""
        with snapshot():
            version, changed_at = current_state().change
            etag = etag_of(request, version)
            if etag in known_etags(request):
                response: HttpResponseBase = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
            else:
                response = self.read(request, **kwargs)
        response.headers["ETag"] = etag
        # Kept by the client, never by a proxy, and asked about before each use.
        response.headers["Cache-Control"] = "private, no-cache"
        if changed_at is not None:
            response.headers["Last-Modified"] = http_date(changed_at.timestamp())
        return response

    def read(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Return the answer; called inside a snapshot."""
        raise NotImplementedError


def viewer_of(request: Request) -> User:
    """Return the account that asks; the permissions have made sure that there is one."""
    assert isinstance(request.user, User)
    return request.user


def etag_of(request: Request, version: str) -> str:
    """Return the ETag of the answer to ``request`` while the data are at ``version``.

    It covers everything that an answer is made of: the data (targets are among them), who asks
    and in which role, the address with its parameters, the representation, and the code.
    """
    viewer = viewer_of(request)
    parts = (
        version,
        code_version(),
        settings.TIME_ZONE,
        str(viewer.pk),
        viewer.role,
        str(viewer.moderator_id),
        request.build_absolute_uri(),
        str(request.accepted_media_type),
    )
    return '"' + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32] + '"'


def known_etags(request: Request) -> set[str]:
    """Return the ETags that the client has: as they were sent, before any compression.

    If-Modified-Since is not looked at: seconds are too coarse for data, and no time of change
    is known of a viewer's role.
    """
    etags = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    return {etag.removeprefix("W/") for etag in etags}
