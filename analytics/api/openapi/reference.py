"""The description of the API: the OpenAPI document, and the reference made from it."""

from functools import cache
from typing import Any

import orjson
import yaml
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from rest_framework.exceptions import NotAuthenticated
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request

from analytics.api.openapi.operations import Body, Operation
from analytics.api.openapi.schema import INTRODUCTION
from analytics.api.transport.parameters import format_parameter
from analytics.api.transport.renderers import FastJSONRenderer, StreamRenderer
from analytics.api.views import PortalView
from analytics.conditional import quoted_etag
from moderation_portal.code_version import code_version


class YAMLRenderer(StreamRenderer):
    """YAML."""

    media_type = "application/yaml"
    format = "yaml"


@cache
def openapi() -> dict[str, Any]:
    """Return the OpenAPI document: the same for everybody."""
    generator: Any = SchemaGenerator(  # type: ignore[no-untyped-call]
        patterns=[path("api/", include("analytics.api.urls"))]
    )
    schema: dict[str, Any] = generator.get_schema(request=None, public=True)
    schema["info"]["description"] = INTRODUCTION
    return schema


@cache
def openapi_text(kind: str) -> bytes:
    """Return the OpenAPI document as ``json`` or ``yaml``."""
    if kind == "json":
        return orjson.dumps(openapi(), option=orjson.OPT_INDENT_2)
    # By way of JSON: plain types only, and no anchors.
    plain = orjson.loads(orjson.dumps(openapi()))
    text: str = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)
    return text.encode()


class SchemaView(PortalView):
    """The OpenAPI document."""

    http_method_names = ["get", "head"]
    renderer_classes = [FastJSONRenderer, YAMLRenderer]
    parameters = (format_parameter(("json", "yaml")),)

    def operation(self, method: str) -> Operation:
        """Describe the description."""
        short = {"openapi": "3.1.1", "info": {"title": "Moderation portal", "version": "1"}}
        return Operation(
            "schema",
            "This description",
            "OpenAPI 3.1, as JSON or YAML.",
            (
                Body({"type": "object"}, short),
                Body({"type": "object"}, short, "application/yaml"),
            ),
            tag="Description",
        )

    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Return the document."""
        self.values(request)
        renderer = request.accepted_renderer
        return self.conditional(
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
        """Return the page."""
        self.values(request)
        return render(request._request, "api/reference.html", {"title": "API"})

    def handle_exception(self, exc: Exception) -> Any:
        """Send somebody who is not logged in to the login."""
        if isinstance(exc, NotAuthenticated):
            return redirect_to_login(self.request.get_full_path())
        return super().handle_exception(exc)
