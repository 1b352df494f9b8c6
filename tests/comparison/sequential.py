"""When enough looks have been drawn: Wald's sequential test of a share, cut off by whoever draws.

How often something happens is clear long before the last of a fixed number of looks, where it
happens hardly ever or nearly always. A. Wald (1945), Sequential Tests of Statistical Hypotheses.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log

# One of the two shares is 99 times as likely as the other: each is missed in 1 of 100 runs.
CLEAR = log(99)


@dataclass
class Share:
    """Whether something happens in at most ``fine`` of the looks, or in as many as ``bad``."""

    fine: float
    bad: float
    looks: int = 0
    found: int = 0

    def add(self, happened: bool) -> None:
        """Count a look."""
        self.looks += 1
        self.found += bool(happened)

    @property
    def evidence(self) -> float:
        """The logarithm of how many times as likely ``bad`` is as ``fine``."""
        missed = self.looks - self.found
        return self.found * log(self.bad / self.fine) + missed * log(
            (1 - self.bad) / (1 - self.fine)
        )

    @property
    def is_clear(self) -> bool:
        """Whether more looks would hardly change the answer."""
        return abs(self.evidence) >= CLEAR

    @property
    def is_fine(self) -> bool:
        """The answer, clear or (after the last look) the likelier one."""
        return self.evidence <= 0


def exceeded(looks: Iterable[tuple[bool, ...]], *shares: Share) -> list[Share]:
    """Draw looks, each with what happened for every share, until all are clear; the bad ones."""
    for look in looks:
        for share, happened in zip(shares, look, strict=True):
            share.add(happened)
        if all(share.is_clear for share in shares):
            break
    return [share for share in shares if not share.is_fine]
