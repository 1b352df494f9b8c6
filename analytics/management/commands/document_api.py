"""Write the description of the REST API."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from analytics.api.openapi.document import openapi_text


class Command(BaseCommand):
    """``manage.py document_api [--check]``; needs the code alone, no database."""

    help = "Write docs/openapi.yaml from the views; --check: say whether it is up to date."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take ``--check``."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the file, or compare it; exits with 1 when it differs."""
        file = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
        text = openapi_text("yaml")
        if not options["check"]:
            file.write_bytes(text)
        elif not file.exists() or file.read_bytes() != text:
            self.stderr.write("docs/openapi.yaml is out of date: run 'make docs'")
            raise SystemExit(1)
