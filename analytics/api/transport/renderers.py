"""How answers are written: JSON, and CSV where a view gives rows."""

import json
from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer


class FastJSONRenderer(BaseRenderer):
    """JSON in UTF-8; NaN and infinities are null."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Write ``data``, as bytes."""
        try:
            return orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS)
        except orjson.JSONEncodeError:
            # Lone surrogates and huge numbers, which a rejection repeats as they were sent.
            return json.dumps(data, default=str).encode()


class StreamRenderer(BaseRenderer):
    """For the negotiation only: the view writes this representation itself."""

    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Nothing is left to write: the view has answered already."""
        return b""


class CSVRenderer(StreamRenderer):
    """CSV, RFC 4180."""

    media_type = "text/csv"
    format = "csv"


class JSONLinesRenderer(StreamRenderer):
    """One JSON document a line."""

    media_type = "application/jsonl"
    format = "jsonl"
