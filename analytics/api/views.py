"""What all views of the API have in common: checked parameters, conditional answers."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from django.utils.http import http_date
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import User
from analytics.api.openapi.operations import Operation
from analytics.api.transport.parameters import Parameter
from analytics.conditional import conditional_response, viewer_etag
from analytics.scope import single_values
from analytics.summaries.snapshots import current_state, snapshot


class PreconditionFailed(APIException):
    """What is asked for has another ETag than those in If-Match."""

    status_code = HTTPStatus.PRECONDITION_FAILED
    default_detail = "The answer has none of the ETags in If-Match."


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

    def conditional(
        self, request: Request, etag: str, build: Callable[[], HttpResponseBase]
    ) -> HttpResponseBase:
        """Answer by ``conditional_response``; its 412 as a problem."""
        response = conditional_response(request._request, etag, build)
        if response.status_code == HTTPStatus.PRECONDITION_FAILED:
            raise PreconditionFailed
        return response


class ReadView(PortalView):
    """A view that reads: the whole answer from one state of the data, with an ETag."""

    http_method_names = ["get", "head"]

    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Answer, or say that nothing has changed."""
        with snapshot():
            version, changed_at = current_state().change
            etag = viewer_etag(
                version,
                viewer_of(request),
                request.build_absolute_uri(),
                str(request.accepted_media_type),
            )
            response = self.conditional(request, etag, lambda: self.read(request, **kwargs))
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
