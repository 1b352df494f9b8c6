"""The description as it is served: the OpenAPI document, and the reference made from it.

drf-spectacular's own views know nothing of our errors and ETags; its generator does the work.
"""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import NotAuthenticated
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request

from analytics.api.openapi.document import openapi_text
from analytics.api.openapi.responses import object_response
from analytics.api.transport.parameters import format_parameter
from analytics.api.transport.renderers import FastJSONRenderer, StreamRenderer
from analytics.api.views import PortalView
from analytics.conditional import quoted_etag
from moderation_portal.code_version import code_version

EXAMPLE = {"openapi": "3.1.1", "info": {"title": "Moderation portal", "version": "1"}}


class YAMLRenderer(StreamRenderer):
    """YAML."""

    media_type = "application/yaml"
    format = "yaml"


@extend_schema_view(
    get=extend_schema(
        operation_id="schema",
        summary="This description",
        description="OpenAPI 3.1, as JSON or YAML.",
        responses=object_response("application/json", EXAMPLE)
        | object_response("application/yaml", EXAMPLE),
        tags=["Description"],
    )
)
class SchemaView(PortalView):
    """The OpenAPI document."""

    http_method_names = ["get", "head"]
    renderer_classes = [FastJSONRenderer, YAMLRenderer]
    query_parameters = (format_parameter(("json", "yaml")),)
    has_etag = True

    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Answer with the document."""
        renderer = request.accepted_renderer
        return self.answer_conditionally(
            request,
            quoted_etag(f"{code_version()[:32]}-{renderer.format}"),
            lambda: HttpResponse(openapi_text(renderer.format), content_type=renderer.media_type),
        )


class ReferenceView(PortalView):
    """The reference as a page; sends people to the login, programs get a 401."""

    http_method_names = ["get", "head"]
    renderer_classes = [TemplateHTMLRenderer]
    schema = None

    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Show the page."""
        return render(request._request, "api/reference.html", {"title": "API"})

    def handle_exception(self, exc: Exception) -> Any:
        """Send somebody who is not logged in to the login."""
        if isinstance(exc, NotAuthenticated):
            return redirect_to_login(self.request.get_full_path())
        return super().handle_exception(exc)
