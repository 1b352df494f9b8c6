"""A cache of results that holds as long as the data stay as they are.

A result is stored under the version of the data, read in the snapshot that it was computed in. A
change of the data makes a new version, so no result of an older one is returned.
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
CacheKey = tuple[str, str, Callable[[Scope], object], Scope]

# About half a kilobyte each. A result with more rows than this is computed every time.
MAX_ROWS = 30_000


def cache_key(compute: Callable[[Scope], object], scope: Scope) -> CacheKey:
    """What a result depends on: the database, the version of its data, what computes, the scope."""
    state = current_state()
    return state.database, state.version, compute, scope


def row_count(result: Result) -> int:
    """The size of a result in the cache; an empty one counts as a row, too."""
    return len(result.rows) + 1


@cached(LRUCache(MAX_ROWS, getsizeof=row_count), key=cache_key, lock=Lock())
def compute_cached(compute: Compute, scope: Scope) -> Result:
    """``compute(scope)``, cached; must be called inside a snapshot."""
    return compute(scope)


def cached_result(compute: Compute, scope: Scope) -> Result:
    """A metric's result for a scope. Others get the same object: it must not be changed.

    The viewer makes no difference: access was decided with the scope.
    """
    with snapshot():
        return compute_cached(compute, without_viewer(scope))


def without_viewer(scope: Scope) -> Scope:
    """The same scope whoever asks, so that all who may ask share what is cached."""
    return replace(scope, viewer=PORTAL, team=False)
