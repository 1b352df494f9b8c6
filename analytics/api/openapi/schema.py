"""The description of the API (OpenAPI 3.1), from what the views declare."""

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample

from analytics.api.transport.problems import MEDIA_TYPE

if TYPE_CHECKING:
    from analytics.api.openapi.operations import Operation
    from analytics.api.views import PortalView

INTRODUCTION = """\
Review sessions go in, metrics come out.

**Who.** `Authorization: Token mp_...`, or the login of the portal. A token of scope `read` reads
what its user may read; a token of scope `ingest` sends data in and does nothing else. Moderators
see their own work, leads and admins see everyone's.

**Answers** are JSON in UTF-8. Times are ISO 8601 with an offset, days are those of the portal's
time zone, shares and rates go from 0 to 1, durations are in the unit that the column names. A
parameter that an address does not know, that is empty or given twice is an error.

**Lists** come a page at a time: follow `next` to the end. Rows that come in meanwhile shift
nothing. `format=csv` gives the whole list, or with `page_size` a page of it.

**Errors** are `application/problem+json`: a sentence, and in `errors` what is wrong where.

**Asking again.** Every answer has an `ETag`; sent back as `If-None-Match` it gives 304 until
something changes: the data, the targets, your role, or the portal itself.
"""


def with_shared_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Return the document with each problem described once (a hook of the generator)."""
    shared: dict[str, Any] = {}
    for path in result["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if list(answer.get("content", ())) == [MEDIA_TYPE] and status != "422":
                    name = f"Problem{status}"
                    shared[name] = answer
                    operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    result["components"]["responses"] = dict(sorted(shared.items()))
    return result


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the tokens."""

    target_class = "accounts.tokens_authentication.TokenAuthentication"
    name = "token"
    priority = 1

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Return how a token is sent."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token mp_...`: the word, a blank and the token.",
        }


class PortalSchema(AutoSchema):
    """Describes the portal's views: each says what its methods do (``operation``)."""

    @property
    def operation(self) -> "Operation":
        """What the view says of the method."""
        return self.portal_view.operation(self.method)

    @property
    def portal_view(self) -> "PortalView":
        """The view: the API has no others."""
        return cast("PortalView", self.view)

    def get_operation_id(self) -> str:
        """Return the operation's name in clients."""
        return self.operation.id

    def get_summary(self) -> str:
        """Return a line."""
        return self.operation.summary

    def get_description(self) -> str:  # type: ignore[override]  # spectacular's own way
        """Return a paragraph."""
        return self.operation.description

    def get_tags(self) -> list[str]:
        """Return the heading."""
        return [self.operation.tag]

    def get_override_parameters(self) -> list[Any]:
        """Return the parameters, those in the address too."""
        declared = (
            *self.portal_view.parameters_in_path(),
            *self.portal_view.parameters_of(self.method),
        )
        return [parameter.described() for parameter in declared]

    def get_request_serializer(self) -> Any:
        """Return the schema of the body."""
        request = self.operation.request
        return None if request is None else {request.media_type: request.schema}

    def get_response_serializers(self) -> Any:
        """Return the schemas of all answers."""
        return self.operation.responses()

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """Return the operation; a body is never optional."""
        operation = super().get_operation(*args, **kwargs)
        if operation and "requestBody" in operation:
            operation["requestBody"]["required"] = True
        return operation

    def get_examples(self) -> list[OpenApiExample]:
        """Return the example of the body."""
        request = self.operation.request
        if request is None:
            return []
        return [OpenApiExample("request", value=request.example, request_only=True)]
