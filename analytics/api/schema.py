"""The description of the API (OpenAPI 3.1)."""

from drf_spectacular.openapi import AutoSchema


class PortalSchema(AutoSchema):
    """Describes the portal's views."""
