"""Database clusters: the folders in which a major version of PostgreSQL keeps its data."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from moderation_portal.postgres.errors import PostgresError, UnsuitableError
from moderation_portal.postgres.installation import Installation
from moderation_portal.postgres.processes import is_alive, runs_in


@dataclass(frozen=True)
class Cluster:
    """A cluster in its folder."""

    folder: Path
    installation: Installation

    def create(self, superuser: str, *options: str) -> None:
        """Make it with that role as its superuser; the folder goes when that fails."""
        result = self.installation.run(
            "initdb",
            *("-D", self.folder, "-U", superuser, "-A", "peer", "-E", "UTF8"),
            *("--no-instructions", *options),
        )
        if result.returncode:
            shutil.rmtree(self.folder)
            raise PostgresError(f"The database could not be created: {result.stdout.strip()}")
        with (self.folder / "postgresql.conf").open("a") as file:
            file.write("include_if_exists 'portal.conf'\n")


def major_of(folder: Path) -> int | None:
    """The major version of a cluster; None where there is no cluster."""
    try:
        text = (folder / "PG_VERSION").read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() else None


def postmaster_pid(folder: Path) -> int | None:
    """The process that a cluster's pid file names, be it there or not."""
    try:
        first_line = (folder / "postmaster.pid").read_text().split("\n", 1)[0]
    except OSError:
        return None
    return int(first_line) if first_line.isdecimal() else None


def running_pid(folder: Path) -> int | None:
    """The process of the server that runs on a cluster, if there is one."""
    pid = postmaster_pid(folder)
    if pid is None or not is_alive(pid) or runs_in(pid, folder) is False:
        return None
    return pid


def describe_absence(data_dir: Path, cluster: Path) -> str:
    """Say that no server runs on this cluster, and which one runs on another beside it."""
    for folder in sorted(data_dir.glob("postgres-*")):
        pid = running_pid(folder)
        if folder != cluster and pid is not None:
            return (
                f"PostgreSQL is not running. PostgreSQL {major_of(folder)} (process {pid}), which "
                f"the portal does not use, runs on the data in {folder}"
            )
    return "PostgreSQL is not running"


def other_cluster(data_dir: Path, major: int) -> Path | None:
    """The newest cluster of another major version, where there is none of this one."""
    folders = {folder: major_of(folder) for folder in data_dir.glob("postgres-*")}
    if major in folders.values():
        return None
    initialised = {folder: number for folder, number in folders.items() if number is not None}
    return max(initialised, key=lambda folder: initialised[folder], default=None)


def refuse_other_majors(data_dir: Path, major: int) -> None:
    """Raise when the data are those of another major version: a new database would hide them."""
    other_dir = other_cluster(data_dir, major)
    if other_dir is None:
        return
    other_major = major_of(other_dir)
    if other_major is not None and other_major > major:
        advice = f"Install a version of the portal that brings {other_major}."
    else:
        advice = "Upgrade them, which keeps the old ones: manage.py database upgrade"
    # Not the whole path: anybody may ask whether the portal is ready.
    message = (
        f"The data in {other_dir.name} are those of PostgreSQL {other_major}, and the portal brings"
        f" {major}. {advice}"
    )
    raise UnsuitableError({"version": message}, answers=False)
