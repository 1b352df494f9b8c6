"""What the system tells about other processes; Linux's ``/proc`` where there is one."""

import os
from collections.abc import Iterator
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Whether a process with this number exists, be it a dead one that nobody has reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_stopped(pid: int) -> bool:
    """Whether it was stopped by a signal (SIGSTOP) and so does nothing until SIGCONT."""
    try:
        # The state follows the name, which is in parentheses and may hold any character.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "Tt"
    except OSError:
        return False


def processes() -> Iterator[int]:
    """All process numbers; Linux only."""
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())


def runs_in(pid: int, folder: Path) -> bool | None:
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
