"""``manage.py restore``: a backup into a new database."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from accounts.management.transfers import BackupCommand
from audit.models import Action
from audit.recording import record
from moderation_portal.backups.restore import restore


class Command(BackupCommand):
    """Reads a backup."""

    help = (
        "Put a backup into the database, which is made where there is none and must hold nothing; "
        "then migrate it and compare its sums with its rows."
    )
    # They ask a database that may not be there yet.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Restore, migrate, check; the last line tells how much came."""
        with self.transfer() as progress:
            header = restore(connection, file, progress=progress)
        call_command("migrate", verbosity=0, stdout=self.stdout)
        call_command("summaries", "check", stdout=self.stdout)
        rows = sum(header.counts.values())
        details = {"files": [file.name], "made_at": header.made_at, "rows": rows}
        record(Action.IMPORT, about=("backup", file.name), details=details)
        self.stdout.write(f"{file} of {header.made_at}: {rows} rows, as many as were saved")
