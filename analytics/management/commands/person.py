"""``manage.py person export NAME FILE.zip``: all that is kept about somebody."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.personal_data import find_subject, write_personal_data


class Command(BaseCommand):
    """Gives people what is kept about them."""

    help = (
        "export: write all that is kept about a moderator or an account into a new ZIP file that"
        " only you can read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the action, whose data, and the file."""
        parser.add_argument("action", choices=("export",))
        parser.add_argument("name", help="a moderator's name, or an account's")
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, name: str, file: Path, **options: Any) -> None:
        """Write the file; one that could not be finished is removed."""
        subject = find_subject(name)
        if subject is None:
            raise CommandError(f"name: there is no moderator and no account {name!r}")
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"file: {file}: {error.strerror}") from error
        try:
            with os.fdopen(descriptor, "wb") as output:
                written = write_personal_data(subject, output)
        except BaseException:
            file.unlink(missing_ok=True)
            raise
        for part, size in written:
            self.stdout.write(f"{part}: {size} bytes")
