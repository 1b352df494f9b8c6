"""The OpenAPI document, made from the views: the same for everybody."""

from functools import cache
from typing import Any

import orjson
import yaml
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator


@cache
def openapi() -> dict[str, Any]:
    """The document as plain types."""
    generator: Any = SchemaGenerator(  # type: ignore[no-untyped-call]  # without types
        patterns=[path("api/", include("analytics.api.urls"))]
    )
    schema: dict[str, Any] = generator.get_schema(request=None, public=True)
    # By way of JSON: no subclasses of texts and numbers, and no anchors in YAML.
    plain: dict[str, Any] = orjson.loads(orjson.dumps(schema))
    return plain


@cache
def openapi_text(kind: str) -> bytes:
    """The document as ``json`` or ``yaml``, in UTF-8."""
    if kind == "json":
        return orjson.dumps(openapi(), option=orjson.OPT_INDENT_2)
    text: str = yaml.safe_dump(openapi(), sort_keys=False, allow_unicode=True, width=100)
    return text.encode()
