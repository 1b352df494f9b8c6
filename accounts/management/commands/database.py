"""``manage.py database``: the embedded PostgreSQL, for people and scripts."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from moderation_portal.postgres import PostgresError, Server
from moderation_portal.postgres.upgrade import upgrade


class Command(BaseCommand):
    """Starts, stops and describes the embedded server."""

    help = (
        "The embedded PostgreSQL: start it, stop it, tell whether it runs, print its address, or "
        "upgrade the data of an older major version, which are kept."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the one thing to do."""
        parser.add_argument("action", choices=["start", "stop", "status", "url", "upgrade"])
        parser.add_argument(
            "--old-bin",
            type=Path,
            metavar="FOLDER",
            help="with upgrade: where the programs of the older version are",
        )

    def handle(self, *args: Any, action: str, old_bin: Path | None = None, **options: Any) -> None:
        """Do it; ``status`` ends with exit code 3 when the server does not run."""
        if settings.DATABASE_URL:
            raise CommandError(
                "DATABASE_URL is set: the portal uses that database, not the embedded one."
            )
        server = Server(settings.PORTAL_DATA_DIR)
        try:
            if action == "upgrade":
                self._upgrade(server, old_bin)
            else:
                getattr(self, f"_{action}")(server)
        except PostgresError as error:
            raise CommandError(str(error)) from error

    def _start(self, server: Server) -> None:
        outcome = "started" if server.start() else "was running"
        self.stdout.write(f"PostgreSQL {outcome}; its data are in {server.data_dir}")

    def _stop(self, server: Server) -> None:
        self.stdout.write("PostgreSQL stopped" if server.stop() else "PostgreSQL was not running")

    def _status(self, server: Server) -> None:
        status = server.status()
        if not status.running:
            raise CommandError(status.description, returncode=3)
        self.stdout.write(status.description)

    def _url(self, server: Server) -> None:
        self.stdout.write(server.url)

    def _upgrade(self, server: Server, old_bin: Path | None) -> None:
        old = upgrade(server, self.stdout.write, old_bin)
        server.start()
        self.stdout.write(
            f"PostgreSQL {server.installation.major} runs with all rows. The old data are still in "
            f"{old}: remove them when all is well."
        )
