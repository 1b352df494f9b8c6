"""``manage.py demo``: everything that is needed to look around, and then the server."""

import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.utils import timezone
from tqdm import tqdm

from accounts.models import User
from analytics.demo import loading, logins
from analytics.demo.checks import load_checks
from analytics.demo.notes import load_notes
from analytics.demo.world import DAYS
from analytics.management.commands.migrate import one_at_a_time
from moderation_portal.advisory_locks import AdvisoryLock

ADDRESS = "127.0.0.1"
PORT = 8000


class Command(BaseCommand):
    """Prepares the database, loads demo data, prints the logins and serves the portal."""

    help = (
        "Prepare the database, load demo data into it if it is empty, print the demo's logins and "
        f"serve the portal on http://{ADDRESS}:{PORT}. Said again it starts with the data kept."
    )
    # The tables need not be there yet; runserver checks everything afterwards.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where to serve, or not to."""
        parser.add_argument("--no-serve", action="store_true", help="Prepare everything, then end.")
        parser.add_argument(
            "--port", type=port, default=PORT, help=f"Serve on this port; {PORT} unless given."
        )

    def handle(self, *args: Any, no_serve: bool, port: int, **options: Any) -> None:
        """Do one after the other; every step finds out by itself what is done already."""
        if not settings.DEBUG:
            raise CommandError(
                "The demo has passwords that everybody knows, so it runs in DEBUG mode only. "
                "Unset SECRET_KEY and DEBUG, and do not use a database with real data."
            )
        if not no_serve:
            require_free(port)
        try:
            self._prepare()
        except OperationalError as error:
            raise CommandError(f"The database can't be used: {error}") from error
        except KeyboardInterrupt:
            self._say("\nStopped. Said again, the demo goes on from here.")
            sys.exit(130)
        if not no_serve:
            self._serve(port)

    def _prepare(self) -> None:
        """Start the database, migrate it, and see that it holds data and logins."""
        self._say("Starting the database ...")
        connection.ensure_connection()
        with one_at_a_time(connection.alias, AdvisoryLock.DEMO):
            self._say("Creating the tables ...")
            call_command("migrate", verbosity=0, interactive=False, stdout=self.stdout)
            is_new = loading.is_empty()
            if is_new:
                self._load()
            else:
                self._say("The database holds data already: they are kept.")
            users = self._print_logins()
            if is_new:
                load_checks(timezone.now(), lead=users["lead"], admin=users["admin"])
                load_notes(timezone.now(), users)

    def _load(self) -> None:
        """Load the demo data, all or nothing, and show how it goes."""
        terminal = sys.stderr.isatty()
        self._say(f"Loading demo data, {DAYS} days ...")
        hidden = not terminal
        with tqdm(total=DAYS, unit="day", file=sys.stderr, disable=hidden, leave=False) as bar:

            def progress(days: int, sessions: int) -> None:
                bar.update(days - bar.n)
                if not terminal and days % 20 == 0:
                    self._say(f"  {days} of {DAYS} days, {sessions} sessions")

            loaded = loading.load(timezone.now(), progress)
        self._say(f"Loaded {loaded.sessions} sessions with {loaded.videos} videos.")

    def _print_logins(self) -> dict[str, User]:
        """Print who may log in. Passwords that were changed since are not known."""
        users = {}
        self._say("\nLogins, for this demo only:\n")
        for user, opens in logins.create_logins():
            users[user.username] = user
            password = logins.PASSWORD if opens else "(changed since)"
            self._say(f"  {user.role:<10} {user.username:<14} {password}")
        return users

    def _serve(self, port: int) -> None:
        """Serve until Ctrl-C."""
        self._say(f"\nThe portal: http://{ADDRESS}:{port}/   (Ctrl-C stops it)")
        if not settings.DATABASE_URL:
            self._say("The database goes on running; `manage.py database stop` ends it.\n")
        # The reloader would start this command a second time.
        call_command("runserver", f"{ADDRESS}:{port}", use_reloader=False, stdout=self.stdout)

    def _say(self, line: str) -> None:
        """Print a line at once, even into a pipe."""
        self.stdout.write(line)
        self.stdout.flush()


def port(text: str) -> int:
    """A TCP port; raises ``ValueError``, which argparse answers with a sentence."""
    number = int(text)
    if not 0 < number < 65_536:
        raise ValueError
    return number


def require_free(port: int) -> None:
    """Raise ``CommandError`` unless the portal could be served on ``port``."""
    with socket.socket() as probe:
        # As the server does it: a port that was just given up counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} of {ADDRESS} can't be used: {error.strerror}. Is the demo running "
                f"already? Stop what uses it, or choose another port: --port {port % 65_535 + 1}"
            ) from error
