"""A streaming standby of the embedded server, on the same machine, for trying."""

import shutil
import time
from dataclasses import replace

from moderation_portal.postgres import roles
from moderation_portal.postgres.errors import PostgresError
from moderation_portal.postgres.server import Server, Status

# Keeps, on the primary, what the standby has not received yet.
_SLOT = "portal_standby"
# No copy of the data takes longer.
_COPY_SECONDS = 3600
# It tries again every five.
_FOLLOW_SECONDS = 12


class Standby(Server):
    """The copy that follows one embedded server; it is made when first started."""

    def __init__(self, primary: Server) -> None:
        """Name the folder, inside the primary's; nothing is touched yet."""
        super().__init__(primary.data_dir / "standby")
        self.primary = primary
        self.installation = primary.installation

    def status(self) -> Status:
        """Look, without starting anything; whether it follows, too."""
        status = super().status()
        if not status.running:
            return status
        follows = roles.is_streaming(str(self.sockets))
        words = "follows the primary" if follows else f"does not follow: {self.advice}"
        return replace(status, description=f"{status.description} and {words}")

    def follows(self) -> bool:
        """Whether it follows the primary, soon after its start."""
        until = time.monotonic() + _FOLLOW_SECONDS
        while not (is_streaming := roles.is_streaming(str(self.sockets))):
            if time.monotonic() > until:
                break
            time.sleep(0.1)
        return is_streaming

    @property
    def is_promoted(self) -> bool:
        """Whether it was made a server that takes writes: PostgreSQL removes the file then."""
        is_whole = (self.cluster / "PG_VERSION").exists()
        return is_whole and not (self.cluster / "standby.signal").exists()

    @property
    def advice(self) -> str:
        """What to do with one that does not follow."""
        if self.is_promoted:
            return (
                "it was promoted, and holds what was written there since. Where nobody needs that:"
                f" manage.py database standby stop, and delete {self.data_dir}"
            )
        return (
            "the primary is not running, has been made anew or has gone on for too long without"
            f" it. Its log is {self.log}. To begin again: manage.py database standby remove, then"
            " start"
        )

    def remove(self) -> None:
        """Stop it, and delete its data and what the primary keeps for it."""
        if self.is_promoted:
            raise PostgresError(f"The standby is not removed: {self.advice}")
        self.stop()
        with self.usable():
            if self.data_dir.exists():
                shutil.rmtree(self.data_dir)
        self.primary.start()
        roles.drop_slot(str(self.primary.sockets), _SLOT)

    def _create_cluster(self) -> None:
        """Copy the primary's data, whole or not at all."""
        if self.cluster.exists():
            return
        self.primary.start()
        # One that an earlier version of the portal started lets no standby in.
        self.primary.reload()
        roles.drop_slot(str(self.primary.sockets), _SLOT)
        new = self.new_cluster()
        copied = self.installation.run(
            "pg_basebackup",
            *("-h", self.primary.sockets, "-p", "5432", "-U", roles.SUPERUSER, "-w"),
            *("-D", new.folder, "--write-recovery-conf", "--checkpoint=fast"),
            *("--create-slot", "--slot", _SLOT),
            seconds=_COPY_SECONDS,
        )
        if copied.returncode:
            shutil.rmtree(new.folder)
            # Nobody would take what is kept for it.
            roles.drop_slot(str(self.primary.sockets), _SLOT)
            raise PostgresError(f"The data could not be copied: {copied.stdout.strip()}")
        new.folder.rename(self.cluster)
