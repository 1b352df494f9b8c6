"""Threads of a server take memory from one heap (``moderation_portal.allocator``)."""

import platform
import subprocess
import sys

import pytest

# What the address space grows by while ten threads hold small objects: a heap of glibc's reserves
# 64 MiB of it.
GROWTH = """
import threading
{first}
def mebibytes():
    rows = open("/proc/self/status").read().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("VmSize")) // 1024
def hold():
    held = [bytes(5_000) for _ in range(10)]
    together.wait()
threading.stack_size(256 * 1024)
together = threading.Barrier(11)
before = mebibytes()
for _ in range(10):
    threading.Thread(target=hold).start()
print(mebibytes() - before)
together.wait()
"""
GIVES_BACK = "from moderation_portal.allocator import give_back_memory; give_back_memory()"


def growth(first: str) -> int:
    command = [sys.executable, "-c", GROWTH.format(first=first)]
    return int(subprocess.run(command, check=True, capture_output=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="of glibc")
def test_threads_share_a_heap():
    if growth("") < 64:
        pytest.skip("this C library's threads share a heap anyhow")
    assert growth(GIVES_BACK) < 64


# What is resident while one in forty of many small blocks is held, before and after the heap is
# tidied.
HOLES = """
from moderation_portal.allocator import Tidying, give_back_memory
give_back_memory()
def mebibytes():
    rows = open("/proc/self/status").read().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("VmRSS")) / 1024
blocks = [bytes(8_000) for _ in range(8_000)]
blocks = blocks[::40]
before = mebibytes()
tidying = Tidying()
tidying.tidy()
print(before - mebibytes())
blocks += [bytes(8_000) for _ in range(8_000)]
blocks = blocks[::40]
before = mebibytes()
tidying.tidy()
print(before - mebibytes())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="of glibc")
def test_what_is_free_between_what_is_held_goes_back_once_a_second():
    if "glibc" not in platform.libc_ver():
        pytest.skip("another C library")
    ran = subprocess.run([sys.executable, "-c", HOLES], check=True, capture_output=True)
    first, soon_after = map(float, ran.stdout.split())
    assert first > 30
    assert soon_after < 5
