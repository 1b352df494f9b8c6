"""``python -m benchmarks.memory COMMAND ...``: a command of manage.py, and its peak of memory.

Prints the peak of resident memory in MiB as the last line. In a process of its own, and told by
that process: what the parent is told of a child begins at the parent's own size.
"""

import resource
import sys
from pathlib import Path

from django.core.management import execute_from_command_line


def peak_mebibytes() -> float:
    """The peak of this process's resident memory."""
    status = Path("/proc/self/status")
    if status.exists():
        rows = status.read_text().splitlines()
        peak = next(row for row in rows if row.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024
    # macOS counts bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    execute_from_command_line(["manage.py", *sys.argv[1:]])
    print(peak_mebibytes())
