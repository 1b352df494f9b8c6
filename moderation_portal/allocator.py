"""How the C library's allocator hands out memory to a server of requests.

Left alone, glibc gives each thread a heap of its own, takes ever larger blocks from the heaps, and
hardly ever gives back what is free in them: a worker grows by each thread's largest request. What
is free in the middle of a heap, between things that are kept, goes back only when it is asked to.
"""

import ctypes
import sys
import time
from typing import Any

# Names of mallopt(3), from malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
# Glibc begins with 128 KiB and raises both as large blocks are freed, to 32 and 64 MiB. Arrays of a
# block of people take 1 MiB: to ask the system for each took a third of the time of a comparison.
_LARGE_BYTES = 2 * 2**20
_FREE_BYTES = 4 * 2**20
# Giving back all that is free takes a millisecond or two, and as long again until it is taken anew.
_SECONDS_BETWEEN = 1.0


def give_back_memory() -> None:
    """Let threads share one heap, and large blocks go when they are freed; with glibc only.

    Threads rarely wait for the heap: mostly one of them at a time has Python's lock.
    """
    mallopt = _of_glibc("mallopt")
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)
        mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        mallopt(_TRIM_THRESHOLD, _FREE_BYTES)


class Tidying:
    """Gives back what is free in the middle of the heap, at most once a second."""

    def __init__(self) -> None:
        self._trim = _of_glibc("malloc_trim")
        self._next = 0.0

    def tidy(self) -> None:
        """Give it back, unless that was done in the last second."""
        now = time.monotonic()
        if self._trim is not None and now >= self._next:
            self._trim(0)
            self._next = now + _SECONDS_BETWEEN


def _of_glibc(name: str) -> Any:
    """A function of glibc; None with another library."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
