"""Items made ahead: the next ones while those before are worked on.

On Linux a process of its own makes them, so that reading has one core and storing the other.
Elsewhere, where a process cannot be forked safely, a thread does.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Generic, NoReturn, Self, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# What a message of the process is.
_ITEM, _RESULT, _ERROR = range(3)


class ReaderDied(Exception):
    """The process that makes the items is gone before its end; the message says how."""


def prepared(items: Iterator[Item]) -> Iterator[Item]:
    """Yield the same, each made in a thread while the one before is worked on."""
    end = object()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader") as pool:
        coming = pool.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(next, items, end)
            yield item  # type: ignore[misc]  # not the end


def can_fork() -> bool:
    """Whether a copy of this process works: it lacks all threads but one, and what they hold."""
    return sys.platform == "linux" and threading.active_count() == 1


class Ahead(Generic[Item, Result]):
    """The items of a generator, made in a thread; ``result`` is what it returns at its end."""

    result: Result

    def __init__(self, items: Generator[Item, None, Result]) -> None:
        self._items = items

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing is left open: the thread ends with its item."""

    def __iter__(self) -> Iterator[Item]:
        """Yield the items in order. Raises what making them raises."""
        return prepared(self._noting_the_result())

    def _noting_the_result(self) -> Iterator[Item]:
        self.result = yield from self._items


class AheadInProcess(Ahead[Item, Result]):
    """The same, made in a process of its own. What they are made of has to be picklable."""

    def __enter__(self) -> Self:
        self._pipe, theirs = Pipe()
        self._process = os.fork()
        if not self._process:
            self._pipe.close()
            _make(self._items, theirs)
        theirs.close()
        return self

    def __exit__(self, *error: object) -> None:
        """End the process, whatever it is waiting for."""
        self._pipe.close()
        if self._process:
            with suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)
            self._wait()

    def _wait(self) -> int | None:
        """The exit code of the process, negative for a signal; None where nobody keeps it."""
        process, self._process = self._process, 0
        with suppress(ChildProcessError):
            return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        return None

    def __iter__(self) -> Iterator[Item]:
        """Yield the items in order. Raises what making them raised, or ReaderDied."""
        while True:
            try:
                kind, content = self._pipe.recv()
            except (EOFError, OSError):
                # Between two messages, or within one.
                raise ReaderDied(_ending(self._wait())) from None
            if kind == _ERROR:
                raise content
            if kind == _RESULT:
                self.result = content
                return
            yield content


def read_ahead(items: Generator[Item, None, Result]) -> Ahead[Item, Result]:
    """The items of a generator that has not begun, made ahead; a context manager."""
    return AheadInProcess(items) if can_fork() else Ahead(items)


def _ending(code: int | None) -> str:
    """A sentence about a process that ended too early."""
    how = "ended early"
    if code is not None and code < 0:
        how = f"was ended by {signal.Signals(-code).name}"
    elif code:
        how = f"ended with exit code {code}"
    return f"The process that reads the input {how}."


def _make(items: Generator[Any, None, Any], pipe: Connection) -> NoReturn:
    """Send items, then what the generator returns or raises; the life of the process.

    Nothing of the parent's is flushed or closed at its end: files and connections are still used
    there. Ctrl-C is for the parent, whose end, of whatever kind, ends this process too.
    """
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=_end_with_parent, args=(pipe,), daemon=True).start()
        _send_all(items, pipe)
    except OSError:
        # The parent is gone, or does not want any more.
        os._exit(1)
    finally:
        os._exit(0)


def _end_with_parent(pipe: Connection) -> None:
    """End this process once the parent has closed its end of the pipe, or is no more."""
    with suppress(EOFError, OSError):
        pipe.recv_bytes()
    os._exit(1)


def _send_all(items: Generator[Any, None, Any], pipe: Connection) -> None:
    try:
        while True:
            pipe.send((_ITEM, next(items)))
    except StopIteration as end:
        pipe.send((_RESULT, end.value))
    except BaseException as error:  # noqa: BLE001 - raised again by the parent
        error.add_note(f"In the process that reads the input:\n{traceback.format_exc()}")
        _send_error(error, pipe)


def _send_error(error: BaseException, pipe: Connection) -> None:
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - of this process
    except Exception:  # noqa: BLE001 - whatever it is that pickling it, or making it again, raises
        error = RuntimeError("\n".join([repr(error), *error.__notes__]))
    pipe.send((_ERROR, error))
