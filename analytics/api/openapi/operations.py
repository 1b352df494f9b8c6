"""What the description says of an operation, beside its parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers

from analytics.api.transport.problems import MEDIA_TYPE, title_of

Schema = Any


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


#: What each status means here; every operation names the ones that it can answer with.
PROBLEMS: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "A parameter or the body makes no sense; `errors` says which and why.",
    HTTPStatus.UNAUTHORIZED: "No login and no token that works.",
    HTTPStatus.FORBIDDEN: "The whole kind, or sending, is not for this login or token.",
    HTTPStatus.NOT_FOUND: "There is none that you may see.",
    HTTPStatus.NOT_ACCEPTABLE: "The `Accept` header asks for what is not offered.",
    HTTPStatus.LENGTH_REQUIRED: "The server needs a Content-Length.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than the limit.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not JSON in UTF-8, plain or gzipped.",
    HTTPStatus.TOO_MANY_REQUESTS: "The token was used too often; `Retry-After` says how long "
    "to wait.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "The portal failed; its log says why.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database is away; `Retry-After` says when to try again.",
}
ALWAYS = (400, 401, 403, 406, 429, 500, 503)
WHEN_FINDING = (404,)
WHEN_SENDING = (411, 413, 415)


@dataclass(frozen=True)
class Body:
    """A body: its schema (a serializer, or JSON schema) and an example."""

    schema: Schema
    example: Any
    media_type: str = "application/json"


@dataclass(frozen=True)
class Operation:
    """An operation: its id in clients, a line, a paragraph, what it takes and answers."""

    id: str
    summary: str
    description: str
    answers: tuple[Body, ...]
    problems: tuple[int, ...] = ()
    request: Body | None = None
    refusal: Body | None = None
    conditional: bool = True
    tag: str = ""

    def responses(self) -> dict[Any, OpenApiResponse]:
        """Return every answer, as the schema generator takes them."""
        found: dict[Any, OpenApiResponse] = {}
        for body in self.answers:
            found[200, body.media_type] = OpenApiResponse(
                body.schema, description="The answer.", examples=[example("answer", body.example)]
            )
        if self.conditional:
            found[304] = OpenApiResponse(description="Nothing has changed since that ETag.")
        if self.refusal is not None:
            found[422, self.refusal.media_type] = OpenApiResponse(
                self.refusal.schema,
                description="Something is bad, and nothing was stored.",
                examples=[example("refusal", self.refusal.example)],
            )
        for status in sorted({*ALWAYS, *self.problems}):
            found[status, MEDIA_TYPE] = OpenApiResponse(
                ProblemSerializer,
                description=PROBLEMS[status],
                examples=[example("problem", problem_example(status))],
            )
        return found


def example(name: str, value: Any) -> OpenApiExample:
    """Return an example of an answer."""
    return OpenApiExample(name, value=value)


def problem_example(status: int) -> dict[str, Any]:
    """Return a problem as it looks."""
    details: dict[int, tuple[str, list[dict[str, str]]]] = {
        400: (
            "'yesterday' is not a date; write it as YYYY-MM-DD.",
            [
                {
                    "field": "start",
                    "message": "'yesterday' is not a date; write it as YYYY-MM-DD.",
                }
            ],
        ),
        404: (
            "No such moderator.",
            [{"field": "moderator", "message": "No such moderator."}],
        ),
    }
    detail, errors = details.get(status, (PROBLEMS[status], []))
    return {
        "type": "about:blank",
        "title": title_of(status),
        "status": status,
        "detail": detail,
        "errors": errors,
    }
