"""How the C library's allocator hands out memory to a server of requests.

Left alone, glibc gives each thread a heap of its own, takes ever larger blocks from the heaps, and
hardly ever gives back what is free in them: a worker grows by each thread's largest request.
"""

import ctypes
import sys

# Names of mallopt(3), from malloc.h.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
# Glibc begins with 128 KiB and raises it as large blocks are freed, to 32 MiB. A page that is made
# takes hundreds of blocks of less than this, which would all be asked of the system.
_LARGE_BYTES = 512 * 1024


def give_back_memory() -> None:
    """Let threads share one heap, and large blocks go when they are freed; with glibc only.

    Threads rarely wait for the heap: mostly one of them at a time has Python's lock.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_ARENA_MAX, 1)
        mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        mallopt(_TRIM_THRESHOLD, _LARGE_BYTES)
