"""What ``backup`` and ``restore`` share: the file's argument, progress, errors in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from moderation_portal.backups.backup import Progress
from moderation_portal.backups.files import BackupError


class BackupCommand(BaseCommand):
    """A command about one file of a backup."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path)

    @contextmanager
    def transfer(self) -> Iterator[Progress]:
        """Show how many bytes of which table have gone; a ``BackupError`` ends the command."""
        with tqdm(unit="B", unit_scale=True, disable=None, leave=False) as bar:

            def progress(table: str, size: int) -> None:
                bar.set_description(table, refresh=False)
                bar.update(size)

            try:
                yield progress
            except BackupError as error:
                raise CommandError(str(error)) from error
