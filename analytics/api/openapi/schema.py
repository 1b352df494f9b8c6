"""What drf-spectacular is told beyond ``@extend_schema``: what every view of the API shares.

A view declares its parameters (``analytics.api.views.PortalView``): they check each request, and
here they become the description. The problems come by themselves, see ``problems``.
"""

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from analytics.api.openapi.problems import ProblemSerializer, problem_references

if TYPE_CHECKING:
    # The settings name this module, so that views import it while they are imported themselves.
    from analytics.api.views import PortalView

#: Parameters that name somebody or something that may not be there.
NAMES = ("moderator", "session")


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # without types
    """Describes the tokens."""

    target_class = "accounts.tokens_authentication.TokenAuthentication"
    name = "token"
    priority = 1

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """How a token is sent."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token mp_...`: the word, a blank and the token.",
        }


class PortalSchema(AutoSchema):
    """Adds what a view inherits: declared parameters, problems, and 304."""

    @property
    def portal_view(self) -> "PortalView":
        """The view: the API has no others."""
        return cast("PortalView", self.view)

    def get_override_parameters(self) -> list[Any]:
        """The declared parameters, those in the path first."""
        declared = (
            *self.portal_view.get_path_parameters(),
            *self.portal_view.get_query_parameters(self.method),
        )
        return [parameter.as_openapi() for parameter in declared]

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """Add what ``@extend_schema`` need not say at every view."""
        operation = super().get_operation(*args, **kwargs)
        assert operation is not None, "nothing of the API is left out"
        view = self.portal_view
        responses = operation["responses"]
        has_etag = view.has_etag and self.method == "GET"
        if has_etag:
            responses["304"] = {"description": "Nothing has changed since that ETag."}
        names = {parameter.name for parameter in view.get_query_parameters(self.method)}
        has_names = bool(view.get_path_parameters()) or not names.isdisjoint(NAMES)
        self.resolve_serializer(ProblemSerializer, "response")
        responses |= problem_references(
            has_names=has_names, has_body="requestBody" in operation, has_etag=has_etag
        )
        operation["responses"] = dict(sorted(responses.items()))
        if "requestBody" in operation:
            # Whatever its schema is written as: drf-spectacular takes plain JSON schema for one
            # that may be left out.
            operation["requestBody"]["required"] = True
        return operation
