"""The problems that every operation may answer with, described once for all of them.

drf-spectacular knows the answers that a view declares. What every view shares stands here: the
errors of the transport, as far as the method and the parameters make them possible.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from rest_framework import serializers

from analytics.api.transport.problems import MEDIA_TYPE, status_title


class FieldErrorSerializer(serializers.Serializer[Any]):
    """One thing that is wrong."""

    field = serializers.CharField(
        allow_blank=True, help_text="The parameter, or the path in the body; may be empty."
    )
    message = serializers.CharField(help_text="A sentence.")


class ProblemSerializer(serializers.Serializer[Any]):
    """What went wrong (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="A sentence.")
    errors = FieldErrorSerializer(  # type: ignore[assignment]  # DRF has an attribute of the name
        many=True, help_text="What is wrong where; may be empty."
    )


PROBLEMS: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "A parameter or the body makes no sense; `errors` says which and why.",
    HTTPStatus.UNAUTHORIZED: "No login and no token that works.",
    HTTPStatus.FORBIDDEN: "The whole kind, or sending, is not for this login or token.",
    HTTPStatus.NOT_FOUND: "There is none that you may see.",
    HTTPStatus.NOT_ACCEPTABLE: "The `Accept` header asks for what is not offered.",
    HTTPStatus.PRECONDITION_FAILED: "`If-Match` names an ETag that the answer has no longer.",
    HTTPStatus.LENGTH_REQUIRED: "The server needs a Content-Length.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than the limit.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not JSON in UTF-8, plain or gzipped.",
    HTTPStatus.TOO_MANY_REQUESTS: "The token was used too often; `Retry-After` says how long "
    "to wait.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "The portal failed; its log says why.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database is away, or held by a large import; "
    "`Retry-After` says when to try again.",
}
COMMON = (400, 401, 403, 406, 429, 500, 503)
WITH_NAMES = (404,)
WITH_ETAG = (412,)
WITH_BODY = (411, 413, 415)

#: Problems whose example says more than their description.
EXAMPLES: Mapping[int, tuple[str, str]] = {
    400: ("start", "'yesterday' is not a date; write it as YYYY-MM-DD."),
    404: ("moderator", "No such moderator."),
}


def problem_references(
    *, has_names: bool, has_body: bool, has_etag: bool
) -> dict[str, dict[str, str]]:
    """The problems that an operation may answer with, as references to the shared ones.

    ``has_names``: it is asked about somebody or something by name; ``has_body``: it takes a body;
    ``has_etag``: it may be asked conditionally.
    """
    statuses = (
        *COMMON,
        *(WITH_NAMES if has_names else ()),
        *(WITH_BODY if has_body else ()),
        *(WITH_ETAG if has_etag else ()),
    )
    return {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}


def add_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the shared problems to the document's components (a hook of drf-spectacular)."""
    result["components"]["responses"] = {
        f"Problem{int(status)}": {
            "description": description,
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": {"Problem": {"value": problem_example(status)}},
                }
            },
        }
        for status, description in PROBLEMS.items()
    }
    return result


def problem_example(status: int) -> dict[str, Any]:
    """A problem as the API writes it."""
    errors = [EXAMPLES[status]] if status in EXAMPLES else []
    return {
        "type": "about:blank",
        "title": status_title(status),
        "status": status,
        "detail": errors[0][1] if errors else PROBLEMS[status],
        "errors": [{"field": field, "message": message} for field, message in errors],
    }
