"""A cache of results that holds as long as the data stay as they are.

A result is stored under the version of the data, read in the snapshot that it was computed in. A
change of the data makes a new version, so no result of an older one is returned.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

from cachetools import cached
from cachetools.keys import hashkey
from django.utils import timezone

from analytics.access import PORTAL
from analytics.display import plain
from analytics.keeping import KeptThings, kept_lock
from analytics.metrics.grains import Step
from analytics.metrics.results import Result, Row
from analytics.reads import read
from analytics.scope import Scope
from analytics.summaries.snapshots import current_state, snapshot

Compute = Callable[[Scope], Result]
#: A row for each step, None where it has nothing.
ComputeSteps = Callable[[Scope, Sequence[Step]], Sequence[Row | None]]

#: A row with what it holds, of a result and of the steps of a chart, which has a row a day, week or
#: month.
ROW_BYTES, STEP_BYTES = 300, 700
# The pages of a look at ten million views have nine thousand rows. A result with more rows than
# this is computed every time.
MAX_ROWS = 10_000
MAX_STEPS = 1_500


def cache_key(*computed_from: Hashable) -> tuple[Hashable, ...]:
    """What a result depends on: the database, the version of its data, the day, what is named.

    The day, as a target may hold from today on. The caller names what computes, unless a cache has
    only one, and the scope ``without_viewer``.
    """
    state = current_state()
    return hashkey(state.database, state.version, timezone.localdate(), *computed_from)


def size_of(result: Result) -> int:
    """The memory that the rows of a result take, as good as all of it."""
    return ROW_BYTES * len(result.rows)


def size_of_steps(rows: Sequence[Row | None]) -> int:
    """The memory that the rows of steps take, as good as all of it."""
    return STEP_BYTES * len(rows)


@cached(KeptThings(MAX_ROWS * ROW_BYTES, size_of), key=cache_key, lock=kept_lock)
@plain
def compute_cached(compute: Compute, scope: Scope, edits: str = "") -> Result:
    """``compute(scope)``, cached; must be called inside a snapshot.

    ``edits``: the version of what people add, of a result that is made of that too.
    """
    return compute(scope)


@read
def cached_result(compute: Compute, scope: Scope, *, shows_edits: bool = False) -> Result:
    """A metric's result for a scope. Others get the same object: it must not be changed.

    The viewer makes no difference: access was decided with the scope.
    """
    with snapshot():
        edits = current_state().last_change.edits if shows_edits else ""
        return compute_cached(compute, without_viewer(scope), edits)


@cached(KeptThings(MAX_STEPS * STEP_BYTES, size_of_steps), key=cache_key, lock=kept_lock)
@plain
def compute_steps_cached(
    compute: ComputeSteps, scope: Scope, steps: tuple[Step, ...]
) -> Sequence[Row | None]:
    """``compute(scope, steps)``, cached; must be called inside a snapshot."""
    return compute(scope, steps)


@read
def cached_steps(
    compute: ComputeSteps, scope: Scope, steps: tuple[Step, ...]
) -> Sequence[Row | None]:
    """A metric's rows of some steps for a scope, whoever asks; they must not be changed."""
    with snapshot():
        return compute_steps_cached(compute, without_viewer(scope), steps)


def without_viewer(scope: Scope) -> Scope:
    """The same scope whoever asks, so that all who may ask share what is cached."""
    return replace(scope, viewer=PORTAL, team=False)
