"""What many ask for at the same time is made by one of them; the others wait for that."""

import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from threading import Event, Lock
from typing import NamedTuple


class _Flight(NamedTuple):
    """Somebody makes something, since so many seconds (monotonic)."""

    since: float
    landed: Event


class SingleFlight:
    """Lets the first thread that wants a thing make it, while others wait, up to a limit.

    Nobody is told what was made, or whether it failed: who has waited looks where such things are
    kept, and makes it when there is none. So an error is that of who made it, and nobody waits for
    more than ``seconds`` after the making began.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = Lock()
        self._flights: dict[Hashable, _Flight] = {}

    @contextmanager
    def first(self, key: Hashable) -> Iterator[bool]:
        """True: nobody else makes it, make it inside. False: somebody did, or takes too long."""
        with self._lock:
            other = self._flights.get(key)
            if other is None:
                own = self._flights[key] = _Flight(time.monotonic(), Event())
        if other is not None:
            other.landed.wait(max(0.0, other.since + self._seconds - time.monotonic()))
            yield False
            return
        try:
            yield True
        finally:
            with self._lock:
                del self._flights[key]
            own.landed.set()
