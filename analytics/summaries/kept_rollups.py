"""What a process has read of built roll-ups: true as long as they are not built anew.

A part (counters, values, sets of videos) is kept by the version of its roll-up, which no two
states of a roll-up share; names of people may change, so parts hold keys instead.
``docs/summaries.md`` says why no history makes a part untrue.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import chain
from operator import itemgetter
from sys import getsizeof
from typing import Any, TypeVar

import numpy as np
from pyroaring import BitMap

from analytics.keeping import KeptThings, kept_lock
from analytics.summaries.selection import BuiltRollup
from analytics.summaries.snapshots import current_state

Part = TypeVar("Part")

MAX_BYTES = 16 * 2**20
# Larger ones would drive all others out: the videos of a year of ten million views.
MAX_PART_BYTES = MAX_BYTES // 4


def size_of(part: object) -> int:
    """About how many bytes of memory a part takes.

    The rows of a list are taken to be alike, as are the entries of a dictionary of no others.
    """
    if isinstance(part, np.ndarray):
        return part.nbytes
    if isinstance(part, BitMap):
        containers = part.get_statistics()
        return (
            containers["n_bytes_array_containers"]
            + containers["n_bytes_run_containers"]
            + containers["n_bytes_bitset_containers"]
        )
    if isinstance(part, list):
        return getsizeof(part) + len(part) * sum(map(size_of, part[:1]))
    if isinstance(part, dict):
        key, value = next(iter(part.items()), (None, None))
        if isinstance(value, dict):
            return getsizeof(part) + sum(map(size_of, part.values()))
        # The names of columns are the same everywhere.
        of_key = 0 if isinstance(key, str) else size_of(key)
        return getsizeof(part) + len(part) * (of_key + size_of(value))
    return getsizeof(part) + (sum(map(size_of, part)) if isinstance(part, tuple) else 0)


def kept_parts() -> KeptThings[tuple[int, Any]]:
    """Where a process keeps parts, each with its size.

    At once: a roll-up that was built anew has another key, though it was asked for before.
    """
    return KeptThings(MAX_BYTES, itemgetter(0))


_kept = kept_parts()


def forget_rollups() -> None:
    """Keep nothing any more."""
    with kept_lock:
        _kept.clear()


def keep(key: Hashable, part: object) -> None:
    """Keep a part, unless it is a large one."""
    size = size_of(part)
    if size <= MAX_PART_BYTES:
        _kept.keep(key, (size, part))


def parts_of(
    name: Hashable,
    rollups: Sequence[BuiltRollup],
    load: Callable[[Sequence[BuiltRollup]], Sequence[Part]],
) -> list[Part]:
    """One part of each roll-up, in their order; they must not be changed.

    ``load`` reads those that are not kept, in the order that it is given. ``name`` says what is
    read, and of whom.
    """
    state = current_state()
    if not state.is_repeatable:
        return list(load(rollups)) if rollups else []
    keys = [(state.database, name, rollup.version, rollup.without) for rollup in rollups]
    with kept_lock:
        found = [_kept.get(key) for key in keys]
    missing = [at for at, kept in enumerate(found) if kept is None]
    loaded = load([rollups[at] for at in missing]) if missing else ()
    parts: list[Any] = [kept[1] if kept is not None else None for kept in found]
    for at, part in zip(missing, loaded, strict=True):
        parts[at] = part
        keep(keys[at], part)
    return parts


def whole_of(name: Hashable, rollups: Sequence[BuiltRollup], load: Callable[[], Part]) -> Part:
    """What is computed of some roll-ups together, and of nothing else; it must not be changed."""
    state = current_state()
    if not state.is_repeatable:
        return load()
    key = (state.database, name, *((rollup.version, rollup.without) for rollup in rollups))
    with kept_lock:
        kept = _kept.get(key)
    if kept is not None:
        found: Part = kept[1]
        return found
    loaded = load()
    keep(key, loaded)
    return loaded


def made_anew(name: Hashable, make: Callable[[Part | None], Part]) -> Part:
    """What ``make`` makes of what it made last, if that is kept; it must not be changed.

    That was of whatever state: only what ``make`` finds to be equal may it use again.
    """
    key = (current_state().database, name)
    with kept_lock:
        kept = _kept.get(key)
    made = make(None if kept is None else kept[1])
    keep(key, made)
    return made


def rows_of(parts: Iterable[Iterable[Part]]) -> Iterable[Part]:
    """The rows of some parts, one after the other."""
    return chain.from_iterable(parts)
