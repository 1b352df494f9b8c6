"""``manage.py backup``: everything in the database into one file."""

from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.management.transfers import BackupCommand
from moderation_portal.backups.backup import backup


class Command(BackupCommand):
    """Writes a backup."""

    help = "Write everything in the database to a new file that only you can read."

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Write it; the last line tells how much."""
        with self.transfer() as progress:
            header = backup(connection, file, now=timezone.now(), progress=progress)
        rows = sum(header.counts.values())
        self.stdout.write(f"{file}: {rows} rows of {len(header.counts)} tables")
