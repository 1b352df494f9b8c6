"""``manage.py api_description``: the OpenAPI document, for docs/openapi.yaml."""

from typing import Any

from django.core.management.base import BaseCommand

from analytics.api.openapi.reference import openapi_text


class Command(BaseCommand):
    """Prints the description of the REST API as YAML."""

    help = "Print the OpenAPI document of the REST API as YAML; docs/openapi.yaml is made of it."

    # Needs the code alone, no database.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        self.stdout.write(openapi_text("yaml").decode(), ending="")
