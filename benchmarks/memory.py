"""The peak of memory of a command, with the processes that it starts."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_INTERVAL_SECONDS = 0.01


def peak_mebibytes(command: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> float:
    """Run a command and return its peak of resident memory in MiB; on Linux only.

    To it is added what its processes hold alone, looked at a hundred times a second: what they
    share with the command is in its own already. Raises CalledProcessError when it fails.
    """
    peak = 0
    with subprocess.Popen(command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, _kibibytes(process.pid))
            time.sleep(_INTERVAL_SECONDS)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return peak / 1024


def _kibibytes(pid: int) -> int:
    folder = Path(f"/proc/{pid}")
    try:
        own = _value(folder / "status", "VmHWM")
        children = (folder / "task" / str(pid) / "children").read_text().split()
        return own + sum(
            _value(Path(f"/proc/{child}/smaps_rollup"), "Private_") for child in children
        )
    except OSError:
        # One of them has ended meanwhile.
        return 0


def _value(path: Path, name: str) -> int:
    """The sum of the lines of a file of the kernel that begin with a name, in KiB."""
    rows = (row.split() for row in path.read_text().splitlines() if row.startswith(name))
    return sum(int(kibibytes) for _name, kibibytes, *_unit in rows)
