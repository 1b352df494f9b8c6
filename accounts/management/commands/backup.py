"""``manage.py backup``: everything in the database into one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone
from tqdm import tqdm

from moderation_portal.backups.backup import backup
from moderation_portal.backups.files import BackupError


class Command(BaseCommand):
    """Writes a backup."""

    help = "Write everything in the database to a new file that only you can read."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Write it; the last line tells how much."""
        with tqdm(unit="B", unit_scale=True, disable=None, leave=False) as bar:

            def progress(table: str, size: int) -> None:
                bar.set_description(table, refresh=False)
                bar.update(size)

            try:
                header = backup(connection, file, now=timezone.now(), progress=progress)
            except BackupError as error:
                raise CommandError(str(error)) from error
        rows = sum(header.counts.values())
        self.stdout.write(f"{file}: {rows} rows of {len(header.counts)} tables")
