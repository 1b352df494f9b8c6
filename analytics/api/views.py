"""What all views of the API have in common: checked parameters, conditional answers."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import http_date
from rest_framework.exceptions import APIException
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from analytics.api.transport.parameters import Parameter, check_query
from analytics.api.transport.renderers import FastJSONRenderer
from analytics.conditional import address_of, conditional_response, viewer_etag
from analytics.kept_answers import kept_answer
from analytics.summaries.snapshots import current_state, snapshot
from analytics.summaries.version import DataVersion


class PreconditionFailed(APIException):
    """What is asked for has another ETag than those in If-Match."""

    status_code = HTTPStatus.PRECONDITION_FAILED
    default_detail = "The answer has none of the ETags in If-Match."


class PortalView(APIView):
    """A view whose parameters are declared; any other is an error."""

    #: What the address takes after the question mark (GET).
    query_parameters: ClassVar[tuple[Parameter, ...]] = ()
    #: What stands in the address itself.
    path_parameters: ClassVar[tuple[Parameter, ...]] = ()
    #: Whether a GET has an ETag, and so may answer 304 and 412.
    has_etag: ClassVar[bool] = False

    def get_query_parameters(self, method: str) -> tuple[Parameter, ...]:
        """The query parameters that ``method`` takes."""
        return self.query_parameters if method == "GET" else ()

    def get_renderers(self) -> list[BaseRenderer]:
        """A POST is answered in JSON, whatever else a GET may be."""
        if self.request is not None and self.request.method == "POST":
            return [FastJSONRenderer()]
        return super().get_renderers()

    def get_path_parameters(self) -> tuple[Parameter, ...]:
        """The parameters that stand in the address."""
        return self.path_parameters

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check the query too, once it is known that the caller may ask at all."""
        super().initial(request, *args, **kwargs)
        if request.method not in self.allowed_methods:
            return  # The 405 comes next.
        method = "GET" if request.method == "HEAD" else request.method or ""
        #: The query parameters given, by name.
        self.query = check_query(request.query_params, self.get_query_parameters(method))

    def answer_conditionally(
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
    has_etag = True
    #: Whether its answers are kept (``analytics.kept_answers``): for one that is made of the data
    #: and of what its caller may see, whoever that is.
    is_kept: ClassVar[bool] = False

    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Answer, or say that nothing has changed."""
        versions: list[DataVersion] = []

        def etag(version: DataVersion) -> str:
            versions.append(version)
            return viewer_etag(
                version.everything,
                viewer(request),
                address_of(request._request),
                str(request.accepted_media_type),
                # A target may hold from today on.
                str(timezone.localdate()),
            )

        if self.is_kept:
            response = self.find_or_build(request, etag, **kwargs)
        else:
            with snapshot():
                version = current_state().last_change
                build = partial(self.read, request, **kwargs)
                response = conditional_response(request._request, etag(version), build)
        if response.status_code == HTTPStatus.PRECONDITION_FAILED:
            raise PreconditionFailed
        if (changed_at := versions[-1].changed_at) is not None:
            response.headers["Last-Modified"] = http_date(changed_at.timestamp())
        return response

    def find_or_build(
        self, request: Request, etag: Callable[[DataVersion], str], **kwargs: Any
    ) -> HttpResponseBase:
        """The answer that is kept, or a new one."""
        caller = viewer(request)

        def build() -> HttpResponseBase:
            # The one without a name, for whom answers are made that are kept.
            request.user = request._request.user
            try:
                return self.rendered(request, self.read(request, **kwargs))
            finally:
                request.user = caller

        return kept_answer(request._request, build, str(request.accepted_media_type), etag=etag)

    def rendered(self, request: Request, response: HttpResponseBase) -> HttpResponseBase:
        """An answer as it is sent."""
        if isinstance(response, Response):
            # What the REST framework does after the view.
            response.accepted_renderer = request.accepted_renderer
            response.accepted_media_type = request.accepted_media_type
            response.renderer_context = self.get_renderer_context()  # type: ignore[attr-defined]
            response.render()
            # It refers to itself by its context, and would stay with all its rows until cycles are
            # collected, which few large objects bring about late.
            response.renderer_context = {}  # type: ignore[attr-defined]
            response.data = None
        return response

    def read(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Answer; called inside a snapshot."""
        raise NotImplementedError


def viewer(request: Request) -> User:
    """The account that asks; the permissions have made sure that there is one."""
    assert isinstance(request.user, User)
    return request.user
