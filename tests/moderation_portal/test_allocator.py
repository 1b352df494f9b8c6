"""Threads of a server take memory from one heap (``moderation_portal.allocator``)."""

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
