"""How the C library's allocator hands out memory to a server of requests.

Left alone, glibc gives each thread a heap of its own, takes ever larger blocks from the heaps, and
hardly ever gives back what is free in them: a worker grows by each thread's largest request.
"""

import ctypes
import sys

# Names of mallopt(3), from malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
# Glibc begins with 128 KiB and raises both as large blocks are freed, to 32 and 64 MiB. Arrays of a
# block of people take 1 MiB: to ask the system for each took a third of the time of a comparison.
_LARGE_BYTES = 2 * 2**20
_FREE_BYTES = 4 * 2**20


def give_back_memory() -> None:
    """Let threads share one heap, and large blocks go when they are freed; with glibc only.

    Threads rarely wait for the heap: mostly one of them at a time has Python's lock.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)
        mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        mallopt(_TRIM_THRESHOLD, _FREE_BYTES)
