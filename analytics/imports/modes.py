"""How much of an input is stored: the same for sessions and for rows."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from analytics.imports.report import Rejection

Reject = Callable[[Rejection], object]


class StoreMode(Enum):
    """How much is stored."""

    #: Whatever is good, batch by batch.
    GOOD = "good"
    #: Whatever is good, all of it in one transaction.
    TOGETHER = "together"
    #: Everything, or nothing at all when anything is rejected.
    ALL_OR_NOTHING = "all or nothing"
    #: Nothing; only say what would happen.
    DRY_RUN = "dry run"


class RolledBack(Exception):
    """Leaves a transaction without storing anything."""
