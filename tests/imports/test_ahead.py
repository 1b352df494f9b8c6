"""Items made ahead, in a process or in a thread: in order, to the end, and never for longer."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from analytics.imports.ahead import Ahead, AheadInProcess, ReaderDied, read_ahead

BOTH = pytest.mark.parametrize("kind", [Ahead, AheadInProcess])


def counting(number, then=lambda: "the result"):
    for item in range(number):
        yield item, os.getpid()
    return then()


def fail(error):
    raise error


@BOTH
def test_the_items_come_in_order_and_then_the_result(kind):
    with kind(counting(300)) as items:
        made = list(items)

    assert [item for item, _pid in made] == list(range(300))
    assert {pid == os.getpid() for _item, pid in made} == {kind is Ahead}
    assert items.result == "the result"


@BOTH
def test_large_items_come_whole(kind):
    with kind(iter_texts()) as items:
        assert [len(text) for text in items] == [5_000_000, 0, 5_000_001]


def iter_texts():
    yield from ("x" * 5_000_000, "", "é" * 5_000_001)


@BOTH
def test_an_error_is_raised_behind_the_items_before_it(kind):
    seen = []
    items = kind(counting(2, lambda: fail(OSError(28, "No space left on device"))))
    with pytest.raises(OSError, match="No space left on device"), items:
        seen.extend(item for item, _pid in items)
    assert seen == [0, 1]


class OfTwoWords(Exception):
    def __init__(self, first, second):
        super().__init__(f"{first} {second}")


def test_an_error_that_cannot_be_sent_is_told():
    class Local(Exception):
        pass

    for error in (Local("own words"), OfTwoWords("own", "words")):
        items = AheadInProcess(counting(0, partial(fail, error)))
        with pytest.raises(RuntimeError, match="own words"), items:
            list(items)


def test_a_process_that_dies_within_a_message_is_told():
    with AheadInProcess(iter_texts()) as items:
        with socket.socket(fileno=os.dup(items._pipe.fileno())) as pipe:
            # Some of it is here, and for all of it there is no room.
            pipe.recv(100, socket.MSG_PEEK | socket.MSG_WAITALL)
        os.kill(items._process, signal.SIGKILL)
        with pytest.raises(ReaderDied, match=r"was ended by SIGKILL\.$"):
            list(items)


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "was ended by SIGKILL."),
        (lambda: os._exit(7), "ended with exit code 7."),
        (lambda: os._exit(0), "ended early."),
    ],
)
def test_a_process_that_dies_is_told(end, sentence):
    seen = []
    items = AheadInProcess(counting(1, end))
    with pytest.raises(ReaderDied) as told, items:
        seen.extend(item for item, _pid in items)
    assert seen == [0]
    assert str(told.value) == f"The process that reads the input {sentence}"


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def waiting():
    yield os.getpid()
    signal.pause()


def test_leaving_early_ends_a_process_that_waits():
    with AheadInProcess(waiting()) as items:
        pid = next(iter(items))
        assert is_running(pid)
    assert not is_running(pid)


def test_ctrl_c_is_left_to_the_parent():
    with AheadInProcess(counting(3)) as items:
        made = iter(items)
        _item, pid = next(made)
        os.kill(pid, signal.SIGINT)
        assert [item for item, _pid in made] == [1, 2]


ABANDONED = """
import signal, sys
from analytics.imports.ahead import AheadInProcess
from tests.imports.test_ahead import waiting
with AheadInProcess(waiting()) as items:
    print(next(iter(items)), flush=True)
    signal.pause()
"""


def test_a_parent_that_is_killed_takes_the_process_with_it():
    with subprocess.Popen(
        [sys.executable, "-c", ABANDONED],
        stdout=subprocess.PIPE,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
    ) as parent:
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
        # The process has this output open too: its end is the end of both.
        assert parent.stdout.read() == b""
        deadline = time.monotonic() + 30
        while is_running(pid) and state(pid) != "Z":
            assert time.monotonic() < deadline
            time.sleep(0.01)


def state(pid: int) -> str:
    """The letter of a process's state; nobody may be there to take a dead one away."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"


@pytest.mark.parametrize(
    ("platform", "threads", "kind"),
    [("linux", 1, AheadInProcess), ("linux", 2, Ahead), ("darwin", 1, Ahead)],
)
def test_only_on_linux_a_process_without_threads_is_forked(monkeypatch, platform, threads, kind):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(threading, "active_count", lambda: threads)
    assert type(read_ahead(counting(1))) is kind
