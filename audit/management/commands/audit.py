"""``manage.py audit prune``: the end of old entries."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from audit.retention import prune


class Command(BaseCommand):
    """Deletes entries older than ``AUDIT_DAYS``; for a daily timer."""

    help = "The audit: delete the entries that are older than AUDIT_DAYS."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the one thing to do."""
        parser.add_argument("action", choices=["prune"])

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        """Do it."""
        days = settings.AUDIT_DAYS
        count = prune(timezone.now() - timedelta(days=days))
        self.stdout.write(f"{count} entries older than {days} days deleted")
