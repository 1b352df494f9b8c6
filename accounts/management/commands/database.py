"""``manage.py database``: the embedded PostgreSQL, for people and scripts."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from moderation_portal.postgres import PostgresError, Server
from moderation_portal.postgres.standby import Standby
from moderation_portal.postgres.upgrade import upgrade


class Command(BaseCommand):
    """Starts, stops and describes the embedded server."""

    help = (
        "The embedded PostgreSQL: start it, stop it, tell whether it runs, print its address, or "
        "upgrade the data of an older major version, which are kept. 'standby' does the first four "
        "for a streaming copy of it, for trying READ_DATABASE_URLS, and removes that."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the one thing to do, and with which server."""
        actions = ["start", "stop", "status", "url"]
        parser.add_argument("action", choices=[*actions, "upgrade", "standby"])
        parser.add_argument(
            "standby_action",
            nargs="?",
            choices=[*actions, "remove"],
            help="with standby: what to do with it",
        )
        parser.add_argument(
            "--old-bin",
            type=Path,
            metavar="FOLDER",
            help="with upgrade: where the programs of the older version are",
        )

    def handle(
        self,
        *args: Any,
        action: str,
        standby_action: str | None = None,
        old_bin: Path | None = None,
        **options: Any,
    ) -> None:
        """Do it; ``status`` ends with exit code 3 when the server does not run."""
        if settings.DATABASE_URL:
            raise CommandError(
                "DATABASE_URL is set: the portal uses that database, not the embedded one."
            )
        if (action == "standby") != (standby_action is not None):
            raise CommandError("'standby', and only that, is followed by what to do with it.")
        server = Server(settings.PORTAL_DATA_DIR)
        if standby_action is not None:
            server, action = Standby(server), standby_action
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
        if isinstance(server, Standby) and not server.follows():
            raise CommandError(f"It runs, but does not follow: {server.advice}")

    def _stop(self, server: Server) -> None:
        if not isinstance(server, Standby):
            # It has nothing to follow any more.
            Standby(server).stop()
        self.stdout.write("PostgreSQL stopped" if server.stop() else "PostgreSQL was not running")

    def _remove(self, server: Standby) -> None:
        server.remove()
        self.stdout.write("The standby is removed")

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
