"""Results that are kept as long as the data stay as they are: nothing is computed twice.

A result belongs to a version of the data, read in the snapshot that the result was computed in. A
change of the data is a new version, and no result of an older one is given again.
"""

from collections.abc import Callable
from dataclasses import replace
from threading import Lock

from cachetools import LRUCache, cached

from analytics.access import PORTAL
from analytics.metrics.results import Result
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state, snapshot

Compute = Callable[[Scope], Result]
CacheKey = tuple[str, str, Compute, Scope]

# Half a kilobyte a row, more or less. What has more rows by itself is computed every time.
MAX_ROWS = 30_000


def cache_key(compute: Compute, scope: Scope) -> CacheKey:
    """What a result is a result of."""
    state = current_state()
    return state.database, state.version, compute, scope


def row_count(result: Result) -> int:
    """How much room a result takes, in rows."""
    return len(result.rows) + 1


@cached(LRUCache(MAX_ROWS, getsizeof=row_count), key=cache_key, lock=Lock())
def compute_cached(compute: Compute, scope: Scope) -> Result:
    """Return what ``compute`` gives; must be called inside a snapshot."""
    return compute(scope)


def cached_result(compute: Compute, scope: Scope) -> Result:
    """A metric's result for a scope, which others get too: it must not be changed.

    Who asks makes no difference: access was decided with the scope.
    """
    with snapshot():
        return compute_cached(compute, replace(scope, viewer=PORTAL, team=False))
