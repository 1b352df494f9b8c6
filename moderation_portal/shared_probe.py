"""One answer for all who ask at the same time."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")

# The first who asks waits so long...
_PATIENCE_SECONDS = 1.5
# ...and all who come while that is being found out until so long after it was begun.
_OTHERS_SECONDS = 0.5
# A bad answer is given again for so long, and while a new one is on its way.
_REMEMBERED_SECONDS = 1.0


class SharedProbe(Generic[Answer]):
    """Finds something out in a thread of its own, one at a time.

    However long that takes, only one thread waits for it for more than half a second.
    """

    def __init__(self, find_out: Callable[[], Answer], *, failed: Callable[[Answer], bool]) -> None:
        """``failed`` tells which answers are bad, and so given again for a second."""
        self._find_out = find_out
        self._failed = failed
        self._changed = threading.Condition()
        self._begun = 0.0
        self._running = False
        self._answer: Answer | None = None
        self._bad_until = 0.0

    def ask(self) -> Answer | None:
        """The answer; None when there is none in time."""
        now = time.monotonic()
        with self._changed:
            if now < self._bad_until:
                return self._answer
            bad_before = self._bad_until > 0
            if self._running:
                limit = 0.0 if bad_before else self._begun + _OTHERS_SECONDS - now
                is_done = self._changed.wait_for(lambda: not self._running, max(0.0, limit))
            else:
                self._running, self._begun = True, now
                threading.Thread(target=self._run, name="readyz", daemon=True).start()
                is_done = self._changed.wait_for(lambda: not self._running, _PATIENCE_SECONDS)
                if not is_done:
                    self._remember(None)
            return self._answer if is_done else None

    def _run(self) -> None:
        answer: Answer | None = None
        try:
            answer = self._find_out()
        finally:
            with self._changed:
                self._running = False
                self._remember(answer)
                self._changed.notify_all()

    def _remember(self, answer: Answer | None) -> None:
        self._answer = answer
        bad = answer is None or self._failed(answer)
        self._bad_until = time.monotonic() + _REMEMBERED_SECONDS if bad else 0.0
