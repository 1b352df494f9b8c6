"""Write the reference of all metrics."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from analytics.metrics.reference import metrics_reference


class Command(BaseCommand):
    """``manage.py document_metrics [--check]``."""

    help = "Write docs/metrics.md from the registry; --check: say whether it is up to date."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take ``--check``."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the page, or compare it; exits with 1 when it differs."""
        page = Path(settings.BASE_DIR) / "docs" / "metrics.md"
        text = metrics_reference()
        if not options["check"]:
            page.write_text(text, encoding="utf-8")
        elif not page.exists() or page.read_text(encoding="utf-8") != text:
            self.stderr.write("docs/metrics.md is out of date: run 'make docs'")
            raise SystemExit(1)
